import AuditLog
import Scoring
import Testing
import VaultTesting

@testable import Vault

/// Runs that are saved: who may, of whom, under which name; and what reads them.
struct SavedScoreTests {
  @discardableResult
  private static func save(
    _ name: String, _ session: Session, asOf: Int32 = 20_000, purpose: String? = nil
  ) throws -> SavedRun {
    try session.savingScores(as: name, purpose: purpose) {
      let plan = ScorePlan(
        model: try LiteralModel(scores: .loyalty), window: Window(through: LocalDay(daysSinceEpoch: asOf)),
        minorDigits: { _ in 2 })
      let scored = try session.scoreEverybody(plan, purpose: purpose)
      return ((), scored.toSave)
    }.1
  }

  private static func blocks(_ vault: SampleVault) throws -> Int {
    try vault.store.read { reader in
      var count = 0
      try reader.scan(
        Schema.block, prefix: [.integer(Int64(DataClass.score.rawValue))], range: nil, descending: false
      ) { _ in
        count += 1
        return true
      }
      return count
    }
  }

  @Test func `a saved run has every customer's scores, and the trend of one shows them`() async throws {
    let vault = try SampleVault(in: InMemoryStore())
    let ids = try vault.add(300) { ScoreScanTests.history($0 % 4 + 1) }
    let session = vault.session()
    let run = try Self.save("june", session)
    #expect(run.customers == 300 && run.columns == ["frequency", "amount", "variety", "loyalty"])
    #expect(try session.savedRuns(purpose: nil) == [run])
    let scored = try session.scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil)
    for row in scored.run.rows {
      let trend = try session.scoreTrend(of: ids[Int(row.ordinal)], purpose: nil)
      #expect(trend.map(\.run) == [run])
      #expect(trend.first?.values?.last??.bitPattern == row.scores.loyalty?.bitPattern)
      #expect(trend.first?.values?[1] == row.factors.amount)
    }
    let report = try await session.verifyVault(LogAnchor(), isDeep: true, purpose: nil, workers: 1)
    #expect(report.isOK, "\(report.problems)")
  }

  @Test func `a name serves once, and again after the run was removed`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(300) { ScoreScanTests.history($0 % 4 + 1) }
    let session = vault.session()
    try Self.save("june", session)
    #expect(throws: VaultError(.exists, "")) { try Self.save("june", session) }
    #expect(throws: VaultError(.usage, "")) { try Self.save("../june", session) }
    #expect(throws: VaultError(.notFound, "")) { try session.deleteSavedRun("july", purpose: nil) }
    try session.deleteSavedRun("june", purpose: nil)
    #expect(try session.savedRuns(purpose: nil).isEmpty)
    #expect(try Self.blocks(vault) == 0)
    try Self.save("june", session)
    #expect(try Self.blocks(vault) == 3)
  }

  @Test func `who objected is not in the run, and who objects later leaves it when it is read`() throws {
    let sample = try ImportSample()
    let rows = ["a", "b", "c"].map { SampleRow(account: $0, amount: 500, product: "P") }
    try sample.run(rows + [SampleRow(account: "b", consent: ("analytics", .objected))])
    let session = sample.vault.session()
    let run = try Self.save("june", session)
    #expect(run.customers == 2 && run.excluded == ["objected": 1])
    try Self.save("july", session)
    #expect(try session.compareSavedRuns(("june", "july"), column: nil, purpose: nil).movements.count == 2)
    try sample.run([SampleRow(account: "a", consent: ("analytics", .objected))], name: "later")
    #expect(try session.compareSavedRuns(("june", "july"), column: nil, purpose: nil).movements.count == 1)
    let objector = try #require(try sample.customer("a"))
    #expect(throws: VaultError(.notPermitted, "")) { try session.scoreTrend(of: objector, purpose: nil) }
  }

  @Test func `two runs are compared customer by customer, and in sum`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(5) { number in
      [SampleEvent(day: 100, .payment(minor: 300, product: "P"))]
        + (number < 2 ? [SampleEvent(day: 200, .payment(minor: 600, product: "P"))] : [])
    }
    let session = vault.session()
    try Self.save("before", session, asOf: 150)
    try vault.add(1) { _ in [SampleEvent(day: 120, .payment(minor: 300, product: "P"))] }
    try Self.save("after", session, asOf: 250)
    let comparison = try session.compareSavedRuns(("before", "after"), column: "amount", purpose: nil)
    #expect(comparison.movements.map(\.before) == [3, 3, 3, 3, 3, nil])
    #expect(comparison.movements.map(\.after) == [9, 9, 3, 3, 3, 3])
    let summary = MovementSummary(comparison.movements.map { ($0.before, $0.after) })
    #expect(
      summary.both == 5 && summary.up == 2 && summary.same == 3 && summary.entered == 1 && summary.left == 0)
    #expect(summary.mean == 2.4 && summary.quartiles == [0, 0, 0, 6, 6])
    #expect(throws: VaultError(.usage, "")) {
      try session.compareSavedRuns(("before", "after"), column: "value", purpose: nil)
    }
    #expect(throws: VaultError(.notFound, "")) {
      try session.compareSavedRuns(("before", "nothing"), column: nil, purpose: nil)
    }
  }

  @Test func `a run of one purpose is not read for another`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    let ids = try vault.add(5) { ScoreScanTests.history($0 % 4 + 1) }
    let session = vault.session()
    try Self.save("june", session)
    try Self.save("july", session, purpose: "fraud-prevention")
    #expect(try session.savedRuns(purpose: nil).map(\.name) == ["june"])
    #expect(try session.scoreTrend(of: ids[0], purpose: nil).map(\.run.name) == ["june"])
    #expect(throws: VaultError(.notPermitted, "")) {
      try session.compareSavedRuns(("june", "july"), column: nil, purpose: nil)
    }
  }

  @Test func `an interrupted run is not seen, and the next one removes what it left`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(300) { ScoreScanTests.history($0 % 4 + 1) }
    let session = vault.session()
    struct Killed: Error {}
    #expect(throws: Killed.self) {
      try session.savingScores(as: "june", purpose: nil) { () -> (Void, ScoresToSave) in throw Killed() }
    }
    #expect(try Self.blocks(vault) == 0)
    try Self.save("june", session)
    // As a kill between the first transaction and the last leaves it.
    try vault.store.write { writer in
      var rows: [Row] = []
      try writer.scan(Schema.scoreSet, prefix: [], range: nil, descending: false) { row in
        rows.append(row)
        return true
      }
      for var row in rows {
        row.values[2] = .integer(ScoreSetRow.State.unfinished.rawValue)
        try writer.update(Schema.scoreSet, row)
      }
    }
    #expect(try session.savedRuns(purpose: nil).isEmpty)
    let again = try Self.save("june", session)
    #expect(try session.savedRuns(purpose: nil) == [again])
    #expect(try Self.blocks(vault) == 3)
  }

  @Test(arguments: Role.allCases)
  func `only the analyst saves, lists and compares`(role: Role) throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(3) { ScoreScanTests.history($0 + 1) }
    let session = vault.session(as: role)
    if role == .analyst {
      #expect(try Self.save("june", session).customers == 3)
      return
    }
    #expect(throws: VaultError(.notPermitted, "")) { try Self.save("june", session) }
    #expect(throws: VaultError(.notPermitted, "")) { try session.savedRuns(purpose: nil) }
    #expect(throws: VaultError(.notPermitted, "")) { try session.deleteSavedRun("june", purpose: nil) }
    #expect(throws: VaultError(.notPermitted, "")) {
      try session.compareSavedRuns(("june", "june"), column: nil, purpose: nil)
    }
  }

  @Test func `the catalogue's entry of one run in another one's place is refused`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(3) { ScoreScanTests.history($0 + 1) }
    let session = vault.session()
    try Self.save("june", session)
    try Self.save("july", session)
    try vault.store.write { writer in
      var rows: [Row] = []
      try writer.scan(Schema.scoreSet, prefix: [], range: nil, descending: false) { row in
        rows.append(row)
        return true
      }
      rows[0].values[4] = rows[1].values[4]
      try writer.update(Schema.scoreSet, rows[0])
    }
    #expect(throws: RecordError(.forged, "")) { try session.savedRuns(purpose: nil) }
  }
}
