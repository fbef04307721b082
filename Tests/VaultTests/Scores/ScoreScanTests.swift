import Scoring
import Testing
import VaultSQLite
import VaultTesting

@testable import Vault

/// The bulk scan, from the gate to the scores.
struct ScoreScanTests {
  static let asOf = LocalDay(daysSinceEpoch: 20_000)

  static func plan(_ scores: ScoreSet = .all, window: Window? = nil) throws -> ScorePlan {
    ScorePlan(
      model: try LiteralModel(scores: scores), window: window ?? Window(through: asOf),
      minorDigits: { _ in 2 })
  }

  /// The article's two customers as rows of factors.
  static let article: [[SampleEvent]] = [
    [SampleEvent(day: 0, .factors([10, 1000, 5, 4.5, 4, 4.5, 200, 100]))],
    [SampleEvent(day: 0, .factors([5, 500, 3, 3.5, 3, 3.5, 100, 50]))],
  ]

  /// A made-up history that depends on nothing but the customer's number.
  static func history(_ number: Int) -> [SampleEvent] {
    (0..<number % 5).map { place in
      SampleEvent(
        at: Int64(1_600_000_000 + number * 977 + place * 86_400),
        .payment(minor: Int64(number % 1000 * 100 + place), product: "P\(number % 7 + place)"))
    }
  }

  /// Ids and scores, bit for bit.
  static func rows(_ scored: ScoredCustomers) -> [[UInt64]] {
    scored.run.rows.map { row in
      [row.ordinal, row.scores.loyalty?.bitPattern ?? 0, row.factors.amount?.bitPattern ?? 0]
    }
  }

  @Test func `the article's customers get the article's scores`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    let ids = try vault.add(2) { Self.article[$0] }
    let session = vault.session()
    let scored = try session.scoreEverybody(try Self.plan(), purpose: nil)
    var seen: [(Pseudonym, ScoreRow)] = []
    try session.visitScores(scored) { seen.append(($0, $1)) }
    #expect(seen.map(\.0) == ids)
    #expect(seen.map(\.1.scores.loyalty) == [338.3333333333333, 169.33333333333334])
    #expect(seen.map(\.1.scores.satisfaction) == [4.333333333333333, 3.3333333333333335])
    #expect(seen.map(\.1.scores.value) == [433.3333333333333, 216.66666666666666])
    #expect(scored.excluded.isEmpty)
    #expect(scored.purpose == "analytics")
  }

  @Test(arguments: [1, 2, 7])
  func `scores have the same bits on any number of threads`(threads: Int) throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(9000) { Self.history($0) }
    let session = vault.session()
    let plan = try Self.plan(.loyalty)
    let one = try session.scoreEverybody(plan, purpose: nil, threads: 1)
    let many = try session.scoreEverybody(plan, purpose: nil, threads: threads)
    #expect(Self.rows(one) == Self.rows(many))
    #expect(one.run.variance == many.run.variance)
    #expect(one.run.blocks.count == 3)
    #expect(one.count == 7200)
    #expect(one.excluded.map(\.reason) == ["missing:frequency"])
    #expect(one.excluded.map(\.customers) == [1800])
  }
}
