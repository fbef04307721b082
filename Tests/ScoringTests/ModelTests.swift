import Scoring
import Testing

@Suite struct ModelTests {
  @Test func `the article's customers get the article's scores, bit for bit`() throws {
    let model = LiteralModel()
    let first = try model.scores(from: Article.first)
    #expect(first.loyalty == 338.3333333333333)
    #expect(first.satisfaction == 4.333333333333333)
    #expect(first.value == 433.3333333333333)
    let second = try model.scores(from: Article.second)
    #expect(second.loyalty == 169.33333333333334)
    #expect(second.satisfaction == 3.3333333333333335)
    #expect(second.value == 216.66666666666666)
  }

  @Test func `terms are added from left to right and divided once`() throws {
    let model = LiteralModel()
    // From the right, 0.1 + (0.2 + 0.3) is 0.6; from the left it is 0.6000000000000001.
    let factors = Factors(frequency: 0.1, amount: 0.2, variety: 0.3)
    let loyalty = try LiteralModel(scores: .loyalty).scores(from: factors).loyalty
    #expect(loyalty == 0.6000000000000001 / 3)
    var random = SeededGenerator(seed: 31)
    for _ in 0..<5000 {
      let (one, two, three) = (
        Double.random(in: -1e6...1e6, using: &random), Double.random(in: 0...1e9, using: &random),
        Double.random(in: 0...1e-3, using: &random)
      )
      let all = Factors(
        frequency: one, amount: two, variety: three, productQuality: three, serviceQuality: one,
        priceSatisfaction: two, referralValue: three, informationValue: one)
      let scores = try model.scores(from: all)
      #expect(scores.loyalty?.bitPattern == ((one + two + three) / 3).bitPattern)
      #expect(scores.satisfaction?.bitPattern == ((three + one + two) / 3).bitPattern)
      #expect(scores.value?.bitPattern == ((two + three + one) / 3).bitPattern)
    }
  }

  @Test(arguments: Factor.allCases)
  func `a missing factor is an error and never 0`(missing: Factor) throws {
    var factors = Article.first
    factors[missing] = nil
    // The amount is stored once, so that it is missing from loyalty first.
    let named = missing == .purchaseValue ? Factor.amount : missing
    #expect(throws: ScoringError(.missingFactor, factor: named)) {
      try LiteralModel().scores(from: factors)
    }
    #expect(throws: ScoringError(.missingFactor, factor: named)) {
      try WeightedModel(weights: FactorWeights([.frequency: 2])).scores(from: factors)
    }
  }

  @Test func `a score that is not asked for needs no factors`() throws {
    let factors = Factors(frequency: 10, amount: 1000, variety: 5)
    let scores = try LiteralModel(scores: .loyalty).scores(from: factors)
    #expect(scores.loyalty == 338.3333333333333)
    #expect(scores.satisfaction == nil)
    #expect(scores.value == nil)
    #expect(try LiteralModel(scores: .loyalty).needs == .reported)
    #expect(LiteralModel().needs == .all)
    #expect(throws: ScoringError(.missingFactor, factor: .productQuality)) {
      try LiteralModel().scores(from: factors)
    }
    #expect(throws: ScoringError(.missingFactor, factor: .purchaseValue)) {
      try LiteralModel(scores: .value).scores(from: Factors(frequency: 1))
    }
    #expect(throws: ScoringError(.scoreNotComputed)) { try LiteralModel(scores: []) }
  }

  @Test func `a score beyond the doubles is an error`() throws {
    for amount in [Double.greatestFiniteMagnitude, .infinity, .nan] {
      let factors = Factors(frequency: .greatestFiniteMagnitude, amount: amount, variety: 1)
      #expect(throws: ScoringError(.scoreOutOfRange)) {
        try LiteralModel(scores: .loyalty).scores(from: factors)
      }
    }
  }

  @Test(arguments: [1, 0.1, 3, 1e-300, 1e300, .greatestFiniteMagnitude, .leastNonzeroMagnitude])
  func `equal weights give the bits of literal`(weight: Double) throws {
    let weighted = try WeightedModel(weights: FactorWeights(all: weight))
    var random = SeededGenerator(seed: 32)
    for _ in 0..<500 {
      let factors = Factors(
        frequency: random.anyFinite(), amount: random.anyFinite(), variety: random.anyFinite(),
        productQuality: random.anyFinite(), serviceQuality: random.anyFinite(),
        priceSatisfaction: random.anyFinite(), referralValue: random.anyFinite(),
        informationValue: random.anyFinite())
      let expected = Result { () throws(ScoringError) in try LiteralModel().scores(from: factors) }
      #expect(Result { () throws(ScoringError) in try weighted.scores(from: factors) } == expected)
    }
  }

  @Test func `weights weigh, and amount and purchase value each have their own`() throws {
    let weights = FactorWeights([.frequency: 3, .amount: 0.25, .purchaseValue: 2])
    let scores = try WeightedModel(weights: weights).scores(from: Article.first)
    let weighed: Double = 285 / 4.25
    #expect(scores.loyalty == weighed)
    #expect(scores.satisfaction == 4.333333333333333)
    #expect(scores.value == 575)
  }

  @Test func `a factor of weight 0 is left out and may be missing`() throws {
    let model = try WeightedModel(weights: FactorWeights([.variety: 0]), scores: .loyalty)
    #expect(!model.needs.contains(.variety))
    let with = try model.scores(from: Article.first).loyalty
    let without = try model.scores(from: Factors(frequency: 10, amount: 1000)).loyalty
    #expect(with == 505)
    #expect(without == 505)
    let first = try WeightedModel(weights: FactorWeights([.frequency: -0.0]), scores: .loyalty)
    #expect(try first.scores(from: Factors(amount: -0.0, variety: -0.0)).loyalty?.sign == .minus)
  }

  @Test func `weights that cannot weigh are refused`() throws {
    for weight in [-1, Double.nan, .infinity] {
      #expect(throws: ScoringError(.invalidWeights, factor: .referralValue)) {
        try WeightedModel(weights: FactorWeights([.referralValue: weight]), scores: .loyalty)
      }
    }
    let none = FactorWeights([.productQuality: 0, .serviceQuality: 0, .priceSatisfaction: 0])
    #expect(throws: ScoringError(.invalidWeights, factor: .productQuality)) {
      try WeightedModel(weights: none)
    }
    #expect(throws: Never.self) { try WeightedModel(weights: none, scores: .loyalty) }
    let huge = FactorWeights([.frequency: 1.7e308, .amount: 1.6e308])
    #expect(throws: ScoringError(.invalidWeights, factor: .frequency)) { try WeightedModel(weights: huge) }
  }

  @Test func `the models name themselves with a version`() {
    #expect(ModelDescription.all.prefix(3).map(\.identifier) == ["literal/1", "weighted/1", "composite/1"])
  }
}

@Suite struct ExplanationTests {
  @Test func `an explanation adds up to the score, bit for bit`() throws {
    var random = SeededGenerator(seed: 33)
    for _ in 0..<2000 {
      let weights = FactorWeights([
        .frequency: Double.random(in: 0...3, using: &random),
        .amount: Double.random(in: 0...3, using: &random),
        .variety: Bool.random(using: &random) ? 0 : 1,
      ])
      let model = try WeightedModel(weights: weights, scores: .loyalty)
      let factors = Factors(
        frequency: Double.random(in: 0...99, using: &random),
        amount: Double.random(in: 0...9999, using: &random),
        variety: 3)
      let explanation = try model.explanation(of: .loyalty, from: factors)
      let sum = explanation.terms.map(\.product).reduce(0, +)
      #expect(sum == explanation.sum)
      #expect((sum / explanation.divisor).bitPattern == explanation.value.bitPattern)
      #expect(explanation.value == (try model.scores(from: factors).loyalty))
      #expect(abs(explanation.residual) <= 4 * explanation.value.ulp)
    }
  }

  @Test func `an explanation names value, weight and contribution of each factor`() throws {
    let explanation = try LiteralModel().explanation(of: .value, from: Article.first)
    #expect(explanation.terms.map(\.factor) == [.purchaseValue, .referralValue, .informationValue])
    #expect(explanation.terms.map(\.value) == [1000, 200, 100])
    #expect(explanation.terms.map(\.weight) == [1, 1, 1])
    let contributions: [Double] = [1000 / 3, 200 / 3, 100 / 3]
    #expect(explanation.terms.map(\.contribution) == contributions)
    #expect(explanation.sum == 1300)
    #expect(explanation.divisor == 3)
  }

  @Test func `a score that the model was not asked for is not explained`() throws {
    let model = try LiteralModel(scores: .loyalty)
    #expect(throws: ScoringError(.scoreNotComputed)) {
      try model.explanation(of: .value, from: Article.first)
    }
  }
}
