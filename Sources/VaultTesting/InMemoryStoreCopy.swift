import Vault

// The form of a copy of an in-memory store: for each row table u8 ‖ number of values u8 ‖ values, each type u8 (0
// null, 1 integer, 2 blob, 3 text) ‖ length u32 ‖ bytes.

extension InMemoryReader {
  func copyEverything(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try checkUse(of: Schema.checkpoint)
    guard !(self is InMemoryWriter) else {
      throw StoreError(.configuration, "a copy is made in a transaction that reads")
    }
    for table in Schema.tables {
      try scan(table, prefix: [], range: nil, descending: false) { row in
        let bytes = Self.encode(row, of: table)
        try unsafe bytes.withUnsafeBytes { try unsafe body($0) }
        return true
      }
    }
  }

  private static func encode(_ row: Row, of table: Table) -> [UInt8] {
    var bytes: [UInt8] = [table.code, UInt8(row.values.count)]
    for value in row.values {
      let (type, content): (UInt8, [UInt8]) =
        switch value {
        case .null: (0, [])
        case .integer(let number): (1, (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) })
        case .blob(let blob): (2, blob)
        case .text(let text): (3, Array(text.utf8))
        }
      bytes.append(type)
      bytes += (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (24 - 8 * $0)) }
      bytes += content
    }
    return bytes
  }
}

extension InMemoryStore {
  /// A store from a copy that `StoreReader.copyEverything` handed out.
  ///
  /// - Throws: `.corrupt` for bytes that are no such copy.
  public convenience init(copy bytes: [UInt8]) throws {
    self.init()
    let corrupt = StoreError(.corrupt, "the bytes are no copy of a store in memory")
    try write { writer in
      var rest = bytes[...]
      func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard rest.count >= count else { throw corrupt }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
      }
      while !rest.isEmpty {
        let head = Array(try take(2))
        guard let table = Schema.tables.first(where: { $0.code == head[0] }) else { throw corrupt }
        var values: [Value] = []
        for _ in 0..<head[1] {
          let type = try take(1).first
          let content = try take(take(4).reduce(0) { $0 << 8 | Int($1) })
          switch type {
          case 0: values.append(.null)
          case 1: values.append(.integer(content.reduce(0) { $0 << 8 | Int64($1) }))
          case 2: values.append(.blob(Array(content)))
          case 3: values.append(.text(String(decoding: content, as: UTF8.self)))
          default: throw corrupt
          }
        }
        try writer.insert(table, Row(values))
      }
    }
  }
}
