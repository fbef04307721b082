import Sodium

/// Untrusted text for a terminal: what would act on the terminal, or deceive its reader, is shown
/// by its code point.
///
/// Made visible are control characters (escape sequences start with one), characters that
/// reorder, hide or split lines (bidirectional controls, zero-width spaces, tags, line
/// separators): `U+202E` becomes `<U+202E>`. The joiners of Persian and of emoji stay.
enum VisibleText {
  /// Whether a character is shown by its code point.
  static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    case .format: return scalar != "\u{200C}" && scalar != "\u{200D}"
    default: return false
    }
  }

  /// The text with unsafe characters made visible.
  static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar) { result += marker(scalar) } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }

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
        let marker = marker(scalar)
        bytes.append(copying: marker.utf8)
        width += marker.utf8.count
      } else {
        bytes.append(encoded)
        width += ColumnWidth.columns(of: scalar)
      }
    }
    return width
  }

  /// What stands for an unsafe character.
  static func marker(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "<U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ">"
  }
}
