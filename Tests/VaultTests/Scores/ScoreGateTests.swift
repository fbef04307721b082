import AuditLog
import Scoring
import Testing
import VaultTesting

@testable import Vault

/// What a run of scores may open, when, and what the log says of it.
struct ScoreGateTests {
  private static func entries(_ store: any Store) throws -> Int {
    try store.read { try $0.count(Schema.entry) }
  }
  private static func sets(_ store: any Store) throws -> Int {
    try store.read { try $0.count(Schema.subjectSet) }
  }

  @Test
  func `the intent is durable before the first key is lent, and the result before the scores are given`()
    throws
  {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(3) { ScoreScanTests.history($0 + 1) }
    let before = try Self.entries(vault.store)
    let reader = try vault.store.readingConnection()
    let watching = WatchingWarden(vault.warden) {
      let (entries, sets) = (try Self.entries(reader), try Self.sets(reader))
      #expect(entries == before + 1)
      #expect(sets == 1)
    }
    let scored = try SampleVaultSession.over(watching, vault)
      .scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil)
    #expect(try Self.entries(vault.store) == before + 2)
    #expect(scored.entries.intent == UInt64(before))
    #expect(scored.entries.result == UInt64(before + 1))
  }

  @Test func `a run that fails leaves its intent standing and no result`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(2) { ScoreScanTests.history($0 + 1) }
    let before = try Self.entries(vault.store)
    let watching = WatchingWarden(vault.warden) { throw VaultError(.io, "killed here") }
    #expect(throws: WardenError.self) {
      try SampleVaultSession.over(watching, vault)
        .scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil)
    }
    #expect(try Self.entries(vault.store) == before + 1)
    #expect(try Self.sets(vault.store) == 1)
  }

  @Test func `who objected is left out and counted, and the result says whom the run touched`() throws {
    let sample = try ImportSample()
    try sample.run([
      SampleRow(account: "a", amount: 500, product: "P"), SampleRow(account: "b", amount: 700, product: "P"),
      SampleRow(account: "b", consent: ("analytics", .objected)),
      SampleRow(account: "c", amount: 900, product: "P"),
    ])
    let session = sample.vault.session()
    let scored = try session.scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil)
    #expect(scored.count == 2)
    #expect(scored.excluded.map(\.reason) == ["objected"])
    #expect(scored.excluded.map(\.customers) == [1])
    let objector = try #require(try sample.customer("b"))
    #expect(throws: VaultError(.notPermitted, "")) {
      try session.scoreCustomer(objector, try ScoreScanTests.plan(.loyalty), purpose: nil, explaining: false)
    }
  }

  @Test func `a purpose that asks consent scores only who gave it`() throws {
    let sample = try ImportSample()
    try sample.run([
      SampleRow(account: "a", amount: 500, product: "P"), SampleRow(account: "b", amount: 700, product: "P"),
      SampleRow(account: "b", consent: ("marketing", .granted)),
    ])
    let session = sample.vault.session()
    let scored = try session.scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: "marketing")
    #expect(scored.count == 1)
    #expect(scored.excluded.map(\.reason) == ["not-consented"])
  }

  @Test(arguments: Role.allCases)
  func `only the analyst scores, and who may not leaves an entry`(role: Role) throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(1) { ScoreScanTests.history($0 + 1) }
    let before = try Self.entries(vault.store)
    let session = vault.session(as: role)
    if role == .analyst {
      #expect(try session.scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil).count == 1)
      return
    }
    #expect(throws: VaultError(.notPermitted, "")) {
      try session.scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil)
    }
    #expect(try Self.entries(vault.store) == before + 1)
  }

  @Test func `customers who come while a run is under way are counted and not scored`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(2) { ScoreScanTests.history($0 + 1) }
    let watching = WatchingWarden(vault.warden) { _ = try vault.add(3) { ScoreScanTests.history($0 + 1) } }
    let scored = try SampleVaultSession.over(watching, vault)
      .scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil, threads: 1)
    #expect(scored.count == 2)
    #expect(scored.excluded.map(\.reason) == ["newer"])
    #expect(scored.excluded.map(\.customers) == [3])
  }
}
