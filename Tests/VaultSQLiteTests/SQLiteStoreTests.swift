import Foundation
import Testing
import Vault

@testable import VaultSQLite

/// What the SQLite store adds to the contract: files, settings, locks.
@Suite("The SQLite store")
struct SQLiteStoreTests {
  @Test("makes a folder and a file that only their owner can use, whatever the umask")
  func modes() throws {
    try TemporaryFolder.use { (parent) throws in
      let folder = parent + "/vault"
      let mask = umask(0)
      defer { umask(mask) }
      let store = try SQLiteStore.create(folder: folder)
      #expect(try mode(folder) == 0o700)
      #expect(try mode(folder + "/vault.sqlite") == 0o600)
      try store.write { (writer) throws in
        try writer.insert(Schema.record, .record(1, 1))
        #expect(try mode(folder + "/vault.sqlite-journal") == 0o600)
      }
      umask(0o777)
      _ = try SQLiteStore.create(folder: parent + "/other")
      #expect(try mode(parent + "/other") == 0o700)
      #expect(try mode(parent + "/other/vault.sqlite") == 0o600)
    }
  }

  @Test("keeps its rows when it is closed and opened again")
  func reopen() throws {
    try TemporaryFolder.use { (parent) throws in
      let folder = parent + "/vault"
      let store = try SQLiteStore.create(folder: folder)
      try store.write { try $0.insert(Schema.record, .record(1, 1)) }
      try store.close()
      for readOnly in [false, true] {
        let again = try SQLiteStore.open(folder: folder, readOnly: readOnly)
        #expect(try again.rows(Schema.record) == [.record(1, 1)])
        try again.close()
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["vault.sqlite"])
    }
  }

  @Test("is made only where there is nothing, or an empty folder")
  func creation() throws {
    try TemporaryFolder.use { (parent) throws in
      let exists = StoreError(.exists, "")
      _ = try SQLiteStore.create(folder: parent + "/vault")
      #expect(throws: exists) { try SQLiteStore.create(folder: parent + "/vault") }
      try Data([1]).write(to: URL(fileURLWithPath: parent + "/file"))
      #expect(throws: exists) { try SQLiteStore.create(folder: parent + "/file") }
      try FileManager.default.createDirectory(atPath: parent + "/empty", withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(
        atPath: parent + "/link", withDestinationPath: parent + "/empty")
      #expect(throws: exists) { try SQLiteStore.create(folder: parent + "/link") }
      _ = try SQLiteStore.create(folder: parent + "/empty")
      #expect(throws: StoreError(.io, "")) { try SQLiteStore.create(folder: parent + "/no/such/parent") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: parent).count == 4)
    }
  }

  @Test("is not found where there is no vault, and nothing is made there")
  func notFound() throws {
    try TemporaryFolder.use { (parent) throws in
      let notFound = StoreError(.notFound, "")
      for readOnly in [false, true] {
        #expect(throws: notFound) { try SQLiteStore.open(folder: parent, readOnly: readOnly) }
        #expect(throws: notFound) { try SQLiteStore.open(folder: parent + "/no", readOnly: readOnly) }
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: parent).isEmpty)
    }
  }

  @Test("runs with exactly the settings that the vault needs", arguments: [false, true])
  func settings(readOnly: Bool) throws {
    try TemporaryFolder.use { (parent) throws in
      try SQLiteStore.create(folder: parent + "/vault").close()
      let store = try SQLiteStore.open(folder: parent + "/vault", readOnly: readOnly)
      let settings = try store.effectiveSettings()
      for setting in settings { #expect(setting.value == setting.required, "\(setting.name)") }
      let values = Dictionary(uniqueKeysWithValues: settings.map { ($0.name, $0.value) })
      #expect(values["journal_mode"] == "delete")
      #expect(values["synchronous"] == "3")
      #expect(values["secure_delete"] == "1")
      #expect(values["temp_store"] == "2")
      #expect(values["foreign_keys"] == "1")
      #expect(values["page_size"] == "4096")
      #expect(values["mmap_size"] == "0")
      #expect(values["trusted_schema"] == "0")
    }
  }

  @Test("refuses to run with another setting")
  func otherSettings() throws {
    try TemporaryFolder.use { (parent) throws in
      let folder = parent + "/vault"
      try SQLiteStore.create(folder: folder).close()
      try RawDatabase.execute("PRAGMA page_size = 8192; VACUUM", in: folder)
      #expect(throws: StoreError(.configuration, "")) { try SQLiteStore.open(folder: folder) }
    }
  }

  @Test("gives up with busy while another connection writes, and goes on afterwards")
  func busy() throws {
    try TemporaryFolder.use { (parent) throws in
      var options = SQLiteOptions()
      options.busyTimeout = 0.05
      let first = try SQLiteStore.create(folder: parent + "/vault", options: options)
      let second = try SQLiteStore.open(folder: parent + "/vault", readOnly: false, options: options)
      try first.write { (writer) throws in
        try writer.insert(Schema.record, .record(1, 1))
        #expect(throws: StoreError(.busy, "")) { try second.write { _ in } }
        #expect(try second.count(Schema.record) == 0)
      }
      try second.write { try $0.insert(Schema.record, .record(1, 2)) }
      #expect(try first.count(Schema.record) == 2)
    }
  }

  @Test("rolls a commit back that cannot have the file because somebody reads")
  func busyCommit() throws {
    try TemporaryFolder.use { (parent) throws in
      var options = SQLiteOptions()
      options.busyTimeout = 0.05
      let store = try SQLiteStore.create(folder: parent + "/vault", options: options)
      let reader = try store.readingConnection()
      try reader.read { (snapshot) throws in
        #expect(try snapshot.count(Schema.record) == 0)
        #expect(throws: StoreError(.busy, "")) {
          try store.write { try $0.insert(Schema.record, .record(1, 1)) }
        }
        #expect(try snapshot.count(Schema.record) == 0)
      }
      #expect(try store.count(Schema.record) == 0)
      try store.write { try $0.insert(Schema.record, .record(1, 1)) }
      #expect(try reader.count(Schema.record) == 1)
    }
  }

  @Test("says full when there is no space, keeps what it had, and goes on when there is space again")
  func full() throws {
    try TemporaryFolder.use { (parent) throws in
      let store = try SQLiteStore.create(folder: parent + "/vault")
      try store.write { try $0.insert(Schema.record, .record(1, 1)) }
      try store.limitPages(to: 40)
      let large = [UInt8](repeating: 1, count: 1_000_000)
      #expect(throws: StoreError(.full, "")) {
        try store.write { (writer) throws in
          try writer.insert(Schema.record, .record(1, 2))
          try writer.insert(Schema.record, .record(1, 3, sealed: large))
        }
      }
      #expect(try store.rows(Schema.record) == [.record(1, 1)])
      try store.limitPages(to: 100_000)
      try store.write { try $0.insert(Schema.record, .record(1, 3, sealed: large)) }
      #expect(try store.count(Schema.record) == 2)
    }
  }

  @Test("commits nothing of a transaction whose body ignores that the disk is full")
  func ignoredFull() throws {
    try TemporaryFolder.use { (parent) throws in
      let store = try SQLiteStore.create(folder: parent + "/vault")
      try store.limitPages(to: 40)
      let large = [UInt8](repeating: 1, count: 1_000_000)
      #expect(throws: StoreError(.io, "")) {
        try store.write { writer in
          try writer.insert(Schema.record, .record(1, 1))
          try? writer.insert(Schema.record, .record(1, 2, sealed: large))
          try? writer.insert(Schema.record, .record(1, 3))
        }
      }
      #expect(try store.count(Schema.record) == 0)
    }
  }

  @Test("leaves no deleted bytes in the file")
  func secureDelete() throws {
    try TemporaryFolder.use { (parent) throws in
      let folder = parent + "/vault"
      let store = try SQLiteStore.create(folder: folder)
      let marker = Array("a very recognizable sequence of bytes".utf8)
      try store.write { try $0.insert(Schema.record, .record(1, 1, sealed: marker)) }
      try store.write { try $0.delete(Schema.record, key: [.integer(1), .integer(1), .integer(0)]) }
      try store.close()
      let file = try Data(contentsOf: URL(fileURLWithPath: folder + "/vault.sqlite"))
      #expect(file.range(of: Data(marker)) == nil)
    }
  }

  @Test("says nothing of a row in its errors")
  func silence() throws {
    try TemporaryFolder.use { (parent) throws in
      let store = try SQLiteStore.create(folder: parent + "/vault")
      let secret = "Wang Xiaoming"
      for row in [Row.policy([1], secret), Row([.text(secret), .text(secret)])] {
        do {
          try store.write { writer in for _ in 0..<2 { try writer.insert(Schema.policy, row) } }
          Issue.record("an error was expected")
        } catch {
          #expect(!"\(error) \(String(reflecting: error))".contains("Wang"))
          #expect(!"\(error)".contains("INSERT"))
        }
      }
    }
  }

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }
}
