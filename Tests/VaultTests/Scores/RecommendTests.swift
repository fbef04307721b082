import Scoring
import Testing
import VaultTesting

@testable import Vault

/// Recommendations behind the gate, and payments in other currencies.
struct RecommendTests {
  private static let window = Window(through: LocalDay(daysSinceEpoch: 20_000))

  /// Ten customers who have tea and cups; `a` has tea only, and consented.
  private static func market() throws -> ImportSample {
    let sample = try ImportSample()
    var rows: [SampleRow] = []
    for index in 0..<10 {
      rows.append(SampleRow(account: "m\(index)", amount: 500, product: "tea"))
      rows.append(SampleRow(account: "m\(index)", amount: 700, product: "cup"))
    }
    for index in 0..<10 { rows.append(SampleRow(account: "x\(index)", amount: 500, product: "hat")) }
    rows.append(SampleRow(account: "a", amount: 500, product: "tea"))
    rows.append(SampleRow(account: "a", consent: ("personalization", .granted)))
    try sample.run(rows)
    return sample
  }

  private static func entries(_ sample: ImportSample) throws -> Int {
    try sample.vault.store.read { try $0.count(Schema.entry) }
  }

  @Test func `the customer's own items count where the customer agreed, and the read of the market is told`()
    throws
  {
    let sample = try Self.market()
    let session = sample.vault.session()
    let gathered = try session.gatherEverybody(
      try ScoreScanTests.plan(), GatherPlan(), purpose: "personalization")
    var ids: [Pseudonym] = []
    try session.visitCustomers(gathered) { id, _ in ids.append(id) }
    let id = try #require(ids.first)
    let before = try Self.entries(sample)
    let found = try session.recommend(to: id, count: 3, window: Self.window, purpose: nil)
    // One's own access, intent, result.
    #expect(try Self.entries(sample) == before + 3)
    #expect(found.isPersonal && found.pseudonym == id && found.purpose == "analytics")
    #expect(found.items.first?.item == "cup" && found.items.first?.reasons == ["tea"])
    #expect(found.items.allSatisfy { $0.item != "tea" })
    #expect(found.market.customers == 21 && found.market.products == 3)
  }

  @Test func `who did not agree is not opened and gets what is popular`() throws {
    let sample = try Self.market()
    let session = sample.vault.session()
    let consented = try session.gatherEverybody(
      try ScoreScanTests.plan(), GatherPlan(), purpose: "personalization")
    let all = try session.gatherEverybody(try ScoreScanTests.plan(), GatherPlan(), purpose: nil)
    var id: Pseudonym?
    try session.visitCustomers(all) { pseudonym, place in
      if all.customers[place].ordinal != consented.customers.first?.ordinal { id = pseudonym }
    }
    let before = try Self.entries(sample)
    let found = try session.recommend(to: try #require(id), count: 5, window: Self.window, purpose: nil)
    // Asked, refused by the customer's decision, intent, result.
    #expect(try Self.entries(sample) == before + 4)
    #expect(!found.isPersonal)
    #expect(found.items.allSatisfy { $0.basis == .popularity && $0.reasons.isEmpty })
    #expect(found.items.map(\.item) == ["tea", "cup", "hat"])
  }

  @Test(arguments: Role.allCases.filter { $0 != .analyst })
  func `only the analyst recommends`(role: Role) throws {
    let vault = try SampleVault(in: InMemoryStore())
    let id = try #require(try vault.add(1) { ScoreScanTests.history($0 + 1) }.first)
    #expect(throws: VaultError(.notPermitted, "")) {
      try vault.session(as: role).recommend(to: id, count: 1, window: Self.window, purpose: nil)
    }
  }

  // MARK: Currencies

  private static func plan(_ rule: OtherCurrencyRule, rates: String? = nil) throws -> ScorePlan {
    ScorePlan(
      model: try LiteralModel(scores: .loyalty), window: window,
      definitions: FactorDefinitions(otherCurrency: rule),
      rates: try rates.map { try ExchangeRates(parsing: $0) },
      minorDigits: { $0 == "JPY" ? 0 : 2 })
  }

  @Test func `payments in other currencies are refused, left out or converted, the same way in both scans`()
    throws
  {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(3) { index in
      [
        SampleEvent(day: 100, .payment(minor: 1000, product: "P")),
        SampleEvent(day: 110, .payment(minor: 500, currency: index == 1 ? "JPY" : "CNY", product: "P")),
      ]
    }
    let session = vault.session()
    let error = #expect(throws: VaultError(.badInput, "")) {
      try session.scoreEverybody(try Self.plan(.refuse), purpose: nil)
    }
    #expect(error?.reason.hasPrefix("1 payment is in a currency") == true)
    #expect(throws: VaultError(.badInput, "")) {
      try session.gatherEverybody(try Self.plan(.refuse), GatherPlan(), purpose: nil)
    }
    let left = try session.gatherEverybody(try Self.plan(.leaveOut), GatherPlan(), purpose: nil)
    #expect(left.foreign.unconverted == 1 && left.customers.map { $0.factors.amount } == [15, 10, 15])
    let rates = "day,currency,rate\n1970-01-01,JPY,0.05\n"
    let rated = try session.gatherEverybody(try Self.plan(.refuse, rates: rates), GatherPlan(), purpose: nil)
    #expect(rated.foreign.converted == 1 && rated.customers.map { $0.factors.amount } == [15, 35, 15])
    #expect(rated.customers[1].occasions?.netMinor == 3500)
    let scored = try session.scoreEverybody(try Self.plan(.refuse, rates: rates), purpose: nil)
    #expect(scored.foreign == rated.foreign)
    #expect(scored.run.rows.map { $0.factors.amount } == [15, 35, 15])
    let late = "day,currency,rate\n2000-01-01,JPY,0.05\n"
    #expect(throws: VaultError(.badInput, "")) {
      try session.scoreEverybody(try Self.plan(.refuse, rates: late), purpose: nil)
    }
  }
}
