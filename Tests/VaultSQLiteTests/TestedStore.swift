import Testing
import Vault
import VaultTesting

@testable import VaultSQLite

/// The stores that keep the contract; each test runs once with each.
enum TestedStore: String, CaseIterable, CustomTestStringConvertible {
  case sqlite = "SQLite"
  case memory = "in memory"

  var testDescription: String { rawValue }

  /// Runs `body` with a new, empty store, which is removed afterwards.
  func use(_ body: (any Store) throws -> Void) throws {
    switch self {
    case .memory: try body(InMemoryStore())
    case .sqlite:
      try TemporaryFolder.use { folder in
        let store = try SQLiteStore.create(folder: folder + "/vault")
        try body(store)
        try store.close()
      }
    }
  }

  /// As above, for bodies that wait.
  func useAsync(_ body: (any Store) async throws -> Void) async throws {
    switch self {
    case .memory: try await body(InMemoryStore())
    case .sqlite:
      try await TemporaryFolder.use { folder in
        let store = try SQLiteStore.create(folder: folder + "/vault")
        try await body(store)
        try store.close()
      }
    }
  }
}

extension StoreReader {
  /// All rows of a scan.
  func rows(
    _ table: Table, prefix: [Value] = [], range: Range<Int64>? = nil, descending: Bool = false
  ) throws -> [Row] {
    var rows: [Row] = []
    try scan(table, prefix: prefix, range: range, descending: descending) {
      rows.append($0)
      return true
    }
    return rows
  }

  /// The records of a bulk read, copied.
  func records(
    class dataClass: UInt8, ordinals: Range<Int64>, _ body: () throws -> Void = {}
  ) throws -> [Row] {
    var rows: [Row] = []
    try unsafe scanRecords(class: dataClass, ordinals: ordinals) { ordinal, chunk, version, sealed in
      try body()
      rows.append(
        Row([
          .integer(Int64(dataClass)), .integer(ordinal), .integer(chunk), .integer(version),
          .blob(unsafe Array(sealed)),
        ]))
    }
    return rows
  }
}

extension Store {
  /// All rows of a table.
  func rows(_ table: Table) throws -> [Row] { try read { try $0.rows(table) } }

  /// The row of a key.
  func row(_ table: Table, key: [Value]) throws -> Row? { try read { try $0.row(table, key: key) } }

  /// How many rows a table has.
  func count(_ table: Table) throws -> Int { try read { try $0.count(table) } }
}

extension Row {
  /// A record.
  static func record(_ dataClass: Int64, _ ordinal: Int64, _ chunk: Int64 = 0, sealed: [UInt8] = [1]) -> Row {
    Row([.integer(dataClass), .integer(ordinal), .integer(chunk), .integer(7), .blob(sealed)])
  }

  /// A customer of the directory.
  static func customer(_ ordinal: Int64, _ pseudonym: [UInt8], mergedInto: Int64? = nil) -> Row {
    Row([.integer(ordinal), .blob(pseudonym), .integer(1), mergedInto.map { .integer($0) } ?? .null])
  }

  /// A policy text.
  static func policy(_ hash: [UInt8], _ text: String) -> Row { Row([.blob(hash), .text(text)]) }

  /// An entry of the blind index.
  static func index(_ digest: [UInt8], _ ordinal: Int64) -> Row {
    Row([.blob(digest), .integer(ordinal), .integer(1)])
  }

  /// The first value, if it is an integer.
  var firstInteger: Int64? {
    guard case .integer(let integer)? = values.first else { return nil }
    return integer
  }
}

extension Schema {
  /// A row that fits a table, different for each `number`; nullable columns are null.
  static func sample(_ table: Table, _ number: Int64) -> Row {
    Row(
      table.columns.map { column in
        if column.isNullable { return .null }
        switch column.kind {
        case .integer: return .integer(number)
        case .blob: return .blob((0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) })
        case .text: return .text("number \(number)")
        }
      })
  }
}
