import class GRDB.Database
import Vault

/// Reading within one transaction of a connection.
class SQLiteReader: StoreReader {
  let database: Database
  let connection: Connection
  /// The tables that a caller further up is scanning.
  private(set) var scanned: [UInt8] = []
  private var isEnded = false

  init(_ database: Database, _ connection: Connection) {
    self.database = database
    self.connection = connection
  }

  /// Whoever kept this object gets errors from now on.
  func end() { isEnded = true }

  func row(_ table: Table, key: [Value]) throws -> Row? {
    try checkUse(of: table)
    try table.check(key: key)
    let statement = try connection.statement(.lookup, table, in: database)
    return try statement.bind(key) { try statement.step() ? statement.row(table.columns) : nil }
  }

  func scan(
    _ table: Table, prefix: [Value], range: Range<Int64>?, descending: Bool,
    _ body: (Row) throws -> Bool
  ) throws {
    try checkUse(of: table)
    try table.check(prefix: prefix, isRanged: range != nil)
    let shape = StatementShape.scan(
      prefix: prefix.count, isRanged: range != nil, isDescending: descending)
    let statement = try connection.statement(shape, table, in: database)
    var values = prefix
    if let range { values += [.integer(range.lowerBound), .integer(range.upperBound)] }
    try scanning(table) {
      try statement.bind(values) {
        while try statement.step() {
          guard try body(statement.row(table.columns)) else { return }
        }
      }
    }
  }

  func count(_ table: Table) throws -> Int {
    try checkUse(of: table)
    let statement = try connection.statement(.count, table, in: database)
    return try statement.bind([]) { try statement.step() ? Int(statement.integer(0)) : 0 }
  }

  func scanRecords(
    class dataClass: UInt8, ordinals: Range<Int64>,
    _ body: (Int64, Int64, Int64, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try checkUse(of: Schema.record)
    let statement = try connection.statement(.records, Schema.record, in: database)
    let values: [Value] = [
      .integer(Int64(dataClass)), .integer(ordinals.lowerBound), .integer(ordinals.upperBound),
    ]
    try scanning(Schema.record) {
      try statement.bind(values) {
        var last: (ordinal: Int64, chunk: Int64)?
        // What the seal binds, ordinal, chunk and version, needs no check of its type: another value does not open.
        while try statement.step() {
          let ordinal = statement.uncheckedInteger(0)
          let chunk = statement.uncheckedInteger(1)
          // Pages that a hostile file lists twice would otherwise be walked again and again.
          guard ordinals.contains(ordinal), last.map({ $0 < (ordinal, chunk) }) ?? true else {
            throw StoreError(.corrupt, "records are not in the order of their keys")
          }
          last = (ordinal, chunk)
          try unsafe body(ordinal, chunk, statement.uncheckedInteger(2), statement.blob(3))
        }
      }
    }
  }

  func surveyDirectory(ordinals: Range<Int64>) throws -> (count: Int, highestState: Int64) {
    try checkUse(of: Schema.directory)
    let statement = try connection.statement(.directorySurvey, Schema.directory, in: database)
    return try statement.bind([.integer(ordinals.lowerBound), .integer(ordinals.upperBound)]) {
      guard try statement.step() else { throw StoreError(.corrupt, "the directory cannot be counted") }
      return (Int(try statement.integer(0)), try statement.integer(1))
    }
  }

  func hasGoneCustomers(ordinals: Range<Int64>) throws -> Bool {
    try checkUse(of: Schema.directory)
    let statement = try connection.statement(.goneCustomers, Schema.directory, in: database)
    return try statement.bind([.integer(ordinals.lowerBound), .integer(ordinals.upperBound)]) {
      try statement.step()
    }
  }

  /// Throws unless the transaction lasts and the table is one of the vault's.
  func checkUse(of table: Table) throws {
    guard !isEnded else { throw StoreError(.configuration, "a transaction was used after its end") }
    guard Schema.tables.contains(table) else { throw StoreError(.configuration, "no such table") }
    try connection.checkTransaction(database)
  }

  private func scanning(_ table: Table, _ body: () throws -> Void) throws {
    scanned.append(table.code)
    defer { scanned.removeLast() }
    try body()
  }
}
