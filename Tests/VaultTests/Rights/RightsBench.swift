import AuditLog
import Foundation
import Scoring
import Sodium
import Testing
import VaultSQLite
import VaultTesting

@testable import Vault

/// A vault in memory with a warden's file that can be put back, and what a test asks of it.
struct RightsBench {
  let vault: SampleVault
  let store: InMemoryStore
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    store = InMemoryStore()
    vault = try SampleVault(in: store, wardenPath: folder.file("warden"))
  }

  var wardenPath: String { folder.file("warden") }

  /// A session of the owner in a role.
  func session(_ role: Role? = nil) -> Session { vault.session(as: role) }

  /// A session over the warden's file as it lies now, as a new process has it.
  func reopened(_ role: Role? = nil) throws -> Session {
    Session(
      Session.Environment(
        store: store, warden: try FileWarden.open(path: wardenPath), identity: vault.owner,
        clock: SystemClock(), memoryFolder: nil, ballast: nil, origin: "test"),
      role: role, ticket: nil)
  }

  /// Adds a customer; the id.
  func add(
    _ fields: [(FieldName, String)], consents: [Session.ConsentStatement] = []
  ) throws -> Pseudonym {
    var record = FieldRecord()
    for (name, value) in fields { try record.set(name, to: Array(value.utf8).span) }
    return try session().addCustomer(record, consents: consents, purpose: nil)
  }

  /// Adds a customer with a phone, an account at the shop and a payment.
  func customer(_ number: Int) throws -> Pseudonym {
    let id = try add([
      (.name, "Somebody \(number)"), (.phone, "+861381234\(5000 + number)"), (try account, "A-\(number)"),
      (.city, "Wuhan"),
    ])
    try pay(number)
    return id
  }

  var account: FieldName {
    get throws { try #require(FieldName.account(at: "shop")) }
  }

  /// Imports a payment of a customer's account; what it came to.
  @discardableResult
  func pay(_ number: Int, suppressed: SuppressedAccounts = SuppressedAccounts()) throws -> ImportCounts {
    let rows = [SampleRow(account: "A-\(number)", amount: 100, product: "P", order: "O-\(number)")]
    let rules = try session().importRules(source: "shop")
    let file = rules.file(
      hash: Array("file \(number) \(UInt64.random(in: 0...UInt64.max))".utf8), mapping: [], rows: 1,
      stagedBytes: 0, fields: [])
    return try session().importRows(
      file, purpose: nil, feed: { try ImportSample.feed(rows, $0) }, suppressed: suppressed)
  }

  func find(_ number: Int) throws -> [Pseudonym] {
    var value = WipedBytes()
    value.append(copying: "+861381234\(5000 + number)".utf8)
    return try session(.steward).findCustomers(.phone, value, purpose: nil).map(\.pseudonym)
  }

  func ordinal(_ id: Pseudonym) throws -> UInt64 {
    try #require(vault.warden.pseudonyms().ordinal(of: id))
  }

  func slot(_ dataClass: DataClass, _ id: Pseudonym) throws -> SlotState {
    try FileWarden.open(path: wardenPath).slotState(of: dataClass, ordinal: ordinal(id))
  }

  func rows(_ table: Table) throws -> Int { try store.read { try $0.count(table) } }

  /// The newest entries' actions and outcomes, oldest first.
  func log(_ count: Int) throws -> [String] {
    var entries: [String] = []
    try session(.auditor).readLog(LogQuery(), limit: count + 1) {
      entries.append("\($0.what.action) \($0.what.outcomeName)")
    }
    return Array(entries.dropLast())
  }

  /// What the verification of the whole vault finds.
  func problems(deep: Bool = true) async throws -> [String] {
    let report = try await session(.privacyOfficer).verifyVault(
      LogAnchor(), isDeep: deep, purpose: "data-subject-request", workers: 1)
    return report.problems.map { "\($0)" }
  }

  /// The scores of everybody, by the analyst.
  func score(_ purpose: String? = nil) throws -> ScoredCustomers {
    try session(.analyst).scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: purpose)
  }
}

/// The code of what a body throws, or nil.
func code(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch { return AttackedVault.name(of: error) }
}
