@testable import Anonymization
import Testing

/// A distribution on the whole numbers, by its weights.
private struct WholeNumberDistribution {
  let weight: (Int) -> Double
  private let total: Double
  private let reach: Int

  init(reach: Int, weight: @escaping (Int) -> Double) {
    self.weight = weight
    self.reach = reach
    total = (-reach...reach).reduce(0) { $0 + weight($1) }
  }

  static func laplace(scale: Double) -> WholeNumberDistribution {
    WholeNumberDistribution(reach: Int(scale * 60) + 60) { Reference.exp(-Double(abs($0)) / scale) }
  }

  static func gaussian(variance: Double) -> WholeNumberDistribution {
    WholeNumberDistribution(reach: Int(variance.squareRoot() * 20) + 20) {
      Reference.exp(-Double($0 * $0) / (2 * variance))
    }
  }

  func mass(_ x: Int) -> Double { weight(x) / total }
  var variance: Double { (-reach...reach).reduce(0) { $0 + Double($1 * $1) * mass($1) } }
  var fourthMoment: Double { (-reach...reach).reduce(0) { $0 + Double($1 * $1 * $1 * $1) * mass($1) } }

  /// Whether draws could be from this distribution: chi-square over cells of at least 20, mean and variance.
  func fits(_ draws: [Int]) -> Bool {
    let n = Double(draws.count)
    var counts: [Int: Int] = [:]
    for draw in draws { counts[draw, default: 0] += 1 }
    var statistic = 0.0
    var cells = 0
    var expected = 0.0
    var seen = 0.0
    func close() {
      statistic += (seen - expected) * (seen - expected) / expected
      cells += 1
      (expected, seen) = (0, 0)
    }
    for x in -reach...reach {
      expected += n * mass(x)
      seen += Double(counts[x] ?? 0)
      if expected >= 20 { close() }
    }
    seen += Double(draws.count { abs($0) > reach })
    if expected > 1e-6 || seen > 0 { (expected, seen) = (max(expected, 1), seen); close() }
    guard statistic <= Reference.chiSquareLimit(degrees: cells - 1) else { return false }
    let mean = draws.reduce(0.0) { $0 + Double($1) } / n
    let square = draws.reduce(0.0) { $0 + Double($1 * $1) } / n
    let deviation = ((fourthMoment - variance * variance) / n).squareRoot()
    return mean.magnitude <= 5 * (variance / n).squareRoot() && (square - variance).magnitude <= 5 * deviation
  }
}

@Suite struct SamplerTests {
  private static let draws = 100_000

  private func draw<Value>(
    seed: UInt64, count: Int = draws, _ body: (inout RandomBits<SeededGenerator>) -> Value
  ) -> [Value] {
    var source = RandomBits(SeededGenerator(seed: seed))
    return (0..<count).map { _ in body(&source) }
  }

  @Test(arguments: ["1/2", "1", "5/3", "10"])
  func `discrete Laplace draws have the mass, mean and variance of the distribution`(_ scale: String) throws {
    let scale = try #require(Rational(scale))
    let noise = try DiscreteLaplace(scale: scale)
    let truth = WholeNumberDistribution.laplace(scale: scale.approximation)
    #expect(truth.fits(draw(seed: 11) { noise.draw(from: &$0) }))
    let size = (-2000...2000).reduce(0.0) { $0 + Double(abs($1)) * truth.mass($1) }
    #expect((noise.meanDeviation - size).magnitude < 1e-9)
  }

  @Test(arguments: ["1/4", "1", "7/2", "100"])
  func `discrete Gaussian draws have the mass, mean and variance of the distribution`(_ variance: String)
    throws
  {
    let variance = try #require(Rational(variance))
    let noise = try DiscreteGaussian(variance: variance)
    #expect(
      WholeNumberDistribution.gaussian(variance: variance.approximation).fits(
        draw(seed: 12) { noise.draw(from: &$0) }))
  }

  @Test func `every script of coins leads to the exact mass`() throws {
    for (above, below) in [(1, 3), (2, 5), (5, 8)] {
      let odds = ExactOdds(depth: 16) { $0.bernoulli(Rational(above, over: below)) }
      let truth = Double(above) / Double(below)
      #expect(odds.mass[true, default: 0] <= truth + 1e-12)
      #expect(truth <= odds.mass[true, default: 0] + odds.rest + 1e-12)
      #expect(odds.rest < 0.01)
    }
    let uniform = ExactOdds(depth: 15) { $0.uniform(below: Natural(6 as UInt64)).low }
    for value in 0..<6 { #expect((uniform.mass[UInt64(value), default: 0] - 1.0 / 6).magnitude < 0.001) }
    for gamma in ["1/3", "1", "3/2"] {
      let rational = try #require(Rational(gamma))
      let odds = ExactOdds(depth: 14) { $0.bernoulli(expOfMinus: rational) }
      let truth = Reference.exp(-rational.approximation)
      #expect(odds.mass[true, default: 0] <= truth + 1e-12)
      #expect(truth <= odds.mass[true, default: 0] + odds.rest + 1e-12)
      #expect(odds.rest < 0.05)
    }
    let laplace = try DiscreteLaplace(scale: Rational(1))
    let odds = ExactOdds(depth: 14) { laplace.draw(from: &$0) }
    let truth = WholeNumberDistribution.laplace(scale: 1)
    for x in -3...3 {
      #expect(odds.mass[x, default: 0] <= truth.mass(x) + 1e-12)
      #expect(truth.mass(x) <= odds.mass[x, default: 0] + odds.rest + 1e-12)
    }
    #expect(odds.rest < 0.2)
  }

  @Test func `the test rejects rounded continuous noise`() {
    let truth = WholeNumberDistribution.laplace(scale: 1)
    let rounded = draw(seed: 13) { source in
      let uniform = (Double(source.bits(53)) + 0.5) / 0x1p53
      let size = -Reference.log(uniform)
      return Int((source.bits(1) == 0 ? size : -size).rounded())
    }
    #expect(!truth.fits(rounded))
    let gaussian = draw(seed: 14) { _ in 0 }
    #expect(!WholeNumberDistribution.gaussian(variance: 1).fits(gaussian))
  }

  @Test func `the test rejects modulo bias and a scale that is off by one`() throws {
    let limit = 6
    let biased = draw(seed: 15) { Int($0.bits(4)) % limit }
    var counts = [Int](repeating: 0, count: limit)
    for value in biased { counts[value] += 1 }
    let expected = Double(biased.count) / Double(limit)
    let statistic = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    #expect(statistic > Reference.chiSquareLimit(degrees: limit - 1))
    let wrong = try DiscreteLaplace(scale: Rational(11))
    #expect(!WholeNumberDistribution.laplace(scale: 10).fits(draw(seed: 16) { wrong.draw(from: &$0) }))
    let wide = try DiscreteGaussian(variance: Rational(101 * 101, over: 100))
    #expect(!WholeNumberDistribution.gaussian(variance: 100).fits(draw(seed: 17) { wide.draw(from: &$0) }))
  }

  @Test func `permute-and-flip selects with the odds of its paper`() throws {
    // Theorem 2 of McKenna and Sheldon for two candidates: the worse one with exp(-gap) / 2.
    let mechanism = try PermuteAndFlip(sensitivity: Natural(1 as UInt64), epsilon: Rational(1))
    let picks = draw(seed: 18) { mechanism.select([0, -2], from: &$0) }
    let worse = Double(picks.count { $0 == 1 }) / Double(picks.count)
    #expect((worse - Reference.exp(-1) / 2).magnitude < 0.006)
    let quantile = try PrivateQuantile(rank: Rational(1, over: 2), grid: Array(0...100), epsilon: Rational(5))
    let medians = draw(seed: 19, count: 200) { quantile.select(Array(20...80), from: &$0) }
    #expect(medians.allSatisfy { (40...60).contains($0) })
  }

  @Test func `parameters without meaning are refused`() throws {
    #expect(throws: AnonymizationError.self) { try DiscreteLaplace(scale: .zero) }
    #expect(throws: AnonymizationError.self) {
      try DiscreteLaplace(sensitivity: Natural(1 as UInt64), epsilon: .zero)
    }
    #expect(throws: AnonymizationError.self) { try DiscreteGaussian(variance: .zero) }
    #expect(throws: AnonymizationError.self) {
      try PrivateQuantile(rank: Rational(3, over: 2), grid: [1], epsilon: .one)
    }
  }
}
