/// An ISO 4217 currency code, three capital letters packed into a number: `CNY` is 0x434E59.
public struct CurrencyCode: Hashable, Sendable {
  /// The three ASCII letters, the first one highest; the top byte is zero.
  public let packed: UInt32

  /// The currency of this packed code, or nil unless it is three capital letters.
  public init?(packed: UInt32) {
    let letters = (packed >> 16 & 0xFF, packed >> 8 & 0xFF, packed & 0xFF)
    guard packed >> 24 == 0, CurrencyCode.isLetter(letters.0), CurrencyCode.isLetter(letters.1),
      CurrencyCode.isLetter(letters.2)
    else { return nil }
    self.packed = packed
  }

  @inline(__always)
  private static func isLetter(_ byte: UInt32) -> Bool { byte >= 0x41 && byte <= 0x5A }
}

extension CurrencyCode: LosslessStringConvertible {
  /// The three letters.
  public var description: String {
    let letters = [16, 8, 0].map { UInt8(truncatingIfNeeded: packed >> UInt32($0)) }
    return String(decoding: letters, as: UTF8.self)
  }

  /// The currency of this code, or nil unless it is three capital letters.
  public init?(_ description: String) {
    guard description.utf8.count == 3 else { return nil }
    self.init(packed: description.utf8.reduce(0) { $0 << 8 | UInt32($1) })
  }
}
