import Testing

@testable import Scoring

/// What a model declares of referrals, information and ratings.
@Suite struct FactorParameterTests {
  private static let asOf = LocalDay(daysSinceEpoch: 20_000)

  private static func factors(
    _ definitions: FactorDefinitions, _ feed: (inout HistoryAccumulator) -> Void
  ) throws -> Factors {
    var history = HistoryAccumulator(window: Window(through: asOf), definitions: definitions)
    feed(&history)
    return try history.factors(minorDigits: 2)
  }

  @Test func `a share of a referral counts for so many days`() throws {
    var definitions = FactorDefinitions()
    definitions.referral = try #require(ReferralAttribution(days: 10, share: 0.25))
    let factors = try Self.factors(definitions) { history in
      for age in [0 as Int32, 9, 10] {
        history.referral(on: LocalDay(daysSinceEpoch: 20_000 - age), valueMinor: 4000)
      }
    }
    #expect(factors.referralValue == 20)
    // One that no longer counts is worth 0, and not missing.
    let old = try Self.factors(definitions) { history in
      history.referral(on: LocalDay(daysSinceEpoch: 19_000), valueMinor: 4000)
    }
    #expect(old.referralValue == 0)
    #expect(ReferralAttribution(share: 1.5) == nil && ReferralAttribution(days: 0, share: 1) == nil)
  }

  @Test func `information is worth its points, and without a declaration nothing is made up`() throws {
    var definitions = FactorDefinitions()
    let feed: (inout HistoryAccumulator) -> Void = { history in
      history.rating(on: Self.asOf, productQuality: 4000, serviceQuality: nil, priceSatisfaction: nil)
      history.interaction(on: Self.asOf)
      history.interaction(on: LocalDay(daysSinceEpoch: 20_001))
      history.referral(on: Self.asOf, valueMinor: nil)
    }
    #expect(try Self.factors(definitions, feed).informationValue == nil)
    definitions.information = InformationValuation(rating: 1, interaction: 2, referral: 5, unitValue: 0.5)
    #expect(try Self.factors(definitions, feed).informationValue == 4)
    #expect(try Self.factors(definitions) { _ in }.informationValue == nil)
    #expect(
      InformationValuation(unitValue: 1) == nil && InformationValuation(rating: -1, unitValue: 1) == nil)
  }

  @Test func `few ratings are drawn towards the prior, and one off the scale is refused`() throws {
    var definitions = FactorDefinitions()
    definitions.ratingScale = RatingScale(
      lower: 1, upper: 5, prior: BayesianMean(prior: 3, strength: 4))
    func rated(_ thousandths: Int64) throws -> Factors {
      try Self.factors(definitions) {
        $0.rating(on: Self.asOf, productQuality: thousandths, serviceQuality: nil, priceSatisfaction: nil)
      }
    }
    #expect(try rated(5000).productQuality == 3.4)
    #expect(throws: ScoringError(.ratingOffScale, factor: .productQuality)) { try rated(5001) }
    #expect(throws: ScoringError(.ratingOffScale, factor: .productQuality)) { try rated(999) }
    // An imported row is held against the scale, too.
    #expect(throws: ScoringError(.ratingOffScale, factor: .serviceQuality)) {
      try Self.factors(definitions) { $0.factorsRow(Factors(serviceQuality: 9), on: nil) }
    }
    #expect(RatingScale(lower: 5, upper: 1) == nil)
    #expect(RatingScale(lower: 1, upper: 5, prior: BayesianMean(prior: 6, strength: 1)) == nil)
  }

  @Test(arguments: [
    ("day;currency;rate\n", 1, "header"), ("day,currency,rate\n2025-02-30,USD,7\n", 2, "day"),
    ("day,currency,rate\n\n2025-02-03,US,7\n", 3, "currency"),
    ("day,currency,rate\n2025-02-03,USD,0\n", 2, "rate"),
    ("day,currency,rate\n2025-02-03,USD,7\n2025-02-03,USD,7\n2025-02-03,USD,7.1\n", 4, "rate"),
  ])
  func `a wrong file of rates names line and field`(text: String, line: Int, field: String) {
    let error = #expect(throws: ScoringError(.invalidRates)) { try ExchangeRates(parsing: text) }
    #expect(error?.place?.line == line && error?.place?.field == field)
    #expect(error.map { "\($0)".hasPrefix("line \(line), \(field): ") } == true)
  }

  @Test func `a file of rates may have a mark at its start, spaces and CR LF`() throws {
    let rates = try ExchangeRates(parsing: "\u{FEFF}day, currency, rate\r\n2025-02-03, USD, 7.1\r\n")
    let day = try #require(LocalDay("2025-03-01"))
    #expect(rates.convert(100, of: "USD", on: day, digits: (2, 2)) == 710)
    #expect(rates.convert(100, of: "JPY", on: day, digits: (0, 2)) == nil)
  }
}
