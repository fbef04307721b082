/// Forms under which identifiers are compared.
///
/// NFKC in full needs tables that the standard library keeps to itself, and Foundation's goes through
/// `String`, which leaves copies of a personal value in memory. So an identifier is ASCII, or ASCII in its
/// full-width form (U+FF01 to U+FF5E, U+3000), which input methods for Chinese and Japanese produce and
/// which NFKC maps by subtraction; anything else is refused. No stored text is changed by this.
public enum Normalization {
  /// The longest e-mail address, RFC 5321 section 4.5.3.1.3 with erratum 1690.
  public static let longestEmail = 254

  /// Refuses what ``withEmail(_:_:)`` could not normalize.
  public static func checkEmail(_ text: Span<UInt8>) throws(RejectionCode) {
    try withEmail(text) { _ in }
  }

  /// Lends the form under which an e-mail address is compared: trimmed, ASCII, lower case.
  ///
  /// The local part is lowered too: no mail service in use tells `Ann@` from `ann@`, and an index that did
  /// would miss customers. The copy is wiped afterwards.
  public static func withEmail<Result>(
    _ text: Span<UInt8>, _ body: (Span<UInt8>) -> Result
  ) throws(RejectionCode) -> Result {
    try WipedScratch.with(capacity: longestEmail) { (scratch: inout WipedScratch) throws(RejectionCode) in
      try appendASCII(text, to: &scratch, lowering: true, or: .invalidEmail)
      scratch.trimSpaces()
      guard isEmail(scratch) else { throw RejectionCode.invalidEmail }
      return scratch.withBytes(body)
    }
  }

  private static func isEmail(_ text: borrowing WipedScratch) -> Bool {
    var at: Int?
    for index in 0..<text.count {
      let byte = text[index]
      guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: ",") else { return false }
      guard byte == UInt8(ascii: "@") else { continue }
      guard at == nil else { return false }
      at = index
    }
    guard let at, at >= 1, at <= 64, at + 1 < text.count else { return false }
    return text[at + 1] != UInt8(ascii: ".") && text[text.count - 1] != UInt8(ascii: ".")
  }

  private static func appendASCII(
    _ text: Span<UInt8>, to scratch: inout WipedScratch, lowering: Bool, or fault: RejectionCode
  ) throws(RejectionCode) {
    var index = 0
    while index < text.count {
      var byte = text[index]
      if byte < 0x80 {
        index += 1
      } else {
        byte = try foldFullWidth(text, at: index, or: fault)
        index += 3
      }
      if lowering, byte.isUpperLetter { byte |= 0x20 }
      guard scratch.append(byte) else { throw fault }
    }
  }

  /// The ASCII character of a full-width form, which is three bytes of UTF-8.
  private static func foldFullWidth(
    _ text: Span<UInt8>, at index: Int, or fault: RejectionCode
  ) throws(RejectionCode) -> UInt8 {
    guard index + 2 < text.count else { throw fault }
    let scalar =
      UInt32(text[index] & 0x0F) << 12 | UInt32(text[index + 1] & 0x3F) << 6 | UInt32(text[index + 2] & 0x3F)
    guard text[index] & 0xF0 == 0xE0, text[index + 1] & 0xC0 == 0x80, text[index + 2] & 0xC0 == 0x80 else {
      throw fault
    }
    if scalar == 0x3000 { return 0x20 }
    guard (0xFF01...0xFF5E).contains(scalar) else { throw fault }
    return UInt8(scalar - 0xFF01 + 0x21)
  }
}
