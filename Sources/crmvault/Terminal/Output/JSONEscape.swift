import Sodium

/// Text as a JSON string (RFC 8259 section 7).
///
/// Escaped are the quotation mark, the backslash and control characters; also `U+007F` to `U+009F`,
/// which act on a terminal, and `U+2028` and `U+2029`, which end lines for some readers.
enum JSONEscape {
  /// Appends the text in quotation marks.
  static func append(_ text: Span<UInt8>, to bytes: inout WipedBytes) throws(CommandFailure) {
    bytes.append(UInt8(ascii: "\""))
    guard !UTF8Scalars.isPlain(text) else {
      bytes.append(text)
      bytes.append(UInt8(ascii: "\""))
      return
    }
    try UTF8Scalars.forEach(in: text) { scalar, encoded in
      switch scalar {
      case "\"": bytes.append(copying: [UInt8(ascii: "\\"), UInt8(ascii: "\"")])
      case "\\": bytes.append(copying: [UInt8(ascii: "\\"), UInt8(ascii: "\\")])
      case "\n": bytes.append(copying: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
      case "\r": bytes.append(copying: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
      case "\t": bytes.append(copying: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
      case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        appendCode(scalar.value, to: &bytes)
      default: bytes.append(encoded)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func appendCode(_ value: UInt32, to bytes: inout WipedBytes) {
    bytes.append(copying: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
    for shift in stride(from: 12 as UInt32, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: value >> shift & 0xF)
      bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}
