/// How a row enters the state commitment (FORMATS section 5): table u8, then for each column in schema order its
/// type u8 (0 null, 1 integer, 2 blob, 3 text), length u32 and bytes; integers have 8 bytes, big-endian.
enum StateCommitment {
  static func encode(_ row: Row, of table: Table) -> [UInt8] {
    var bytes: [UInt8] = []
    let count = encode(row, of: table, into: &bytes)
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// Writes the encoding over the beginning of `bytes`, which grows where it is too short; returns its length. The
  /// same memory serves one row after another.
  static func encode(_ row: Row, of table: Table, into bytes: inout [UInt8]) -> Int {
    var needed = 1
    for value in row.values { needed += 5 + value.byteCount }
    if bytes.count < needed { bytes.append(contentsOf: repeatElement(0, count: needed - bytes.count)) }
    return unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe buffer[0] = table.code
      var end = 1
      for value in row.values { unsafe write(value, to: buffer, at: &end) }
      return end
    }
  }

  private static func write(_ value: Value, to buffer: UnsafeMutableRawBufferPointer, at end: inout Int) {
    switch value {
    case .null: unsafe begin(0, 0, buffer, &end)
    case .integer(let number):
      unsafe begin(Column.Kind.integer.rawValue, 8, buffer, &end)
      unsafe buffer.storeBytes(of: number.bigEndian, toByteOffset: end, as: Int64.self)
      end += 8
    case .blob(let blob):
      unsafe begin(Column.Kind.blob.rawValue, blob.count, buffer, &end)
      unsafe blob.withUnsafeBytes {
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[end...]).copyMemory(from: $0)
      }
      end += blob.count
    case .text(let text):
      unsafe begin(Column.Kind.text.rawValue, text.utf8.count, buffer, &end)
      for byte in text.utf8 {
        unsafe buffer[end] = byte
        end += 1
      }
    }
  }

  private static func begin(
    _ kind: UInt8, _ count: Int, _ buffer: UnsafeMutableRawBufferPointer, _ end: inout Int
  ) {
    unsafe buffer[end] = kind
    unsafe buffer.storeBytes(of: UInt32(count).bigEndian, toByteOffset: end + 1, as: UInt32.self)
    end += 5
  }
}

extension Value {
  fileprivate var byteCount: Int {
    switch self {
    case .null, .integer: 8
    case .blob(let blob): blob.count
    case .text(let text): text.utf8.count
    }
  }
}
