import Testing

@testable import Scoring

@Suite struct SatisfactionTests {
  private func counts(_ scale: ClosedRange<Int>, _ answers: [Int: Int]) throws -> RatingCounts {
    var counts = try #require(RatingCounts(scale: scale))
    for (answer, number) in answers { for _ in 0..<number { counts.add(answer) } }
    return counts
  }

  @Test func `CSAT is the share of the top two answers with Wilson's interval`() throws {
    let csat = try #require(try counts(1...5, [5: 40, 4: 41, 3: 12, 1: 7]).customerSatisfaction())
    #expect(csat.value == 0.81)
    // Computed apart, in Python.
    #expect((csat.lower - 0.7222115).magnitude < 1e-6 && (csat.upper - 0.8748525).magnitude < 1e-6)
    let all = try #require(wilsonInterval(successes: 10, of: 10))
    #expect(all.upper == 1 && (all.lower - 0.7224672).magnitude < 1e-6)
    #expect(try #require(wilsonInterval(successes: 0, of: 10)).lower == 0)
    #expect(wilsonInterval(successes: 0, of: 0) == nil && wilsonInterval(successes: 3, of: 2) == nil)
  }

  @Test func `NPS is promoters less detractors, with an interval that is not empty even where all agree`()
    throws
  {
    let nps = try #require(try counts(0...10, [10: 30, 9: 20, 8: 25, 6: 15, 0: 10]).netPromoterScore())
    #expect(nps.value == 0.25)
    // (50.75 - 25.75) / 103 ± 1.959964 √((50.75 + 25.75)/103 - (25/103)²) / √103
    #expect((nps.lower - 0.0830217).magnitude < 1e-6 && (nps.upper - 0.4024152).magnitude < 1e-6)
    let unanimous = try #require(try counts(0...10, [10: 5]).netPromoterScore())
    #expect(unanimous.value == 1 && unanimous.lower < 0.9 && unanimous.upper == 1)
    #expect(try counts(1...10, [10: 5]).netPromoterScore() == nil)
  }

  @Test func `CES is the mean with a normal interval inside the scale`() throws {
    let ces = try #require(try counts(1...7, [7: 10, 6: 10, 2: 5]).customerEffortScore())
    #expect(ces.value == 5.6 && ces.lower > 4.7 && ces.upper < 6.5)
    let one = try #require(try counts(1...7, [3: 1]).customerEffortScore())
    #expect(one == Estimate(value: 3, lower: 1, upper: 7))
    #expect(try counts(1...7, [:]).customerEffortScore() == nil)
  }

  @Test func `an answer beside the scale is not counted`() throws {
    var counts = try #require(RatingCounts(scale: 1...5))
    #expect(!counts.add(0) && !counts.add(6) && counts.add(5) && counts.total == 1 && counts.mean == 5)
    #expect(RatingCounts(scale: 0...5000) == nil)
  }

  @Test func `a mean of few ratings is drawn to everybody's`() throws {
    let mean = try #require(BayesianMean(prior: 4, strength: 10))
    #expect(mean(sum: 0, count: 0) == 4 && mean(sum: 1, count: 1) == 41.0 / 11)
    let many = try #require(mean(sum: 1000, count: 1000))
    #expect((many - 1).magnitude < 0.04)
    #expect(
      BayesianMean(prior: 4, strength: 0)?(sum: 0, count: 0) == nil
        && BayesianMean(prior: 4, strength: -1) == nil)
  }
}
