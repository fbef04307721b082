import Vault

/// Writing to a copy, which the commit puts in place.
final class InMemoryWriter: InMemoryReader, StoreWriter {
  private let orderedFault: () throws -> Void

  init(_ contents: InMemoryContents, nextFault: @escaping () throws -> Void) {
    orderedFault = nextFault
    super.init(contents)
  }

  func insert(_ table: Table, _ row: Row) throws {
    try checkChange(of: table)
    try table.check(row)
    let key = OrderedKey.encode(table.key(of: row))
    guard contents.tables[table.code]?[key] == nil else { throw exists }
    try nextFault()
    put(table, key, row)
  }

  func update(_ table: Table, _ row: Row) throws {
    try checkChange(of: table)
    try table.check(row)
    let key = OrderedKey.encode(table.key(of: row))
    guard contents.tables[table.code]?[key] != nil else { throw missing(table) }
    try nextFault()
    put(table, key, row)
  }

  func delete(_ table: Table, key: [Value]) throws {
    try checkChange(of: table)
    try table.check(key: key)
    let key = OrderedKey.encode(key)
    guard contents.tables[table.code]?[key] != nil else { throw missing(table) }
    try nextFault()
    contents.tables[table.code]?.remove(key)
  }

  private func nextFault() throws {
    do {
      try orderedFault()
    } catch {
      hasFailed = true
      throw error
    }
  }

  private func put(_ table: Table, _ key: [UInt8], _ row: Row) {
    contents.tables[table.code, default: OrderedRows()].set(key, row)
  }

  private func checkChange(of table: Table) throws {
    try checkUse(of: table)
    guard !scanned.contains(table.code) else {
      throw StoreError(.configuration, "\(table.name) may not be changed while it is being scanned")
    }
  }

  private var exists: StoreError { StoreError(.exists, "a row with this key is there already") }

  private func missing(_ table: Table) -> StoreError {
    StoreError(.missing, "there is no row with this key in \(table.name)")
  }
}
