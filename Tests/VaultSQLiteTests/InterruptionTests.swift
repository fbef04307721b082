import Foundation
import Testing
import Vault

@testable import VaultSQLite

/// What is left after a process was killed in the middle of a transaction.
@Suite("A writer that is killed", .serialized)
struct InterruptionTests {
  /// A cache so small that the transaction has written to the database file before it is killed.
  static var smallCache: SQLiteOptions {
    var options = SQLiteOptions()
    options.writerCacheKibibytes = 40
    return options
  }

  /// Kills a child process in the middle of a transaction on this vault.
  private func killWriter(_ folder: String) async throws {
    await #expect(processExitsWith: .signal(SIGKILL)) { [folder] in
      let store = try SQLiteStore.open(folder: folder, readOnly: false, options: Self.smallCache)
      try store.write { (writer) throws in
        for ordinal in Int64(0)..<1_000 {
          try writer.update(Schema.record, .record(1, ordinal, sealed: Array(repeating: 2, count: 500)))
        }
        kill(getpid(), SIGKILL)
      }
    }
    #expect(FileManager.default.fileExists(atPath: folder + "/vault.sqlite-journal"))
    let file = try Data(contentsOf: URL(fileURLWithPath: folder + "/vault.sqlite"))
    #expect(file.range(of: Data(repeating: 2, count: 500)) != nil, "nothing was written before the kill")
  }

  private func makeVault(_ folder: String) throws {
    let store = try SQLiteStore.create(folder: folder)
    try store.write { (writer) throws in
      for ordinal in Int64(0)..<1_000 {
        try writer.insert(Schema.record, .record(1, ordinal, sealed: Array(repeating: 1, count: 500)))
      }
    }
    try store.close()
  }

  private func expectOldRows(_ store: any Store) throws {
    let rows = try store.rows(Schema.record)
    #expect(rows.count == 1_000)
    #expect(rows.allSatisfy { $0.values[4] == .blob(Array(repeating: 1, count: 500)) })
  }

  @Test("leaves nothing of its transaction for the next one who opens", arguments: [false, true])
  func nextOpen(readOnly: Bool) async throws {
    try await TemporaryFolder.use { parent in
      let folder = parent + "/vault"
      try makeVault(folder)
      try await killWriter(folder)
      let store = try SQLiteStore.open(folder: folder, readOnly: readOnly)
      try expectOldRows(store)
      try store.close()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["vault.sqlite"])
    }
  }

  @Test("does not stop those who have the vault open, readers included")
  func othersGoOn() async throws {
    try await TemporaryFolder.use { parent in
      let folder = parent + "/vault"
      try makeVault(folder)
      let writer = try SQLiteStore.open(folder: folder)
      let reader = try writer.readingConnection()
      try await killWriter(folder)
      try expectOldRows(reader)
      try expectOldRows(writer)
      try writer.write { try $0.insert(Schema.record, .record(2, 1)) }
    }
  }
}
