import Vault

/// Keys as bytes whose order is the order of the values.
///
/// Integers: big-endian, sign bit flipped. Blobs and texts: a zero byte becomes 00 FF, the end is 00 01, so
/// that a prefix comes first and no key is the beginning of another one.
enum OrderedKey {
  /// The encoded values of a key or of its beginning.
  static func encode(_ values: [Value]) -> [UInt8] {
    var bytes: [UInt8] = []
    for value in values {
      switch value {
      case .integer(let integer):
        let flipped = UInt64(bitPattern: integer) ^ (1 << 63)
        for shift in stride(from: 56, through: 0, by: -8) {
          bytes.append(UInt8(truncatingIfNeeded: flipped >> UInt64(shift)))
        }
      case .blob(let blob): append(blob, to: &bytes)
      case .text(let text): append(text.utf8, to: &bytes)
      case .null: break  // keys have no nulls
      }
    }
    return bytes
  }

  private static func append(_ content: some Sequence<UInt8>, to bytes: inout [UInt8]) {
    for byte in content {
      bytes.append(byte)
      if byte == 0 { bytes.append(0xff) }
    }
    bytes += [0x00, 0x01]
  }
}
