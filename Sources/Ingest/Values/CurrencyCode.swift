/// An ISO 4217 currency: three upper-case ASCII letters, packed.
public struct CurrencyCode: Hashable, Sendable, CustomStringConvertible {
  /// The letters, the first in bits 16 to 23.
  public let rawValue: UInt32
  /// How many decimals an amount in major units has: 0, 2, 3 or 4.
  public let exponent: UInt8

  /// Reads a code; one that is not in the list is refused.
  public init(parsing text: Span<UInt8>) throws(RejectionCode) {
    guard text.count == 3 else { throw .unknownCurrency }
    let packed = UInt32(text[0]) << 16 | UInt32(text[1]) << 8 | UInt32(text[2])
    guard let exponent = CurrencyTable.exponents[packed] else { throw .unknownCurrency }
    rawValue = packed
    self.exponent = exponent
  }

  /// Reads a code from configuration; nil where it is not in the list.
  public init?(_ code: String) {
    let letters = Array(code.utf8)
    guard let code = try? CurrencyCode(parsing: letters.span) else { return nil }
    self = code
  }

  /// The code of a packed value; nil where it is not in the list.
  public init?(rawValue: UInt32) {
    guard let exponent = CurrencyTable.exponents[rawValue] else { return nil }
    self.rawValue = rawValue
    self.exponent = exponent
  }

  /// The three letters.
  public var description: String {
    String(
      decoding: [16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> UInt32($0)) }, as: UTF8.self)
  }
}
