import Page
import Sodium

/// Untrusted text for a terminal: what would act on the terminal, or deceive its reader, is shown
/// by its code point.
///
/// Made visible are control characters (escape sequences start with one), characters that
/// reorder, hide or split lines (bidirectional controls, zero-width spaces, tags, line
/// separators): `U+202E` becomes `<U+202E>`. The joiners of Persian and of emoji stay.
enum VisibleText {
  /// Whether a character is shown by its code point.
  static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool { UnsafeCharacter.isUnsafe(scalar) }

  /// The text with unsafe characters made visible.
  static func visible(_ text: String) -> String { UnsafeCharacter.visible(text) }

  /// Appends text with unsafe characters made visible.
  ///
  /// - Returns: How many columns of a terminal it takes.
  static func append(_ text: Span<UInt8>, to bytes: inout WipedBytes) throws(CommandFailure) -> Int {
    if UTF8Scalars.isPlain(text) {
      bytes.append(text)
      return text.count
    }
    var width = 0
    try UTF8Scalars.forEach(in: text) { scalar, encoded in
      if isUnsafe(scalar) {
        let marker = UnsafeCharacter.marker(scalar)
        bytes.append(copying: marker.utf8)
        width += marker.utf8.count
      } else {
        bytes.append(encoded)
        width += ColumnWidth.columns(of: scalar)
      }
    }
    return width
  }
}
