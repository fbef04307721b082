/// How a row enters the state commitment (FORMATS section 5): table u8, then for each column in schema order its
/// type u8 (0 null, 1 integer, 2 blob, 3 text), length u32 and bytes; integers have 8 bytes, big-endian.
enum StateCommitment {
  static func encode(_ row: Row, of table: Table) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64 + row.values.reduce(0) { $0 + $1.byteCount })
    bytes.append(table.code)
    for value in row.values { append(value, to: &bytes) }
    return bytes
  }

  private static func append(_ value: Value, to bytes: inout [UInt8]) {
    switch value {
    case .null:
      bytes.append(0)
      bytes.appendBigEndian(UInt32(0))
    case .integer(let number):
      bytes.append(Column.Kind.integer.rawValue)
      bytes.appendBigEndian(UInt32(8))
      bytes.appendBigEndian(number)
    case .blob(let blob):
      bytes.append(Column.Kind.blob.rawValue)
      bytes.appendBigEndian(UInt32(blob.count))
      bytes += blob
    case .text(let text):
      bytes.append(Column.Kind.text.rawValue)
      bytes.appendBigEndian(UInt32(text.utf8.count))
      bytes += text.utf8
    }
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
