import Foundation

/// Unicode's compatibility composition (NFKC): text is checked for it, never repaired.
enum NormalForm {
  /// Whether UTF-8 text is in the normal form NFKC.
  ///
  /// ASCII is, and nearly all identifiers are ASCII. The rest goes through Foundation, since the standard
  /// library does not offer NFKC: a short text then leaves copies in memory that are not wiped.
  static func isCompatible(_ bytes: Span<UInt8>) -> Bool {
    var isASCII = true
    for index in bytes.indices where bytes[index] >= 0x80 { isASCII = false }
    if isASCII { return true }
    return unsafe bytes.withUnsafeBytes { buffer in
      guard let text = unsafe String(validating: buffer, as: UTF8.self) else { return false }
      return text.precomposedStringWithCompatibilityMapping.utf8.elementsEqual(text.utf8)
    }
  }
}
