import Vault

/// Reading a snapshot.
class InMemoryReader: StoreReader {
  var contents: InMemoryContents
  private(set) var scanned: [UInt8] = []
  private var isEnded = false
  /// Set by an ordered failure: a real store has rolled back by then.
  var hasFailed = false

  init(_ contents: InMemoryContents) { self.contents = contents }

  /// Whoever kept this object gets errors from now on.
  func end() { isEnded = true }

  func row(_ table: Table, key: [Value]) throws -> Row? {
    try checkUse(of: table)
    try table.check(key: key)
    return contents.tables[table.code]?[OrderedKey.encode(key)]
  }

  func scan(
    _ table: Table, prefix: [Value], range: Range<Int64>?, descending: Bool,
    _ body: (Row) throws -> Bool
  ) throws {
    try checkUse(of: table)
    try table.check(prefix: prefix, isRanged: range != nil)
    guard let rows = contents.tables[table.code] else { return }
    let beginning = OrderedKey.encode(prefix)
    let lower = beginning + (range.map { OrderedKey.encode([.integer($0.lowerBound)]) } ?? [])
    let upper = range.map { beginning + OrderedKey.encode([.integer($0.upperBound)]) }
    let start = rows.position(of: lower)
    let end = rows.position { key in
      if let upper { return !key.lexicographicallyPrecedes(upper) }
      return !key.lexicographicallyPrecedes(beginning) && !key.starts(with: beginning)
    }
    scanned.append(table.code)
    defer { scanned.removeLast() }
    var position = descending ? end : start
    while position != (descending ? start : end) {
      if descending {
        guard let before = rows.before(position) else { return }
        position = before
      }
      guard let entry = rows[position], try body(entry.element) else { return }
      if !descending { position = rows.after(position) }
    }
  }

  func count(_ table: Table) throws -> Int {
    try checkUse(of: table)
    return contents.tables[table.code]?.count ?? 0
  }

  func scanRecords(
    class dataClass: UInt8, ordinals: Range<Int64>,
    _ body: (Int64, Int64, Int64, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try scan(Schema.record, prefix: [.integer(Int64(dataClass))], range: ordinals, descending: false) { row in
      guard case .integer(let ordinal) = row.values[1], case .integer(let chunk) = row.values[2],
        case .integer(let version) = row.values[3], case .blob(let sealed) = row.values[4]
      else { throw StoreError(.corrupt, "a record has a value of a wrong type") }
      try unsafe sealed.withUnsafeBytes { try unsafe body(ordinal, chunk, version, $0) }
      return true
    }
  }

  /// Throws unless the transaction lasts and the table is one of the vault's.
  func checkUse(of table: Table) throws {
    guard !isEnded else { throw StoreError(.configuration, "a transaction was used after its end") }
    guard Schema.tables.contains(table) else { throw StoreError(.configuration, "no such table") }
    try checkTransaction()
  }

  func surveyDirectory(ordinals: Range<Int64>) throws -> (count: Int, highestState: Int64) {
    var survey: (count: Int, highestState: Int64) = (0, 0)
    try scan(Schema.directory, prefix: [], range: ordinals, descending: false) { row in
      guard case .integer(let state) = row.values[2] else {
        throw StoreError(.corrupt, "the directory has a value of a wrong type")
      }
      survey = (survey.count + 1, max(survey.highestState, state))
      return true
    }
    return survey
  }

  func hasGoneCustomers(ordinals: Range<Int64>) throws -> Bool {
    try surveyDirectory(ordinals: ordinals).highestState != 0
  }

  /// Throws when a failure has ended the transaction, whatever the body made of the error.
  func checkTransaction() throws {
    guard !hasFailed else { throw StoreError(.io, "the transaction was rolled back after an error") }
  }
}
