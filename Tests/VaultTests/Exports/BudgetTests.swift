import Anonymization
import AuditLog
import Foundation
import Sodium
import Testing
import VaultTesting

@testable import Vault

@Suite("Privacy budgets") struct BudgetTests {
  private static func charge(_ epsilon: String, to recipient: String = "acme") throws -> BudgetRequest {
    BudgetRequest(
      recipient: recipient, charge: try PrivacyCharge(pure: try PrivacyCharge.parse(epsilon: epsilon)))
  }

  /// An export that opens nobody's columns and hands out nothing but what it costs.
  private final class NoRows: ExportRows {
    func cell(_ column: Int, _ text: Span<UInt8>) {}
    func endRow() {}
  }

  private static func spend(_ session: Session, _ request: BudgetRequest) throws {
    var order = ExportOrder(
      .aggregate, purpose: "analytics", recipient: request.recipient, notice: nil,
      plan: ExportPlan(columns: [], minorDigits: { _ in 2 }))
    order.budget = request
    _ = try session.export(order, into: NoRows(), code: { _ in "failed" }) { _ in
      ReleaseDraft(body: ["sha256": "00", "plain_sha256": "00"], classOfRow: [])
    }
  }

  @Test func `what is spent adds up exactly, for the vault and for each recipient`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    let session = vault.session()
    try Self.spend(session, Self.charge("1/10"))
    try Self.spend(session, Self.charge("0.1", to: "other"))
    try Self.spend(session, Self.charge("1/5", to: "ACME"))
    let account = try vault.session().budgetAccount()
    #expect(account.whole.epsilonSpent == Rational(2, over: 5))
    #expect(account.recipient("Acme").epsilonSpent == Rational(3, over: 10))
    #expect(try vault.warden.budgetCharges().count == 3)
  }

  @Test func `what does not fit is refused and nothing is spent, nobody touched`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    let session = vault.session()
    try Self.spend(session, Self.charge("9/10"))
    #expect(throws: AnonymizationError.self) { try Self.spend(session, Self.charge("1/5")) }
    #expect(try session.budgetAccount().recipient("acme").epsilonLeft == Rational(1, over: 10))
    #expect(try vault.warden.budgetCharges().count == 1)
    #expect(try session.releases().count == 1)
  }

  @Test func `a store that forgot is held to what the warden remembers`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try Self.spend(vault.session(), Self.charge("1/2"))
    // As after a restore: the vault's rows are gone, the file beside the customer keys is not.
    try vault.store.write { writer in
      var keys: [[Value]] = []
      try writer.scan(Schema.budget, prefix: [], range: nil, descending: false) { row in
        keys.append([row.values[0]])
        return true
      }
      for key in keys { try writer.delete(Schema.budget, key: key) }
    }
    let account = try vault.session().budgetAccount()
    #expect(account.recipient("acme").epsilonSpent == Rational(1, over: 2))
    #expect(account.charges.map(\.recipient) == [nil])
  }

  @Test func `a failure after the spend gives nothing back`() throws {
    struct Broken: Error {}
    let vault = try SampleVault(in: InMemoryStore())
    var order = ExportOrder(
      .aggregate, purpose: "analytics", recipient: "acme", notice: nil,
      plan: ExportPlan(columns: [], minorDigits: { _ in 2 }))
    order.budget = try Self.charge("1/4")
    #expect(throws: Broken.self) {
      try vault.session().export(order, into: NoRows(), code: { _ in "broken" }) { _ in throw Broken() }
    }
    #expect(try vault.session().budgetAccount().whole.epsilonSpent == Rational(1, over: 4))
    #expect(try vault.session().releases().isEmpty)
  }

  @Test func `records of the file are chained: a torn last one is written over, a changed one is tampering`()
    throws
  {
    let folder = try TemporaryFolder()
    let file = BudgetFile(path: folder.file("v.budget"), key: SharedKey(.random()))
    func charge(_ number: UInt64) -> BudgetCharge {
      BudgetCharge(
        release: ReleaseID(.init(high: number, low: 1)), recipient: [UInt8](repeating: 7, count: 16),
        epsilon: "1/\(number + 1)", delta: "0", rho: "1/9")
    }
    try file.add([charge(1), charge(2)], rights: 0o600)
    try file.add([charge(2), charge(3)], rights: 0o600)
    #expect(try file.charges() == [charge(1), charge(2), charge(3)])
    let bytes = Array(try #require(FileManager.default.contents(atPath: folder.file("v.budget"))))
    #expect(bytes.count == 3 * BudgetFile.recordByteCount)
    func replace(_ bytes: [UInt8]) throws {
      try Data(bytes).write(to: URL(filePath: folder.file("v.budget")))
    }
    try replace(Array(bytes.prefix(2 * 256 + 100)) + [UInt8](repeating: 0, count: 156))
    #expect(try file.charges().count == 2)
    try file.add([charge(4)], rights: 0o600)
    #expect(try file.charges() == [charge(1), charge(2), charge(4)])
    // Taking a record out of the middle breaks the chain.
    try replace(Array(bytes.prefix(256)) + Array(bytes.suffix(256)) + Array(bytes.suffix(256)))
    #expect(throws: WardenError(.integrity, "")) { try file.charges() }
  }
}
