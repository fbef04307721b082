import Sodium

// What `ByteCursor` reads.
extension WipedBytes {
  mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  mutating func append(zigzag value: Int64) {
    append(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  mutating func append(fixed64 value: UInt64) {
    unsafe appendUnsafe(upTo: 8) { out in
      unsafe UnsafeMutableRawPointer(out).storeBytes(of: value.bigEndian, as: UInt64.self)
      return 8
    }
  }

  mutating func append(text: String) {
    append(varint: UInt64(text.utf8.count))
    append(copying: text.utf8)
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    append(unsafe Span(_unsafeElements: bytes.bindMemory(to: UInt8.self)))
  }
}
