import Sodium

extension UInt64 {
  /// The number in eight big-endian bytes.
  init(bigEndian bytes: some Collection<UInt8>) {
    self = bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A decimal number without sign and without leading zeros, the only form that the formats here permit; nil for
  /// anything else.
  init?(canonicalDecimal text: some Collection<UInt8>) {
    guard let first = text.first, first != Ascii.zero || text.count == 1 else { return nil }
    var value: UInt64 = 0
    for byte in text {
      guard byte >= Ascii.zero, byte <= Ascii.nine else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(byte - Ascii.zero))
      guard !overflow, !carry else { return nil }
      value = sum
    }
    self = value
  }
}

extension [UInt8] {
  mutating func append(bigEndian value: some FixedWidthInteger) {
    var shift = value.bitWidth - 8
    while shift >= 0 {
      append(UInt8(truncatingIfNeeded: value >> shift))
      shift -= 8
    }
  }

  mutating func append(_ digest: Digest32) {
    digest.withSpan { span in
      for index in span.indices { append(span[index]) }
    }
  }

  mutating func append(text: String) { append(contentsOf: text.utf8) }
}

extension Digest32 {
  /// 32 zero bytes.
  static let zero = unsafe Digest32 { out in unsafe out.update(repeating: 0, count: 32) }
}

/// The bytes that the text formats are made of.
enum Ascii {
  static let lineFeed: UInt8 = 0x0A
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let plus: UInt8 = 0x2B
  static let zero: UInt8 = 0x30
  static let nine: UInt8 = 0x39
  static let backslash: UInt8 = 0x5C

  static func isLowerHex(_ byte: UInt8) -> Bool {
    byte >= zero && byte <= nine || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")
  }
}
