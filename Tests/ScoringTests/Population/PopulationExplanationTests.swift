import Testing

@testable import Scoring

/// How a score of a model of a population is taken apart.
@Suite struct PopulationExplanationTests {
  static let asOf = LocalDay(daysSinceEpoch: 20_000)

  /// Customers with made-up occasions; the first has none.
  static func members(_ count: Int) throws -> [PopulationMember] {
    try (0..<count).map { index in
      var ledger = PurchaseLedger(window: Window(through: asOf))
      for number in 0..<index % 6 {
        let day = LocalDay(daysSinceEpoch: 20_000 - Int32(5 + index % 40 + number * (7 + index % 11)))
        ledger.payment(on: day, minor: Int64(500 + index * 37 % 900 + number * 10))
      }
      let occasions = try ledger.occasions()
      let amount = occasions.map { Double($0.netMinor) / 100 }
      return PopulationMember(
        factors: Factors(amount: amount, productQuality: index % 3 == 0 ? Double(1 + index % 5) : nil),
        occasions: occasions)
    }
  }

  @Test(arguments: PopulationModel.allCases)
  func `contributions add up to the score of the run`(model: PopulationModel) throws {
    let members = try Self.members(300)
    let settings = PopulationSettings(asOf: Self.asOf)
    let scores = try PopulationScores(model, of: members, settings: settings)
    for place in [1, 2, 17, 123, 299] {
      let explanation = try PopulationExplanation.of(model, members[place], in: members, settings: settings)
      let column = try #require(scores.columns.first { $0.name == explanation.score })
      let value = try #require(column.values[place])
      #expect(abs(explanation.value - value) <= 1e-9 * max(1, abs(value)))
      #expect(abs(explanation.residual) <= 1e-9 * max(1, abs(value)))
      if model == .composite || model == .rfm { #expect(explanation.residual == 0) }
      #expect(explanation.segment == scores.segments?[place])
    }
    #expect(throws: ScoringError(.missingFactor, compositeFactor: .recency)) {
      try PopulationExplanation.of(model, members[0], in: members, settings: settings)
    }
  }

  @Test func `a term that others count for brings nothing, and one of the median says so`() throws {
    let members = try Self.members(120)
    let terms = [
      CompositeTerm(.recency), CompositeTerm(.frequency, weight: 2), CompositeTerm(.productQuality),
    ]
    var settings = PopulationSettings(asOf: Self.asOf)
    settings.composite = try CompositeSpecification(terms, missing: .renormalize(minimumCoverage: 0.5))
    let without = try PopulationExplanation.of(.composite, members[1], in: members, settings: settings)
    #expect(without.coverage == 0.75 && without.residual == 0)
    #expect(without.terms[2].raw == nil && without.terms[2].contribution == 0)
    settings.composite = try CompositeSpecification(terms, missing: .referenceMedian)
    let median = try PopulationExplanation.of(.composite, members[1], in: members, settings: settings)
    #expect(median.terms.map(\.isReferenceMedian) == [false, false, true] && median.residual == 0)
    #expect(median.norms?.customers == 120)
  }

  @Test func `a fitted model that nobody bought twice for is not explained`() throws {
    let members = try Self.members(120).filter { ($0.occasions?.count ?? 0) == 1 }
    for model in PopulationModel.allCases where model.isFitted {
      #expect(throws: ScoringError(.notFitted)) {
        try PopulationExplanation.of(
          model, members[0], in: members, settings: PopulationSettings(asOf: Self.asOf))
      }
    }
  }

  @Test func `norms of another population are taken as they are`() throws {
    let members = try Self.members(200)
    var settings = PopulationSettings(asOf: Self.asOf)
    let first = try PopulationScores(.composite, of: members, settings: settings)
    settings.norms = first.norms
    let some = Array(members[50..<60])
    let again = try PopulationScores(.composite, of: some, settings: settings)
    let column = { (scores: PopulationScores) in scores.columns.first { $0.name == "composite" }?.values ?? []
    }
    #expect(column(again) == Array(column(first)[50..<60]))
  }
}
