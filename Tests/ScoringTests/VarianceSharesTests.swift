import Scoring
import Testing

@Suite struct VarianceSharesTests {
  private func terms(_ factors: Factors, _ score: Score = .loyalty) throws -> ScoreTerms {
    try LiteralModel().terms(of: score, from: factors)
  }

  private func random(_ count: Int) -> [Factors] {
    var random = SeededGenerator(seed: 51)
    return (0..<count).map { _ in
      Factors(
        frequency: Double.random(in: 0...10, using: &random),
        amount: Double.random(in: 5...25, using: &random),
        variety: Double.random(in: 0...15, using: &random))
    }
  }

  @Test func `shares are the covariance with the score over its variance`() throws {
    let customers = random(500)
    var shares = VarianceShares()
    for customer in customers { shares.add(try terms(customer)) }
    let scores = try customers.map { try LiteralModel(scores: .loyalty).scores(from: $0).loyalty ?? .nan }
    let mean = scores.reduce(0, +) / 500
    let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let found = try #require(shares.shares(of: .loyalty))
    for (index, factor) in [Factor.frequency, .amount, .variety].enumerated() {
      let values = customers.map { ($0[factor] ?? .nan) / 3 }
      let center = values.reduce(0, +) / 500
      let covariance = zip(values, scores).reduce(0) { $0 + ($1.0 - center) * ($1.1 - mean) }
      #expect(abs(found[index] - covariance / variance) < 1e-12)
    }
    #expect(abs(found.sum() - 1) < 1e-12)
    #expect(shares.shares(of: .value) == nil)
  }

  @Test(arguments: [1, 2, 7, 100])
  func `merged parts agree with the whole`(parts: Int) throws {
    let customers = random(1000)
    var whole = VarianceShares()
    for customer in customers { whole.add(try terms(customer)) }
    var merged = VarianceShares()
    for part in 0..<parts {
      var shares = VarianceShares()
      for index in (part * 1000 / parts)..<((part + 1) * 1000 / parts) {
        shares.add(try terms(customers[index]))
      }
      merged.merge(shares)
    }
    let (left, right) = (
      try #require(whole.shares(of: .loyalty)), try #require(merged.shares(of: .loyalty))
    )
    for index in 0..<3 { #expect(abs(left[index] - right[index]) < 1e-12) }
  }

  @Test func `a large common offset does not drown the variance`() throws {
    var (near, far) = (VarianceShares(), VarianceShares())
    for customer in random(500) {
      near.add(try terms(customer))
      var shifted = customer
      shifted[.amount] = (customer.amount ?? 0) + 1e8
      far.add(try terms(shifted))
    }
    let (left, right) = (try #require(near.shares(of: .loyalty)), try #require(far.shares(of: .loyalty)))
    for index in 0..<3 { #expect(abs(left[index] - right[index]) < 1e-6) }
  }

  @Test func `one factor with over 80 % of the variance is warned about`() throws {
    var shares = VarianceShares()
    for factors in [Article.first, Article.second] {
      for score in Score.allCases { shares.add(try terms(factors, score)) }
    }
    let warnings = shares.warnings()
    #expect(warnings.map(\.factor) == [.amount])
    #expect(warnings.first?.description.hasPrefix("amount carries 98.6 % of the variance of loyalty") == true)
    #expect(try #require(shares.shares(of: .value))[0] == 500.0 / 650)
    #expect(shares.warnings(above: 0.7).map(\.factor) == [.amount, .purchaseValue])
  }

  @Test func `scores that do not vary have no shares and no warning`() throws {
    var shares = VarianceShares()
    #expect(shares.shares(of: .loyalty) == nil)
    for _ in 0..<3 { shares.add(try terms(Article.first)) }
    #expect(shares.shares(of: .loyalty) == nil)
    shares.add(try terms(Factors(frequency: 1e300, amount: 1, variety: 1)))
    #expect(shares.shares(of: .loyalty) == nil)
    #expect(shares.warnings().isEmpty)
  }
}
