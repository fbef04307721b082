/// What a text field may hold.
struct TextRule: Sendable {
  enum Shape: Sendable {
    /// No control characters.
    case line
    /// Line breaks and tabs are allowed.
    case note
    /// A line without a space at either end, comparable after NFKC.
    case identifier
    /// An e-mail address.
    case email
    /// Digits and what people put between them.
    case phone
    /// Lower-case letters, digits and hyphens.
    case word
  }

  /// The longest text in bytes.
  let limit: Int
  var shape: Shape = .line

  /// Refuses a text that breaks the rule. `isPlain`: every byte is known to be printable ASCII.
  func check(_ text: Span<UInt8>, isPlain: Bool) throws(RejectionCode) {
    guard text.count <= limit else { throw .tooLong }
    if !isPlain { try TextCheck.noControls(text, allowingBreaks: shape == .note) }
    switch shape {
    case .line, .note: break
    case .identifier:
      if text.count > 0, text[0] == 0x20 || text[text.count - 1] == 0x20 { throw .surroundingSpace }
      if !isPlain { try Normalization.checkIdentifier(text) }
    case .email: try Normalization.checkEmail(text)
    case .phone: try Self.checkPhone(text)
    case .word:
      for index in 0..<text.count {
        let byte = text[index]
        guard byte.isDigit || byte.isLowerLetter || byte == UInt8(ascii: "-") else { throw .invalidName }
      }
    }
  }

  private static func checkPhone(_ text: Span<UInt8>) throws(RejectionCode) {
    var digits = 0
    for index in 0..<text.count {
      switch text[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "+"): guard index == 0 else { throw .invalidPhone }
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "."),
        UInt8(ascii: "/"):
        break
      default: throw .invalidPhone
      }
    }
    guard (3...15).contains(digits) else { throw .invalidPhone }
  }
}

extension UInt8 {
  var isLowerLetter: Bool { self &- UInt8(ascii: "a") < 26 }
  var isUpperLetter: Bool { self &- UInt8(ascii: "A") < 26 }
}
