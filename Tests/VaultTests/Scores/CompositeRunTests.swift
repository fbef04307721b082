import AuditLog
import Scoring
import Testing
import VaultTesting

@testable import Vault

/// A composite over everybody, from statistics and from events.
struct CompositeRunTests {
  private static func history(_ number: Int) -> [SampleEvent] {
    (0..<1 + number % 5).map { place in
      SampleEvent(
        at: Int64(1_600_000_000 + number * 9_770 + place * 86_461),
        .payment(
          minor: Int64((number &* 7919 + place * 131) % 20_000 - (place == 3 ? 30_000 : 0)),
          product: "P\((number + place) % 8)"))
    }
  }

  private static func bits(_ run: CompositeRun) -> [UInt64] { run.scores.map(\.bitPattern) }

  @Test
  func `statistics and events give the same bits, on any number of threads, and those of a population model`()
    throws
  {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(5000, events: Self.history)
    let session = vault.session()
    for rule in [OccasionRule.spend, .payment] {
      for window in [
        Window(through: LocalDay(daysSinceEpoch: 20_000)), Window(through: LocalDay(daysSinceEpoch: 18_700)),
      ] {
        var plan = try ScoreScanTests.plan(window: window)
        let fast = try session.scoreComposite(
          plan, .recencyFrequencyAmount, rule: rule, purpose: nil, threads: 2)
        let gathered = try session.gatherEverybody(plan, GatherPlan(rule: rule), purpose: nil)
        plan.usesStatistics = false
        let slow = try session.scoreComposite(
          plan, .recencyFrequencyAmount, rule: rule, purpose: nil, threads: 1)
        #expect(Self.bits(fast) == Self.bits(slow))
        #expect(fast.excluded.map(\.reason) == slow.excluded.map(\.reason))
        let members = gathered.customers.map {
          PopulationMember(factors: $0.factors, occasions: $0.occasions)
        }
        let population = try PopulationScores(
          .composite, of: members, settings: PopulationSettings(asOf: window.through, minorDigits: 2))
        #expect(fast.ordinals == gathered.customers.map(\.ordinal))
        let column = population.columns.first { $0.name == "composite" }
        let expected = column?.values.map { ($0 ?? .nan).bitPattern } ?? []
        #expect(Self.bits(fast) == expected)
      }
    }
  }

  @Test func `frozen norms survive being kept, and score the same tomorrow`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(3000, events: Self.history)
    let session = vault.session()
    let plan = try ScoreScanTests.plan()
    let today = try session.scoreComposite(plan, .recencyFrequencyAmount, purpose: nil)
    let norms = try #require(today.norms)
    let named = FrozenNorms(
      id: "spring", asOf: norms.asOf, customers: norms.customers, entries: norms.entries)
    let gathered = try session.gatherEverybody(plan, GatherPlan(), purpose: nil)
    let saved = try session.saveNorms(named, of: gathered, window: plan.window, purpose: nil)
    #expect(try session.savedNorms(purpose: nil) == [saved])
    #expect(throws: VaultError(.exists, "")) {
      try session.saveNorms(named, of: gathered, window: plan.window, purpose: nil)
    }
    try vault.add(2000) { Self.history($0 * 3) }
    let kept = try session.frozenNorms(named: "spring", purpose: nil)
    #expect(kept == named)
    let tomorrow = try session.scoreComposite(plan, .recencyFrequencyAmount, norms: kept, purpose: nil)
    #expect(Self.bits(tomorrow).prefix(3000).elementsEqual(Self.bits(today)))
    let moved = try session.scoreComposite(plan, .recencyFrequencyAmount, purpose: nil)
    #expect(!Self.bits(moved).prefix(3000).elementsEqual(Self.bits(today)))
    #expect(throws: VaultError(.notPermitted, "")) {
      try session.frozenNorms(named: "spring", purpose: "fraud-prevention")
    }
    try session.deleteNorms("spring", purpose: nil)
    #expect(throws: VaultError(.notFound, "")) { try session.frozenNorms(named: "spring", purpose: nil) }
  }

  @Test func `a changed piece of norms is refused`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(100, events: Self.history)
    let session = vault.session()
    let plan = try ScoreScanTests.plan()
    let norms = try #require(try session.scoreComposite(plan, .recencyFrequencyAmount, purpose: nil).norms)
    let gathered = try session.gatherEverybody(plan, GatherPlan(), purpose: nil)
    _ = try session.saveNorms(norms, of: gathered, window: plan.window, purpose: nil)
    try vault.store.write { writer in
      var rows: [Row] = []
      try writer.scan(
        Schema.block, prefix: [.integer(5), .integer(Int64(BlockAddress.Kind.norms.rawValue))], range: nil,
        descending: false
      ) { row in
        rows.append(row)
        return true
      }
      guard var row = rows.first, case .blob(var sealed) = row.values[5] else { return }
      sealed[200] ^= 1
      row.values[5] = .blob(sealed)
      try writer.update(Schema.block, row)
    }
    #expect(throws: RecordError(.forged, "")) { try session.frozenNorms(named: "run", purpose: nil) }
  }
}
