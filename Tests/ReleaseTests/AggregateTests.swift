import Anonymization
import Testing

@testable import Release

@Suite("Aggregates with noise") struct AggregateTests {
  private static let columns = ["amount", "city", "tier"]
  private static let yaml = """
    queries:
      - {name: customers, count: all}
      - {name: cities, histogram: city, cells: [Wuhan, Berlin]}
      - {name: bands, histogram: amount, bounds: [1000, 5000]}
      - {name: turnover, sum: amount, clamp: [0, 10000], group_by: {tier: [gold, silver]}}
      - {name: mean, mean: amount, clamp: [0, 10000], where: {city: Wuhan}}
      - {name: median, quantile: amount, rank: 1/2, grid: [0, 2000, 3000, 8000]}
    """

  private func queries(_ yaml: String = Self.yaml) throws -> [AggregateQuery] {
    try AggregateFile.parse(yaml: yaml, file: "q.yaml")
  }

  private func tally(_ queries: [AggregateQuery]) -> AggregateTally {
    let tally = AggregateTally(queries, columns: Self.columns) { $0 == "amount" ? 2 : 0 }
    let rows = [
      ["10.00", "Wuhan", "gold"], ["20", "Wuhan", "silver"], ["39.999", "Berlin", "gold"],
      ["500", "Paris", "bronze"],
      ["", "Wuhan", "gold"],
    ]
    for row in rows {
      for (column, cell) in row.enumerated() { tally.cell(column, cell.utf8.span) }
      tally.endRow()
    }
    return tally
  }

  /// With an epsilon this great the noise is 0 but for a chance of 10^-40.
  private func exact() throws -> [String: [AggregateFigure]] {
    let plan = try AggregatePlan(try queries(), epsilon: Rational(100_000_000), delta: .zero)
    var bits = RandomBits(SystemRandomNumberGenerator())
    return Dictionary(grouping: tally(try queries()).release(plan, from: &bits), by: \.query)
  }

  @Test func `without noise the figures are the truth`() throws {
    let figures = try exact()
    #expect(figures["customers"]?.map(\.text) == ["5"])
    #expect(figures["cities"]?.map { "\($0.cell ?? "") \($0.text)" } == ["Wuhan 3", "Berlin 1"])
    #expect(
      figures["bands"]?.map { "\($0.cell ?? "") \($0.text)" } == [
        "<10.00 0", "[10.00, 50.00) 3", ">=50.00 1",
      ])
    // Clamped at 100.00 a customer; a tier that was not declared is in no group.
    #expect(figures["turnover"]?.map { "\($0.group[0].value) \($0.text)" } == ["gold 49.99", "silver 20.00"])
    #expect(figures["mean"]?.map(\.text) == ["15.00"])
    // Two values lie under 30.00, and two above.
    #expect(figures["median"]?.map(\.text) == ["30.00"])
  }

  @Test func `shares follow the weights and add up to what is spent, exactly`() throws {
    let weighted = try queries(
      "queries: [{name: a, count: all, weight: 3}, {name: b, sum: amount, clamp: [-50, 20]}]")
    let plan = try AggregatePlan(weighted, epsilon: Rational(1, over: 5), delta: .zero)
    #expect(plan.steps.map(\.share) == [Rational(3, over: 20), Rational(1, over: 20)])
    #expect(plan.steps[0].parameter == Rational(20, over: 3))
    // The greater end of the clamp is what one customer can change.
    #expect(plan.steps[1].parameter == Rational(1000))
    #expect(plan.charge.epsilon == Rational(1, over: 5))
  }

  @Test func `with a delta the noise is Gaussian and the shares are of rho`() throws {
    let plan = try AggregatePlan(
      try queries(), epsilon: Rational(1), delta: Rational(1, over: 1_000_000))
    #expect(Set(plan.steps.map(\.mechanism)) == ["discrete Gaussian", "permute-and-flip"])
    #expect(plan.steps.reduce(Rational.zero) { $0 + $1.share } == plan.charge.rho)
  }

  @Test(arguments: [
    "queries: []", "queries: [{count: all}]", "queries: [{name: a}]",
    "queries: [{name: a, count: all, sum: x}]",
    "queries: [{name: a, sum: x}]", "queries: [{name: a, sum: x, clamp: [5, 1]}]",
    "queries: [{name: a, histogram: x}]", "queries: [{name: a, histogram: x, cells: [b, b]}]",
    "queries: [{name: a, quantile: x, rank: 3/2, grid: [1]}]", "queries: [{name: a, quantile: x, rank: 1/2}]",
    "queries: [{name: a, count: all}, {name: a, count: all}]", "queries: [{name: a, count: all, weight: 0}]",
    "queries: [{name: a, count: all, grid: [1]}]", "queries: [{name: a, count: all, epsilon: 3}]", "x: 1", "",
  ])
  func `a list that is none is refused`(yaml: String) throws {
    #expect(throws: ReleaseError.self) { try queries(yaml) }
  }

  @Test func `an epsilon of nothing is no epsilon`() throws {
    #expect(throws: AnonymizationError.self) {
      try AggregatePlan(try queries(), epsilon: .zero, delta: .zero)
    }
  }
}
