import Foundation
import Testing
import Vault

@testable import VaultSQLite

/// What whoever owns the disk can try with the database file.
@Suite("A hostile or damaged database file")
struct HostileFileTests {
  /// Makes a vault with a few rows, lets `attack` have its folder, and opens it again in both ways.
  private func expect(_ code: StoreError.Code, after attack: (String) throws -> Void) throws {
    try TemporaryFolder.use { (parent) throws in
      let folder = parent + "/vault"
      let store = try SQLiteStore.create(folder: folder)
      try store.write { (writer) throws in
        for ordinal in Int64(1)...20 {
          try writer.insert(Schema.record, .record(1, ordinal))
          try writer.insert(Schema.directory, .customer(ordinal, [UInt8(ordinal)]))
        }
      }
      try store.close()
      try attack(folder)
      for readOnly in [true, false] {
        #expect(throws: StoreError(code, "")) {
          try SQLiteStore.open(folder: folder, readOnly: readOnly).close()
        }
      }
    }
  }

  @Test("of a newer format is refused as such")
  func newer() throws {
    try expect(.newerFormat) {
      try RawDatabase.execute("PRAGMA user_version = \(Schema.formatVersion + 1)", in: $0)
    }
    try expect(.newerFormat) {
      try RawDatabase.execute("PRAGMA user_version = 99; CREATE TABLE later (x)", in: $0)
    }
  }

  @Test("of another application, or of none, is refused")
  func application() throws {
    try expect(.corrupt) { try RawDatabase.execute("PRAGMA application_id = 1", in: $0) }
    try expect(.corrupt) { try RawDatabase.execute("PRAGMA application_id = 0", in: $0) }
    try expect(.corrupt) { try RawDatabase.execute("PRAGMA user_version = 0", in: $0) }
    try expect(.corrupt) { try RawDatabase.execute("PRAGMA user_version = -1", in: $0) }
    try expect(.corrupt) { try Data().write(to: URL(fileURLWithPath: $0 + "/vault.sqlite")) }
    try expect(.corrupt) {
      try Data(repeating: 65, count: 9_000).write(to: URL(fileURLWithPath: $0 + "/vault.sqlite"))
    }
  }

  @Test(
    "with tables, triggers, views or indexes of its owner's is refused",
    arguments: [
      "CREATE TABLE loot (sealed)",
      "CREATE TABLE l (s); CREATE TRIGGER t AFTER INSERT ON record BEGIN INSERT INTO l VALUES (new.sealed); END",
      "CREATE TRIGGER t BEFORE DELETE ON record BEGIN SELECT RAISE(IGNORE); END",
      "CREATE VIEW loot AS SELECT * FROM record",
      "CREATE INDEX loot ON record (sealed)",
      "ANALYZE",
      "DROP INDEX directory_gone",
      "DROP TABLE permission",
      "ALTER TABLE record ADD COLUMN more BLOB",
      "ALTER TABLE record RENAME COLUMN sealed TO open",
      "DROP TABLE policy; CREATE VIEW policy AS SELECT x'00' AS hash, 'anything goes' AS text",
    ])
  func schema(_ sql: String) throws {
    try expect(.corrupt) { try RawDatabase.execute(sql, in: $0) }
  }

  @Test("that is given a trigger while a vault is open is refused at the next transaction")
  func lateTrigger() throws {
    try TemporaryFolder.use { (parent) throws in
      let folder = parent + "/vault"
      let store = try SQLiteStore.create(folder: folder)
      try store.write { try $0.insert(Schema.record, .record(1, 1)) }
      let trigger = "CREATE TRIGGER t BEFORE DELETE ON record BEGIN SELECT RAISE(IGNORE); END"
      try RawDatabase.execute(trigger, in: folder)
      #expect(throws: StoreError(.corrupt, "")) {
        try store.write { try $0.delete(Schema.record, key: [.integer(1), .integer(1), .integer(0)]) }
      }
      #expect(throws: StoreError(.corrupt, "")) { try store.count(Schema.record) }
      try RawDatabase.execute("DROP TRIGGER t", in: folder)
      #expect(try store.count(Schema.record) == 1)
    }
  }

  @Test("in WAL mode is switched back by a writer and refused by a reader")
  func wal() throws {
    try TemporaryFolder.use { (parent) throws in
      let folder = parent + "/vault"
      try SQLiteStore.create(folder: folder).close()
      try RawDatabase.execute("PRAGMA journal_mode = WAL; DELETE FROM record", in: folder)
      #expect(throws: StoreError(.configuration, "")) { try SQLiteStore.open(folder: folder, readOnly: true) }
      let store = try SQLiteStore.open(folder: folder)
      try store.write { try $0.insert(Schema.record, .record(1, 1)) }
      try store.close()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["vault.sqlite"])
      #expect(try SQLiteStore.open(folder: folder, readOnly: true).count(Schema.record) == 1)
    }
  }

  @Test("that is a symbolic or a hard link is refused")
  func links() throws {
    let files = FileManager.default
    try expect(.configuration) { folder in
      try files.moveItem(atPath: folder + "/vault.sqlite", toPath: folder + "/moved")
      try files.createSymbolicLink(atPath: folder + "/vault.sqlite", withDestinationPath: folder + "/moved")
    }
    try expect(.configuration) { folder in
      try files.linkItem(atPath: folder + "/vault.sqlite", toPath: folder + "/second")
    }
    try expect(.configuration) { folder in
      try files.removeItem(atPath: folder + "/vault.sqlite")
      try files.createDirectory(atPath: folder + "/vault.sqlite", withIntermediateDirectories: false)
    }
  }

  @Test("whose bytes were flipped or cut gives errors, never a crash")
  func flips() throws {
    try TemporaryFolder.use { (parent) throws in
      let folder = parent + "/vault"
      let store = try SQLiteStore.create(folder: folder)
      try store.write { (writer) throws in
        for ordinal in Int64(1)...200 {
          try writer.insert(Schema.record, .record(1, ordinal, sealed: Array(repeating: 3, count: 100)))
          try writer.insert(Schema.directory, .customer(ordinal, [UInt8(ordinal)]))
        }
      }
      try store.close()
      let path = folder + "/vault.sqlite"
      let original = try Data(contentsOf: URL(fileURLWithPath: path))
      var errors = 0
      // The header, the schema's page, and a stride over all pages.
      let places = Array(0..<100) + Array(stride(from: 100, to: original.count, by: 997))
      for place in places {
        var damaged = original
        damaged[place] ^= 0xff
        if place % 10 == 0 { damaged.removeSubrange(max(1, place)...) }
        try damaged.write(to: URL(fileURLWithPath: path))
        do { try visitEverything(folder, isWriting: place % 8 == 0) } catch is StoreError { errors += 1 }
      }
      #expect(errors > 40)
    }
  }

  @Test("whose rows have other types than their columns gives corrupt")
  func types() throws {
    try TemporaryFolder.use { (parent) throws in
      let folder = parent + "/vault"
      let store = try SQLiteStore.create(folder: folder)
      try store.write { (writer) throws in
        try writer.insert(Schema.record, .record(1, 1, sealed: Array("0123456789".utf8)))
        try writer.insert(Schema.policy, .policy([1], "0123456789"))
        try writer.insert(Schema.directory, .customer(1, Array("0123456789".utf8)))
      }
      try store.close()
      // In a row's header 0x20 is a blob of ten bytes and 0x21 a text of ten.
      let path = folder + "/vault.sqlite"
      var file = try Data(contentsOf: URL(fileURLWithPath: path))
      let text = Data("0123456789".utf8)
      var place = file.startIndex
      while let found = file.range(of: text, in: place..<file.endIndex) {
        let header = found.lowerBound - 12..<found.lowerBound
        for index in header where file[index] == 0x20 || file[index] == 0x21 { file[index] ^= 1 }
        place = found.upperBound
      }
      try file.write(to: URL(fileURLWithPath: path))
      let again = try SQLiteStore.open(folder: folder)
      for table in [Schema.record, Schema.policy, Schema.directory] {
        #expect(throws: StoreError(.corrupt, "")) { try again.rows(table) }
      }
      #expect(throws: StoreError(.corrupt, "")) {
        try again.read { try $0.records(class: 1, ordinals: 0..<9) }
      }
    }
  }

  private func visitEverything(_ folder: String, isWriting: Bool) throws {
    let store = try SQLiteStore.open(folder: folder)
    defer { try? store.close() }
    try store.read { (reader) throws in
      for table in Schema.tables { _ = try reader.rows(table) }
      _ = try reader.records(class: 1, ordinals: 0..<500)
      _ = try reader.hasGoneCustomers(ordinals: 0..<500)
    }
    guard isWriting else { return }
    try store.write { (writer) throws in
      try writer.insert(Schema.record, .record(1, 1_000))
      try writer.delete(Schema.record, key: [.integer(1), .integer(100), .integer(0)])
    }
  }
}
