/// Checks on text that is never repaired.
public enum TextCheck {
  /// Refuses bytes that are not UTF-8 (overlong forms, surrogates and values over U+10FFFF included).
  public static func utf8(_ text: Span<UInt8>) throws(RejectionCode) {
    do {
      _ = try UTF8Span(validating: text)
    } catch {
      throw .invalidUTF8
    }
  }

  /// Refuses control characters (C0, DEL, C1) in valid UTF-8.
  ///
  /// With `allowingBreaks`, LF, TAB, and a CR that stands before a LF are allowed.
  public static func noControls(_ text: Span<UInt8>, allowingBreaks: Bool) throws(RejectionCode) {
    for index in 0..<text.count {
      let byte = text[index]
      if byte >= 0x20, byte < 0x7F { continue }
      if byte >= 0x80 {
        // U+0080 to U+009F are C2 80 to C2 9F.
        if byte == 0xC2, index + 1 < text.count, text[index + 1] < 0xA0 { throw .controlCharacter }
        continue
      }
      guard allowingBreaks else { throw .controlCharacter }
      switch byte {
      case 0x0A, 0x09: continue
      case 0x0D: guard index + 1 < text.count, text[index + 1] == 0x0A else { throw .controlCharacter }
      default: throw .controlCharacter
      }
    }
  }
}
