import Foundation
import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault
@testable import VaultSQLite

@Suite("A restored vault")
struct RestoreTests {
  @Test("goes on from the backup under a new name, by a statement that every verifier follows")
  func restored() async throws {
    let scene = try RestoreScene()
    try scene.goOn()
    let known = try #require(try scene.vault.sample.warden.head())
    let (store, outcome) = try scene.restored()
    #expect(outcome.entry == scene.backup.head.size && outcome.newer?.size == known.size)
    #expect(outcome.verifierKey.name.hasSuffix("/2"))
    let session = scene.session(on: store)
    let governance = try store.read { try VerifiedLog($0, remembered: []).governance }
    #expect(governance.restorations.map(\.backup) == [scene.backup.digest])
    #expect(governance.restorations[0].newer?.root == known.root)
    // It is worked with, written and read, old parts and new ones.
    for _ in 0..<3 { _ = try session.listCustomers(after: nil, limit: 10) }
    var fields = FieldRecord()
    try fields.set(.name, to: "Carl Example".utf8.span)
    _ = try scene.session(on: store, role: .steward).addCustomer(fields, purpose: nil)
    var entries: [LogEntry] = []
    try scene.session(on: store, role: .auditor).readLog(LogQuery()) { entries.append($0) }
    #expect(entries[Int(outcome.entry)].what.action == "backup.restore")
    let whole = try await session.verifyVault(LogAnchor(), isDeep: true, purpose: nil, workers: 2)
    #expect(whole.isOK && whole.restorations.count == 1, "\(whole.problems)")
    var anchor = LogAnchor()
    anchor.verifierKey = try LogVerifierKey(name: governance.vaultID.origin, key: governance.genesis.logKey)
    anchor.kept = try scene.vault.file().header.checkpoint
    #expect(try await Session.verifyLog(in: store, anchor, workers: 2).isOK)
    // What was published, a package, a proof.
    let folder = scene.vault.folder.file("published")
    _ = try session.publishLog(to: folder)
    let key = try #require(anchor.verifierKey)
    let published = try await EvidenceVerification.published(folder, keys: [key], workers: 2)
    #expect(published.isOK, "\(published.problems)")
    let package = Collected()
    _ = try scene.session(on: store, role: .auditor).writePackage(
      since: LogTime(nanoseconds: 0), until: LogTime(nanoseconds: UInt64(Int64.max))
    ) { package.append($0.span) }
    try Data(package.bytes).write(to: URL(filePath: scene.vault.folder.file("all.tar")))
    let evidence = try await EvidenceVerification.package(
      scene.vault.folder.file("all.tar"), keys: [key], workers: 2)
    #expect(evidence.isOK, "\(evidence.problems)")
    let proof = try scene.session(on: store, role: .auditor).prove(1)
    #expect(throws: Never.self) {
      try proof.proof.verify(
        entry: proof.envelope, origin: outcome.verifierKey.name, keys: [outcome.verifierKey])
    }
    #expect(try session.logKeys().map(\.key.name) == [governance.vaultID.origin, outcome.verifierKey.name])
  }

  @Test("is told once on a machine that had seen more, and what was before is a rollback from then on")
  func memory() throws {
    let scene = try RestoreScene()
    try scene.goOn()
    let known = try scene.vault.session().standing().size
    let (store, _) = try scene.restored()
    var told: [PassedRestoration] = []
    for _ in 0..<3 {
      let session = scene.session(on: store, memory: true)
      session.onRestoration = { told.append($0) }
      _ = try session.standing()
    }
    #expect(told.map(\.seenSize) == [known] && told.first?.seenMoreThanKnown == false)
    // The vault as it was before the restore, whose log is longer, is refused by machine and warden alike.
    #expect(throws: VaultError(.integrity, "")) {
      _ = try scene.session(on: scene.vault.store, memory: true).standing()
    }
    #expect(throws: VaultError(.integrity, "")) { _ = try scene.session(on: scene.vault.store).standing() }
  }

  @Test("takes from people what the newer log had taken, and says what it could not take over")
  func revocations() async throws {
    let scene = try RestoreScene()
    _ = try scene.vault.session().removeUser("adam")
    try scene.goOn()
    let header = try scene.vault.file().header
    let folder = scene.vault.folder.file("published")
    _ = try scene.vault.session().publishLog(to: folder)
    for newer in [
      try await NewerLog.stored(scene.vault.store, continuing: header, workers: 2),
      try await NewerLog.published(folder, continuing: header, workers: 2),
    ] {
      let request = try scene.request()
      let (store, outcome) = try scene.restore(request, scene.approve(request), newer: newer)
      #expect(outcome.reapplied == [VaultRestore.Revocation(user: "adam", role: nil)])
      #expect(throws: VaultError(.notPermitted, "")) {
        _ = try scene.session(on: store, as: scene.agent).standing()
      }
      let report = try await Session.verifyLog(in: store, LogAnchor(), workers: 2)
      #expect(report.isOK, "\(report.problems)")
      let state = try await StateVerification.run(store, workers: 1) { _ in }
      #expect(state.digest == state.expected)
    }
    let request = try scene.request()
    let (_, outcome) = try scene.restore(request, scene.approve(request))
    #expect(outcome.reapplied.isEmpty && outcome.notReapplied.count == 1)
  }

  @Test("where there never was a second person, needs none, and says so for everybody to see")
  func alone() async throws {
    let scene = try RestoreScene(alone: true)
    try scene.goOn()
    let (store, outcome) = try scene.restore(scene.request(), nil)
    #expect(outcome.isUnapproved)
    let envelope = try store.read {
      try Session.envelope(
        EntryRow(try #require(try $0.row(Schema.entry, key: [.integer(Int64(outcome.entry))]))))
    }
    #expect(envelope.statement?["unapproved"] == .bool(true))
    #expect(try await Session.verifyLog(in: store, LogAnchor(), workers: 1).isOK)
  }

  @Test("can be restored again, from before or after, and each time it has another name")
  func again() async throws {
    let scene = try RestoreScene()
    try scene.goOn()
    let (second, _) = try scene.restored()
    try scene.session(on: second, role: .auditor).readLog(LogQuery(), limit: 0) { _ in }
    let request = try scene.request()
    #expect(request.origin == 3 && request.newer?.origin == 2)
    let (third, outcome) = try scene.restore(request, scene.approve(request))
    try scene.vault.sample.warden.remember(outcome.head)
    #expect(outcome.verifierKey.name.hasSuffix("/3"))
    _ = try scene.session(on: third, memory: true).standing()
    #expect(throws: VaultError(.integrity, "")) { _ = try scene.session(on: second, memory: true).standing() }
    #expect(throws: VaultError(.integrity, "")) { _ = try scene.session(on: second).standing() }
    #expect(
      try await scene.session(on: third).verifyVault(LogAnchor(), isDeep: true, purpose: nil, workers: 1).isOK
    )
  }
}
