import Foundation
import Sodium
import Testing
import VaultSQLite
import VaultTesting

@testable import AuditLog
@testable import Vault

/// What has bitten other logs (FORMATS.md, section 4) and is about a whole vault.
@Suite("Blind spots of other logs: vault")
struct BlindSpotVaultTests {
  private func entries(_ session: Session) throws -> [LogEntry] {
    var entries: [LogEntry] = []
    try session.readLog(LogQuery()) { entries.append($0) }
    return entries
  }

  @Test("no entry is dropped under load: as many as there were accesses (immudb)")
  func load() async throws {
    let store = InMemoryStore()
    let sample = try SampleVault(in: store)
    let before = try store.read { try $0.count(Schema.entry) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        let connection = store.anotherConnection()
        let (warden, owner) = (sample.warden, sample.owner)
        group.addTask {
          let session = Session(
            Session.Environment(
              store: connection, warden: warden, identity: owner, clock: SystemClock(), memoryFolder: nil,
              ballast: nil, origin: "test"),
            role: nil, ticket: nil)
          for _ in 0..<10 { _ = try session.listCustomers(after: nil, limit: 1) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try store.read { try $0.count(Schema.entry) } == before + 80)
    #expect(try await sample.session().verifyLog(LogAnchor(), workers: 2).isOK)
  }

  @Test("where the entry cannot be written, nothing is shown: there is no second sink that would do (Vault)")
  func onlySink() throws {
    let store = InMemoryStore()
    let sample = try SampleVault(in: store)
    let id = try sample.add(1) { _ in [] }[0]
    store.faults.commitsBeforeFailure = 0
    store.faults.error = StoreError(.io, "ordered by a test")
    #expect(throws: StoreError(.io, "")) {
      _ = try sample.session().showCustomer(id, purpose: "service", reveal: .nothing)
      Issue.record("a customer was shown without an entry")
    }
  }

  @Test("the log is on from the first moment, and no policy turns it off (Vault, pgaudit)")
  func alwaysOn() throws {
    let sample = try SampleVault(in: InMemoryStore())
    #expect(try entries(sample.session()).first?.what.action == "vault.init")
    for word in ["audit", "log", "logging", "logged"] {
      #expect(throws: VaultError.self, "\(word)") {
        try Policy(parsing: Policy.template + "\n\(word): off\n")
      }
    }
  }

  @Test("who has every role is logged as everybody is, reading the log included (pgaudit's superuser)")
  func superuser() throws {
    let sample = try SampleVault(in: InMemoryStore())
    let id = try sample.add(1) { _ in [] }[0]
    _ = try? sample.session().showCustomer(id, purpose: "service", reveal: .nothing)
    _ = try entries(sample.session())
    let actions = try entries(sample.session()).map(\.what.action)
    #expect(actions.contains("customer.show") && actions.filter { $0 == "audit.read" }.count == 2)
  }

  @Test("what was handed out is verified with no vault, no key and no network (CloudTrail)")
  func offline() async throws {
    let vault = try AttackedVault()
    let key = try vault.session().logVerifierKey()
    let folder = vault.folder.file("published")
    _ = try vault.session().publishLog(to: folder)
    for part in [vault.vault, vault.warden, vault.memory] { try FileManager.default.removeItem(atPath: part) }
    let report = try await EvidenceVerification.published(folder, keys: [key], workers: 1)
    #expect(report.isOK && report.size > 5)
  }
}
