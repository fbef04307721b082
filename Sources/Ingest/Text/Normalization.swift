/// Forms under which identifiers are compared.
///
/// NFKC in full needs tables that the standard library keeps to itself, and Foundation's goes through
/// `String`, which leaves copies of a personal value in memory. So ASCII in its full-width form (U+FF01 to
/// U+FF5E, U+3000), which input methods for Chinese and Japanese produce, is mapped by subtraction, as NFKC
/// does; other text is taken where it certainly is in NFKC already, and refused otherwise. An e-mail address
/// has to be ASCII after that. No stored text is changed by any of this.
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

  /// Refuses what ``withIdentifier(_:_:)`` could not normalize.
  public static func checkIdentifier(_ text: Span<UInt8>) throws(RejectionCode) {
    try withIdentifier(text) { _ in }
  }

  /// Lends the form under which an account or order number is compared: NFKC, its case kept. The copy is
  /// wiped afterwards.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8 of at most 300 bytes.
  ///   - body: receives the bytes of the normalized form.
  public static func withIdentifier<Result>(
    _ text: Span<UInt8>, _ body: (Span<UInt8>) -> Result
  ) throws(RejectionCode) -> Result {
    try WipedScratch.with(capacity: 300) { (scratch: inout WipedScratch) throws(RejectionCode) in
      var index = 0
      while index < text.count {
        let (scalar, length) = try scalar(text, at: index)
        if let folded = asciiOfFullWidth(scalar) {
          guard scratch.append(folded) else { throw .tooLong }
        } else {
          guard scalar.isCertainlyNFKC else { throw .notNormalized }
          for offset in 0..<length {
            guard scratch.append(text[index + offset]) else { throw .tooLong }
          }
        }
        index += length
      }
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
      let (scalar, length) = try scalar(text, at: index)
      guard var byte = scalar.isASCII ? text[index] : asciiOfFullWidth(scalar) else { throw fault }
      if lowering, byte.isUpperLetter { byte |= 0x20 }
      guard scratch.append(byte) else { throw fault }
      index += length
    }
  }

  private static func asciiOfFullWidth(_ scalar: Unicode.Scalar) -> UInt8? {
    switch scalar.value {
    case 0x3000: 0x20
    case 0xFF01...0xFF5E: UInt8(scalar.value - 0xFF01 + 0x21)
    default: nil
    }
  }

  /// The scalar at a position, and its length in bytes.
  private static func scalar(
    _ text: Span<UInt8>, at index: Int
  ) throws(RejectionCode) -> (scalar: Unicode.Scalar, length: Int) {
    let first = text[index]
    let length: Int
    switch first {
    case ..<0x80: return (Unicode.Scalar(first), 1)
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF4: length = 4
    default: throw .invalidUTF8
    }
    guard index + length <= text.count else { throw .invalidUTF8 }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for offset in 1..<length {
      guard text[index + offset] & 0xC0 == 0x80 else { throw .invalidUTF8 }
      value = value << 6 | UInt32(text[index + offset] & 0x3F)
    }
    guard let scalar = Unicode.Scalar(value) else { throw .invalidUTF8 }
    return (scalar, length)
  }
}

extension Unicode.Scalar {
  /// Whether NFKC certainly leaves this scalar as it is, wherever it stands.
  ///
  /// Marks and other scalars that may join the one before (Hangul jamo among them) are not certain; nor is
  /// what NFKC with case folding changes, unless only by its case.
  fileprivate var isCertainlyNFKC: Bool {
    if isASCII { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .unassigned, .format, .control, .privateUse:
      return false
    default: break
    }
    if (0x1100...0x11FF).contains(value) || (0xA960...0xA97F).contains(value)
      || (0xD7B0...0xD7FF).contains(value)
    {
      return false
    }
    // Sharp s and final sigma change by case folding alone.
    if !properties.changesWhenNFKCCaseFolded || value == 0xDF || value == 0x3C2 { return true }
    // A capital letter: certain where its small letter is, and leads back to it (the Kelvin sign does not).
    let small = properties.lowercaseMapping.unicodeScalars
    guard let letter = small.first, small.count == 1, !letter.isASCII,
      !letter.properties.changesWhenNFKCCaseFolded
    else { return false }
    return letter.properties.uppercaseMapping.unicodeScalars.elementsEqual(CollectionOfOne(self))
  }
}
