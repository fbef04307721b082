import Foundation
import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault
@testable import VaultSQLite

@Suite("A backup")
struct BackupTests {
  @Test("holds the whole vault, verifies without it, and the log tells of it by its hash")
  func made() async throws {
    let vault = try BackedUpVault()
    for index in 0..<40 { try vault.addCustomer("Customer \(index)") }
    let backup = try vault.backUp()
    let file = try vault.file()
    #expect(file.header.head == backup.head && file.header.by == vault.sample.owner.keyID)
    #expect(try file.digest() == backup.digest)
    let bytes = try Data(contentsOf: URL(filePath: vault.folder.file("backup")))
    #expect(SHA256.hash([UInt8](bytes)) == backup.digest && UInt64(bytes.count) == backup.byteCount)
    let store = try vault.unpacked(file)
    let report = try await Session.verifyBackup(file.header, in: store, LogAnchor(), workers: 2)
    #expect(report.isOK && report.size == backup.head.size, "\(report.problems)")
    #expect(try store.read { try $0.count(Schema.directory) } == 40)
    // Everything but the result of the backup itself.
    #expect(try vault.session().standing().size == backup.head.size + 1)
    let records = try vault.session().backups().records
    #expect(records.map(\.digest) == [backup.digest] && records[0].logSize == backup.head.size)
    var entries: [LogEntry] = []
    try vault.session(.auditor).readLog(LogQuery()) { entries.append($0) }
    let told = entries.filter { $0.what.action == "backup.create" }
    #expect(told.map(\.what.phase) == [.intent, .result] && told[1].what.ref == told[0].envelope.seq)
    #expect(told[1].what.details?["sha256"]?.string == backup.digest.description)
    let whole = try await vault.session().verifyVault(LogAnchor(), isDeep: true, purpose: nil, workers: 2)
    #expect(whole.isOK, "\(whole.problems)")
  }

  @Test("is a custodian's to make, and opens for custodians alone")
  func roles() throws {
    let vault = try BackedUpVault()
    let other = SecretIdentity.generate(name: "carla")
    _ = try vault.session().addUser(other.identity, roles: [.agent])
    let officer = try vault.sample.enrol("paula", [.privacyOfficer])
    for role in Role.allCases where role != .custodian {
      let size = try vault.session().standing().size
      #expect(throws: VaultError(.notPermitted, "")) { try vault.backUp("no", vault.session(role)) }
      #expect(throws: VaultError(.notPermitted, "")) { try vault.session(role).backups() }
      #expect(throws: VaultError(.notPermitted, "")) {
        try vault.session(role).backUpWarden(to: vault.folder.file("no"))
      }
      #expect(try vault.session().standing().size == size + 3)
      #expect(!FileManager.default.fileExists(atPath: vault.folder.file("no")))
    }
    try vault.backUp("before")
    #expect(throws: VaultError(.notPermitted, "")) {
      _ = try vault.file("before").contents(for: other) { _ in }
    }
    try vault.sample.approved(by: officer, clock: vault.clock) {
      _ = try vault.session().grantRole(.custodian, to: "carla")
    }
    let both = try vault.backUp("after")
    #expect(both.recipients.compactMap(\.self).sorted() == ["carla", "owner"])
    let contents = Collected()
    #expect(try vault.file("after").contents(for: other) { contents.append($0) } == both.digest)
    #expect(contents.bytes.starts(with: Array("SQLite format 3\0".utf8)))
  }

  @Test("that was changed anywhere, cut off or added to does not open")
  func tampered() throws {
    let vault = try BackedUpVault()
    try vault.addCustomer()
    try vault.backUp()
    let original = [UInt8](try Data(contentsOf: URL(filePath: vault.folder.file("backup"))))
    func opens(_ bytes: [UInt8]) throws -> Bool {
      try vault.edit { $0 = bytes }
      do {
        _ = try vault.file().contents(for: vault.sample.owner) { _ in }
        return true
      } catch let error as VaultError {
        #expect(error.code == .integrity || error.code == .configuration || error.code == .notPermitted)
        return false
      }
    }
    #expect(try opens(original))
    var places = Array(stride(from: 0, to: original.count, by: original.count / 60))
    places += [original.count - 1, original.count - 64, original.count - 65, 16, 21]
    for place in places {
      var bytes = original
      bytes[place] ^= 0x40
      #expect(try !opens(bytes), "byte \(place)")
    }
    for count in [1, 64, 65, 65_553, original.count / 2] {
      #expect(try !opens(Array(original.dropLast(count))), "cut by \(count)")
    }
    #expect(try !opens(original + [0]))
    #expect(try !opens(original + original.suffix(64)))
  }

  @Test("whose rows or header are another vault's does not verify, though a custodian signed it")
  func forged() async throws {
    let vault = try BackedUpVault()
    try vault.addCustomer()
    try vault.backUp()
    let file = try vault.file()
    let store = try vault.unpacked(file)
    try store.write { try $0.delete(Schema.directory, key: [.integer(0)]) }
    var report = try await Session.verifyBackup(file.header, in: store, LogAnchor(), workers: 1)
    #expect(codes(report).contains("rows"))
    let other = try BackedUpVault()
    try other.addCustomer()
    try other.backUp()
    report = try await Session.verifyBackup(try other.file().header, in: vault.store, LogAnchor(), workers: 1)
    #expect(codes(report).contains("backup"))
  }

  @Test("of a store in memory is one too")
  func inMemory() async throws {
    let store = InMemoryStore()
    let sample = try SampleVault(in: store)
    let bytes = Collected()
    let backup = try sample.session().createBackup(to: { bytes.append($0) }, synchronize: {})
    let folder = try TemporaryFolder()
    try Data(bytes.bytes).write(to: URL(filePath: folder.file("b")))
    let file = try BackupFile(path: folder.file("b"))
    let contents = Collected()
    _ = try file.contents(for: sample.owner) { contents.append($0) }
    let copy = try InMemoryStore(copy: contents.bytes)
    let report = try await Session.verifyBackup(file.header, in: copy, LogAnchor(), workers: 1)
    #expect(report.isOK && report.size == backup.head.size, "\(report.problems)")
    #expect(throws: StoreError(.configuration, "")) {
      try store.write { try unsafe $0.copyEverything { _ in } }
    }
    #expect(throws: StoreError(.corrupt, "")) { try InMemoryStore(copy: Array(contents.bytes.dropLast(3))) }
  }

  @Test("that fails on its way leaves an intent, and no record of a backup")
  func failing() throws {
    let vault = try BackedUpVault()
    var left = 3
    #expect(throws: VaultError(.full, "")) {
      try vault.session().createBackup(
        to: { _ in
          left -= 1
          if left == 0 { throw VaultError(.full, "no space is left") }
        }, synchronize: {})
    }
    #expect(throws: VaultError(.full, "")) {
      try vault.session().createBackup(to: { _ in }) { throw VaultError(.full, "no space is left") }
    }
    #expect(try vault.session().backups().records.isEmpty)
  }

  @Test("beyond the policy's age is told")
  func age() throws {
    let vault = try BackedUpVault(policy: "\nretention: {backups: 30d}\n")
    try vault.backUp()
    let (records, days) = try vault.session().backups()
    #expect(days == 30)
    #expect(!records[0].isOlder(thanDays: 30, at: records[0].made + 30 * 86_400))
    #expect(records[0].isOlder(thanDays: 30, at: records[0].made + 30 * 86_400 + 1))
    #expect(try VaultCondition(vault.store).maximumBackupDays == 30)
    #expect(throws: VaultError(.badInput, "")) {
      try Policy(parsing: Policy.template + "\nretention: {backups: soon}\n")
    }
  }
}

@Suite("A backup of the warden's file")
struct WardenBackupTests {
  @Test("is one copy, verified, of which the one before is overwritten")
  func copied() throws {
    let vault = try BackedUpVault()
    try vault.addCustomer()
    let path = vault.folder.file("copy")
    let first = try vault.session().backUpWarden(to: path)
    #expect(!first.replaced)
    let old = try FileHandle(forReadingFrom: URL(filePath: path))
    let before = try #require(try old.readToEnd())
    #expect(before.contains { $0 != 0 })
    try vault.addCustomer()
    let second = try vault.session().backUpWarden(to: path)
    #expect(second.replaced && second.logSize > first.logSize)
    try old.seek(toOffset: 0)
    #expect(try #require(try old.readToEnd()).allSatisfy { $0 == 0 }, "the copy before is on disk still")
    let copy = try FileWarden.open(path: path)
    #expect(copy.fileID == vault.sample.warden.fileID)
    #expect(try copy.highestOrdinal() == 1)
    #expect(try vault.session().backups().records.map(\.kind) == [.warden])
  }

  @Test("never replaces a later copy, another vault's, another file, or the file itself")
  func refused() throws {
    let vault = try BackedUpVault()
    let path = vault.folder.file("copy")
    try FileManager.default.copyItem(atPath: vault.folder.file("warden"), toPath: vault.folder.file("old"))
    try vault.addCustomer()
    _ = try vault.session().backUpWarden(to: path)
    let good = try Data(contentsOf: URL(filePath: path))
    // The file's owner puts an old one in its place; its copy is the better one.
    let oldWarden = try FileWarden.open(path: vault.folder.file("old"))
    #expect(throws: WardenError(.integrity, "")) { _ = try oldWarden.draftCopy(at: path) }
    let other = try BackedUpVault()
    #expect(throws: WardenError(.exists, "")) { _ = try other.sample.warden.draftCopy(at: path) }
    try Data("something".utf8).write(to: URL(filePath: vault.folder.file("text")))
    #expect(throws: WardenError(.exists, "")) {
      _ = try vault.sample.warden.draftCopy(at: vault.folder.file("text"))
    }
    #expect(throws: WardenError(.configuration, "")) {
      _ = try vault.sample.warden.draftCopy(at: vault.folder.file("warden"))
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == good)
  }

  @Test("does not replace a good copy by one of a damaged file")
  func damaged() throws {
    let vault = try BackedUpVault()
    try vault.addCustomer()
    let path = vault.folder.file("copy")
    _ = try vault.session().backUpWarden(to: path)
    let good = try Data(contentsOf: URL(filePath: path))
    let file = try FileHandle(forUpdating: URL(filePath: vault.folder.file("warden")))
    try file.seek(toOffset: SlotLayout.offset(of: .identity, 0) + 20)
    try file.write(contentsOf: Data([0xFF, 0xFE, 0xFD]))
    try file.close()
    #expect(throws: WardenError(.integrity, "")) { try vault.session().backUpWarden(to: path) }
    #expect(try Data(contentsOf: URL(filePath: path)) == good)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: vault.folder.path).allSatisfy {
        !$0.contains(".new-")
      })
  }
}
