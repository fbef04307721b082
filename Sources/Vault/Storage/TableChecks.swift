/// The rules that every engine applies before it touches a row, so that a mistake of a caller is the same
/// error everywhere and never reaches an engine that would convert or guess.
extension Table {
  /// Throws `.configuration` unless the row has one value of the right type for each column.
  package func check(_ row: Row) throws(StoreError) {
    guard row.values.count == columns.count else { throw mismatch("a row with another number of columns") }
    for (column, value) in zip(columns, row.values) { try check(value, column) }
  }

  /// Throws `.configuration` unless these are values for the whole primary key.
  package func check(key: [Value]) throws(StoreError) {
    guard key.count == keyCount else { throw mismatch("a key with another number of columns") }
    for (column, value) in zip(columns, key) { try check(value, column) }
  }

  /// Throws `.configuration` unless a scan by this prefix and, if `isRanged`, a range of the next key column
  /// makes sense.
  package func check(prefix: [Value], isRanged: Bool) throws(StoreError) {
    guard prefix.count <= keyCount else { throw mismatch("a prefix that is longer than the key") }
    for (column, value) in zip(columns, prefix) { try check(value, column) }
    guard isRanged else { return }
    guard prefix.count < keyCount, columns[prefix.count].kind == .integer else {
      throw mismatch("a range of something that is no integer key column")
    }
  }

  /// The primary key of a row that has been checked.
  package func key(of row: Row) -> [Value] { Array(row.values.prefix(keyCount)) }

  private func check(_ value: Value, _ column: Column) throws(StoreError) {
    switch (value, column.kind) {
    case (.integer, .integer), (.blob, .blob), (.text, .text): return
    case (.null, _) where column.isNullable: return
    default: throw mismatch("a value of another type in \(column.name)")
    }
  }

  private func mismatch(_ what: String) -> StoreError {
    StoreError(.configuration, "table \(name) was given \(what)")
  }
}
