import Testing
import Vault

@testable import VaultSQLite

/// The tables in SQL, against the tables of `Schema`.
@Suite("The database's schema")
struct SchemaTextTests {
  @Test("has each table of the vault as it is described, and no other")
  func tables() {
    let described = Schema.tables.map { table in
      let columns = table.columns.map { column in
        "  \"\(column.name)\" \(type(column.kind))\(column.isNullable ? "" : " NOT NULL"),"
      }
      let key = table.columns.prefix(table.keyCount).map { "\"\($0.name)\"" }.joined(separator: ", ")
      let isRowid = table.keyCount == 1 && table.columns.first?.kind == .integer
      let lines =
        ["CREATE TABLE \"\(table.name)\" ("] + columns
        + ["  PRIMARY KEY (\(key))", ") STRICT\(isRowid ? "" : ", WITHOUT ROWID")"]
      return lines.joined(separator: "\n")
    }
    let written = Migration.all.flatMap(\.statements).filter { $0.hasPrefix("CREATE TABLE") }
    #expect(written == described)
  }

  @Test("has as many migrations as its format version, each with a name of its own")
  func versions() {
    #expect(Migration.all.count == Schema.formatVersion)
    #expect(Set(Migration.all.map(\.name)).count == Migration.all.count)
  }

  @Test("is brought up to date when a newer program opens it for writing, and not before")
  func upgrade() throws {
    try TemporaryFolder.use { (parent) throws in
      let folder = parent + "/vault"
      let old = try SQLiteStore.create(folder: folder)
      try old.write { try $0.insert(Schema.record, .record(1, 1)) }
      try old.close()
      var newer = SQLiteOptions()
      newer.migrations.append(
        Migration(name: "later", statements: ["CREATE INDEX \"later\" ON \"record\" (\"ordinal\")"]))
      #expect(throws: StoreError(.configuration, "")) {
        try SQLiteStore.open(folder: folder, readOnly: true, options: newer)
      }
      for _ in 0..<2 {
        let store = try SQLiteStore.open(folder: folder, readOnly: false, options: newer)
        #expect(try store.rows(Schema.record) == [.record(1, 1)])
        try store.close()
      }
      #expect(throws: StoreError(.newerFormat, "")) { try SQLiteStore.open(folder: folder) }
    }
  }

  @Test("lets every scan follow a key, without sorting")
  func plans() throws {
    try TemporaryFolder.use { (parent) throws in
      let store = try SQLiteStore.create(folder: parent + "/vault")
      for table in Schema.tables {
        for prefix in 0...table.keyCount {
          let canRange = prefix < table.keyCount && table.columns[prefix].kind == .integer
          for isRanged in canRange ? [false, true] : [false] {
            for isDescending in [false, true] {
              let shape = StatementShape.scan(
                prefix: prefix, isRanged: isRanged, isDescending: isDescending)
              let plan = try store.plan(shape.sql(table))
              #expect(!plan.contains("TEMP B-TREE"), "\(table.name) \(prefix): \(plan)")
              if prefix > 0 || isRanged { #expect(plan.contains("SEARCH"), "\(table.name): \(plan)") }
            }
          }
        }
      }
      #expect(try store.plan(StatementShape.records.sql(nil)).contains("SEARCH"))
      #expect(!(try store.plan(StatementShape.records.sql(nil)).contains("TEMP")))
      #expect(try store.plan(StatementShape.goneCustomers.sql(nil)).contains("directory_gone"))
    }
  }

  private func type(_ kind: Column.Kind) -> String {
    switch kind {
    case .integer: "INTEGER"
    case .blob: "BLOB"
    case .text: "TEXT"
    }
  }
}
