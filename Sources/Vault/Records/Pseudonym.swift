/// A customer's id outside the `identity` class: 128 bits, random to everybody but the warden (``PseudonymRule``).
///
/// Shown as `C-`, 26 symbols of Crockford's base32 (most significant first, the first one below 8) and a check
/// symbol: the number modulo 37, which detects every wrong symbol and every swap of neighbours
/// (https://www.crockford.com/base32.html).
public struct Pseudonym: Hashable, Sendable {
  /// The upper 64 bits.
  public let high: UInt64
  /// The lower 64 bits.
  public let low: UInt64

  /// The pseudonym of this number.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The pseudonym of these bytes, big-endian, or nil unless there are 16.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    let number = bytes.reduce(0 as UInt128) { $0 << 8 | UInt128($1) }
    self.init(high: UInt64(number >> 64), low: UInt64(truncatingIfNeeded: number))
  }

  /// The 16 bytes, big-endian, as the directory holds them.
  public var bytes: [UInt8] {
    unsafe withUnsafeBytes(of: number.bigEndian) { unsafe [UInt8]($0) }
  }

  private var number: UInt128 { UInt128(high) << 64 | UInt128(low) }
}

extension Pseudonym: Comparable {
  /// By number.
  public static func < (left: Pseudonym, right: Pseudonym) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension Pseudonym: LosslessStringConvertible {
  private static let symbols = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U".utf8)
  private static let symbolCount = 26

  /// `C-`, 26 symbols and the check symbol.
  public var description: String {
    var text: [UInt8] = Array("C-".utf8)
    for position in 0..<Pseudonym.symbolCount {
      let shift = UInt128(5 * (Pseudonym.symbolCount - 1 - position))
      text.append(Pseudonym.symbols[Int(truncatingIfNeeded: (number >> shift) & 31)])
    }
    text.append(Pseudonym.symbols[Int(number % 37)])
    return String(decoding: text, as: UTF8.self)
  }

  /// The pseudonym that this text shows, or nil; see ``parsing(_:)``.
  public init?(_ description: String) {
    guard let parsed = try? Pseudonym.parsing(description) else { return nil }
    self = parsed
  }

  /// The pseudonym that a person typed: upper or lower case, O read as 0, I and L as 1, hyphens between the
  /// symbols ignored. The leading `C-` must be there.
  ///
  /// - Throws: `.notAPseudonym`, also when the check symbol does not fit.
  public static func parsing(_ text: String) throws(RecordError) -> Pseudonym {
    let prefixed = Array(text.utf8)
    guard prefixed.count > 2, prefixed[0] | 0x20 == UInt8(ascii: "c"), prefixed[1] == UInt8(ascii: "-") else {
      throw RecordError(.notAPseudonym, "a customer id starts with C-")
    }
    let typed = prefixed.dropFirst(2).filter { $0 != UInt8(ascii: "-") }
    guard typed.count == symbolCount + 1, let check = typed.last else {
      throw RecordError(.notAPseudonym, "a customer id has 27 symbols after C-")
    }
    var number: UInt128 = 0
    for (position, byte) in typed.dropLast().enumerated() {
      guard let value = value(of: byte), value < 32, position > 0 || value < 8 else {
        throw RecordError(.notAPseudonym, "a customer id has a symbol that is none of its alphabet")
      }
      number = number << 5 | UInt128(value)
    }
    guard let expected = value(of: check), number % 37 == UInt128(expected) else {
      throw RecordError(.notAPseudonym, "the check symbol of the customer id does not fit: mistyped")
    }
    return Pseudonym(high: UInt64(number >> 64), low: UInt64(truncatingIfNeeded: number))
  }

  private static func value(of byte: UInt8) -> Int? {
    let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    return switch isLower ? byte - 0x20 : byte {
    case UInt8(ascii: "O"): 0
    case UInt8(ascii: "I"), UInt8(ascii: "L"): 1
    case let upper: symbols.firstIndex(of: upper)
    }
  }
}
