import Vault

/// Writing within one transaction of a connection.
final class SQLiteWriter: SQLiteReader, StoreWriter {
  func insert(_ table: Table, _ row: Row) throws {
    try checkChange(of: table)
    try table.check(row)
    let statement = try connection.statement(.insert, table, in: database)
    try statement.bind(row.values) { _ = try statement.step() }
  }

  func update(_ table: Table, _ row: Row) throws {
    try checkChange(of: table)
    try table.check(row)
    try change(table, .update, row.values)
  }

  func delete(_ table: Table, key: [Value]) throws {
    try checkChange(of: table)
    try table.check(key: key)
    try change(table, .delete, key)
  }

  private func change(_ table: Table, _ shape: StatementShape, _ values: [Value]) throws {
    let statement = try connection.statement(shape, table, in: database)
    try statement.bind(values) {
      _ = try statement.step()
      guard statement.changes > 0 else {
        throw StoreError(.missing, "there is no row with this key in \(table.name)")
      }
    }
  }

  /// What a scan sees of changes made during it is not defined in SQL: it is refused.
  private func checkChange(of table: Table) throws {
    try checkUse(of: table)
    guard !scanned.contains(table.code) else {
      throw StoreError(.configuration, "\(table.name) may not be changed while it is being scanned")
    }
  }
}
