import Testing

@testable import Scoring

/// Customers with random factors; some lack some.
func randomInputs(_ count: Int, seed: UInt64, complete: Bool = true, moneyScale: Double = 1)
  -> [CompositeInput]
{
  var random = SeededGenerator(seed: seed)
  return (0..<count).map { _ in
    var input = CompositeInput()
    input[.recency] = Double(Int.random(in: 0...365, using: &random))
    input[.frequency] = Double(Int.random(in: 0...12, using: &random))
    // Whole cents, so that a change of the unit is exact.
    input[.amount] = Double(Int.random(in: -2000...90_000, using: &random)) * moneyScale
    input[.serviceQuality] = Double(Int.random(in: 10...50, using: &random)) / 10
    for factor in [CompositeFactor.amount, .serviceQuality] where !complete {
      if Int.random(in: 0..<4, using: &random) == 0 { input[factor] = nil }
    }
    return input
  }
}

@Suite struct CompositeTests {
  private let asOf = LocalDay(daysSinceEpoch: 20_000)

  private func model(
    _ terms: [CompositeTerm], _ population: [CompositeInput],
    aggregation: CompositeSpecification.Aggregation = .arithmetic,
    missing: CompositeSpecification.MissingPolicy = .exclude
  ) throws -> CompositeModel {
    let specification = try CompositeSpecification(terms, aggregation: aggregation, missing: missing)
    return try CompositeModel(
      specification, norms: try FrozenNorms("all", of: population, for: specification, asOf: asOf))
  }

  private static let normalizers: [Normalizer] = [
    .fixedRange(lower: 0, upper: 50_000), .winsorizedMinMax(lower: 0.05, upper: 0.95), .zScore, .robustZScore,
    .percentile, .quantileBins(5),
  ]

  @Test("contributions add up to the score, bit for bit", arguments: normalizers)
  func additive(normalizer: Normalizer) throws {
    let population = randomInputs(500, seed: 1)
    let model = try model(
      [
        CompositeTerm(.recency, weight: 0.3), CompositeTerm(.frequency, weight: 1.7),
        CompositeTerm(.amount, weight: 2.1, transform: .logarithm(unit: 100), normalizer: normalizer),
        CompositeTerm(.serviceQuality, weight: 0.1),
      ], population)
    for customer in population {
      let explanation = try model.explanation(of: customer)
      #expect(explanation.residual == 0)
      #expect(explanation.score == (try model.score(of: customer)))
      let weights = explanation.terms.reduce(0) { $0 + $1.weight }
      #expect((weights - 1).magnitude < 1e-15)
    }
  }

  @Test func `percentiles are the share below and half of those equal`() throws {
    let population = [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3].map { value in
      var input = CompositeInput()
      input[.frequency] = value
      return input
    }
    let model = try model([CompositeTerm(.frequency)], population)
    let expected = [3.0: 0.4, 1: 0.1, 9: 0.95, 0: 0, 10: 1, 4.5: 0.6, 5: 0.7]
    for (value, percentile) in expected {
      var input = CompositeInput()
      input[.frequency] = value
      #expect((try model.score(of: input).value - percentile).magnitude < 1e-15)
    }
  }

  @Test func `amounts in fen instead of yuan give the identical score`() throws {
    let terms = [
      CompositeTerm(.recency), CompositeTerm(.frequency), CompositeTerm(.amount, normalizer: .percentile),
    ]
    let (yuan, fen) = (randomInputs(800, seed: 2), randomInputs(800, seed: 2, moneyScale: 100))
    let (first, second) = (try model(terms, yuan), try model(terms, fen))
    for (left, right) in zip(yuan, fen) {
      #expect(try first.score(of: left) == (try second.score(of: right)))
    }
    let bins = [CompositeTerm(.amount, normalizer: .quantileBins(10))]
    let (third, fourth) = (try model(bins, yuan), try model(bins, fen))
    for (left, right) in zip(yuan, fen) {
      #expect(try third.score(of: left) == (try fourth.score(of: right)))
    }
  }

  @Test func `shuffled populations make identical norms`() throws {
    var random = SeededGenerator(seed: 3)
    let population = randomInputs(700, seed: 4)
    for normalizer in Self.normalizers {
      let specification = try CompositeSpecification([CompositeTerm(.amount, normalizer: normalizer)])
      let norms = try FrozenNorms("a", of: population, for: specification, asOf: asOf)
      let shuffled = try FrozenNorms(
        "a", of: population.shuffled(using: &random), for: specification, asOf: asOf)
      #expect(norms == shuffled)
    }
  }

  @Test func `frozen norms score a customer the same, whoever comes later`() throws {
    let population = randomInputs(300, seed: 5)
    let specification = CompositeSpecification.recencyFrequencyAmount
    let norms = try FrozenNorms("2024", of: population, for: specification, asOf: asOf)
    let score = try CompositeModel(specification, norms: norms).score(of: population[0])
    let copy = FrozenNorms(id: norms.id, asOf: norms.asOf, customers: norms.customers, entries: norms.entries)
    #expect(try CompositeModel(specification, norms: copy).score(of: population[0]) == score)
    let other = try FrozenNorms(
      "2025", of: population + randomInputs(300, seed: 6, moneyScale: 3), for: specification, asOf: asOf)
    #expect(try CompositeModel(specification, norms: other).score(of: population[0]) != score)
  }

  @Test func `where everybody is equal a customer is in the middle, and nothing is divided by zero`() throws {
    var one = CompositeInput()
    one[.amount] = 7
    let population = Array(repeating: one, count: 20)
    let expected: [Normalizer: Double] = [
      .winsorizedMinMax(lower: 0.05, upper: 0.95): 0.5, .zScore: 0, .robustZScore: 0, .percentile: 0.5,
      .quantileBins(5): 0,
    ]
    for (normalizer, value) in expected {
      let model = try model([CompositeTerm(.amount, normalizer: normalizer)], population)
      #expect(try model.score(of: one).value == value)
    }
  }

  @Test func `less is better for recency, and the direction turns a score round`() throws {
    let population = randomInputs(200, seed: 7)
    let recent = try model([CompositeTerm(.recency)], population)
    let turned = try model([CompositeTerm(.recency, direction: .higherIsBetter)], population)
    for customer in population {
      let (value, other) = (try recent.score(of: customer).value, try turned.score(of: customer).value)
      #expect((value + other - 1).magnitude < 1e-15)
    }
  }

  @Test func `a missing factor is an error, is made up for by others, or is the median, and never 0`() throws
  {
    let population = randomInputs(400, seed: 8)
    let terms = [
      CompositeTerm(.recency, weight: 1), CompositeTerm(.frequency, weight: 2),
      CompositeTerm(.amount, weight: 1),
    ]
    var lacking = population[0]
    lacking[.amount] = nil
    #expect(throws: ScoringError(.missingFactor, factor: .amount)) {
      try model(terms, population).score(of: lacking)
    }
    let renormalized = try model(terms, population, missing: .renormalize(minimumCoverage: 0.5))
    let score = try renormalized.score(of: lacking)
    #expect(score.coverage == 0.75)
    let explanation = try renormalized.explanation(of: lacking)
    #expect(explanation.residual == 0 && explanation.terms[2].normalized == nil)
    let two = try model(Array(terms.prefix(2)), population).score(of: lacking)
    #expect((score.value - two.value).magnitude < 1e-15)
    let strict = try model(terms, population, missing: .renormalize(minimumCoverage: 0.8))
    #expect(throws: ScoringError(.missingFactor, factor: .amount)) { try strict.score(of: lacking) }

    let median = try model(terms, population, missing: .referenceMedian)
    let stood = try median.explanation(of: lacking)
    #expect(stood.terms[2].isReferenceMedian && stood.residual == 0 && stood.score.coverage == 0.75)
    #expect((try #require(stood.terms[2].normalized) - 0.5).magnitude < 0.01)
    for other in [renormalized, median] {
      #expect(throws: ScoringError(.missingFactor, compositeFactor: .recency)) {
        try other.score(of: CompositeInput())
      }
    }
    #expect(ScoringError(.missingFactor, compositeFactor: .recency).description.contains("recency"))
  }

  @Test func `a geometric mean is 0 with a factor of 0, and a minimum makes up for nothing`() throws {
    let population = randomInputs(300, seed: 9)
    let terms = [
      CompositeTerm(.frequency, weight: 2, normalizer: .fixedRange(lower: 0, upper: 12)),
      CompositeTerm(.serviceQuality, normalizer: .fixedRange(lower: 0, upper: 5)),
    ]
    var input = CompositeInput()
    input[.frequency] = 3
    input[.serviceQuality] = 5
    let geometric = try model(terms, population, aggregation: .geometric)
    #expect(relativeError(try geometric.score(of: input).value, 0.39685026299204984) < 1e-14)
    #expect((try geometric.explanation(of: input).residual).magnitude < 1e-15)
    let minimum = try model(terms, population, aggregation: .minimum)
    #expect(try minimum.score(of: input).value == 0.25)
    #expect(try minimum.explanation(of: input).terms.map(\.contribution) == [0.25, 0])
    input[.frequency] = 0
    #expect(try geometric.score(of: input).value == 0)
    #expect(try minimum.score(of: input).value == 0)
  }

  @Test func `transforms grow, and keep negative totals on their side`() {
    for transform in [Transform.none, .logarithm(unit: 10), .saturation(half: 50)] {
      let values = [-1e9, -3, -1, 0, 1, 3, 1e9].map { transform($0) }
      #expect(values == values.sorted() && Set(values).count == 7 && transform(0) == 0)
      #expect(transform(-3) == -transform(3))
    }
    #expect(Transform.saturation(half: 50)(50) == 0.5)
  }

  @Test func `a composite that makes no sense is refused`() throws {
    let wrong: [[CompositeTerm]] = [
      [], [CompositeTerm(.amount), CompositeTerm(.amount)], [CompositeTerm(.amount, weight: 0)],
      [CompositeTerm(.amount, weight: .nan)], [CompositeTerm(.amount, transform: .logarithm(unit: 0))],
      [CompositeTerm(.amount, normalizer: .fixedRange(lower: 2, upper: 2))],
      [CompositeTerm(.amount, normalizer: .winsorizedMinMax(lower: 0.6, upper: 0.4))],
      [CompositeTerm(.amount, normalizer: .quantileBins(1))],
    ]
    for terms in wrong {
      #expect(throws: ScoringError.self) { try CompositeSpecification(terms) }
    }
    #expect(throws: ScoringError.self) {
      try CompositeSpecification([CompositeTerm(.amount, normalizer: .zScore)], aggregation: .geometric)
    }
    let specification = CompositeSpecification.recencyFrequencyAmount
    #expect(throws: ScoringError(.noReference, compositeFactor: .recency)) {
      try FrozenNorms("none", of: [], for: specification, asOf: asOf)
    }
    let norms = try FrozenNorms("all", of: randomInputs(5, seed: 1), for: specification, asOf: asOf)
    #expect(throws: ScoringError(.invalidComposite)) {
      try CompositeModel(try CompositeSpecification([CompositeTerm(.amount)]), norms: norms)
    }
  }

  @Test func `a population's values are not printed`() throws {
    let population = randomInputs(50, seed: 12)
    let norms = try FrozenNorms("all", of: population, for: .recencyFrequencyAmount, asOf: asOf)
    var text = "\(norms) \(population[0])"
    dump(norms, to: &text)
    dump(population[0], to: &text)
    #expect(text.contains("undisclosed") && !text.contains("000.0"))
  }
}
