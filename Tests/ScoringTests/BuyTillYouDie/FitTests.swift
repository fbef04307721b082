import Testing

@testable import Scoring

@Suite struct FitTests {
  private static let truth = [0.6, 5, 0.8, 2.4]
  private static let customers = SimulatedCustomers.draw(3000, truth, seed: 21)

  @Test func `a fit to customers of a BG/NBD world finds its parameters within four standard errors`() throws
  {
    let fit = BGNBD.fit(to: CompressedStatistics(Self.customers))
    #expect(fit.status == .converged && fit.warnings.isEmpty)
    let errors = try #require(fit.standardErrors)
    for (index, value) in try #require(fit.model).parameters.enumerated() {
      // Two purchases of one day are one occasion, so that the rate is a little lower than drawn.
      #expect((value - Self.truth[index]).magnitude < 4 * errors[index] + 0.1 * Self.truth[index])
      #expect(errors[index] > 0 && errors[index] < Self.truth[index])
    }
  }

  @Test func `a fit to customers of an MBG/NBD world prefers MBG/NBD`() throws {
    let customers = CompressedStatistics(
      SimulatedCustomers.draw(2500, [1.2, 6, 0.6, 1.5], mayLeaveAtOnce: true, seed: 4))
    let (modified, plain) = (MBGNBD.fit(to: customers), BGNBD.fit(to: customers))
    let (better, worse) = (try #require(modified.logLikelihood), try #require(plain.logLikelihood))
    #expect(better > worse + 3)
  }

  @Test func `Gamma-Gamma finds the parameters that amounts were drawn with`() throws {
    let fit = GammaGamma.fit(to: Self.customers)
    #expect(fit.status == .converged && fit.warnings.isEmpty)
    for (value, truth) in zip(try #require(fit.model).parameters, [6.0, 4, 15]) {
      #expect(relativeError(value, truth) < 0.3)
    }
  }

  @Test func `shuffled customers give the same bits`() throws {
    var random = SeededGenerator(seed: 9)
    let some = Array(Self.customers.prefix(1000))
    let shuffled = some.shuffled(using: &random)
    let bg = (BGNBD.fit(to: CompressedStatistics(some)), BGNBD.fit(to: CompressedStatistics(shuffled)))
    #expect(bg.0.model == bg.1.model && bg.0.logLikelihood == bg.1.logLikelihood)
    #expect(bg.0.standardErrors == bg.1.standardErrors)
    // Of one age, so that few distinct terms are to be evaluated.
    let few = SimulatedCustomers.draw(300, Self.truth, weeks: 39...39, seed: 77)
    let pareto = (
      ParetoNBD.fit(to: CompressedStatistics(few)),
      ParetoNBD.fit(to: CompressedStatistics(few.shuffled(using: &random)))
    )
    #expect(pareto.0.model == pareto.1.model && pareto.0.model != nil)
    #expect(GammaGamma.fit(to: some).model == GammaGamma.fit(to: shuffled).model)
  }

  @Test func `the unit of time changes the time parameters and nothing else`() throws {
    let weeks = Array(Self.customers.prefix(800))
    let days = try weeks.map { row in
      try #require(
        SufficientStatistics(
          repeats: row.repeats, recency: row.recency * 7, age: row.age * 7, meanSpend: row.meanSpend))
    }
    let byWeek = try #require(BGNBD.fit(to: CompressedStatistics(weeks)).model)
    let byDay = try #require(BGNBD.fit(to: CompressedStatistics(days)).model)
    #expect(relativeError(byDay.alpha, byWeek.alpha * 7) < 1e-7 && relativeError(byDay.r, byWeek.r) < 1e-7)
    #expect(relativeError(byDay.a, byWeek.a) < 1e-6 && relativeError(byDay.b, byWeek.b) < 1e-6)
  }

  @Test func `a fit to nobody, to one customer, or to customers who are all equal does not throw`() throws {
    let none = BGNBD.fit(to: CompressedStatistics([]))
    #expect(none.status == .notEnoughData && none.model == nil)
    #expect(none.warnings == [.fewCustomers(0), .fewRepeaters(0)])
    #expect(GammaGamma.fit(to: []).status == .notEnoughData)
    let one = try #require(SufficientStatistics(repeats: 3, recency: 20, age: 39, meanSpend: 12))
    for customers in [[one], Array(repeating: one, count: 500)] {
      let compressed = CompressedStatistics(customers)
      #expect(compressed.distinct == 1)
      for status in [
        BGNBD.fit(to: compressed).status, MBGNBD.fit(to: compressed).status,
        ParetoNBD.fit(to: compressed).status,
        GammaGamma.fit(to: customers).status,
      ] {
        #expect(status == .parameterAtBound || status == .notConverged || status == .converged)
        #expect(status != .notEnoughData)
      }
      let fit = BGNBD.fit(to: compressed)
      #expect(customers.count > 1 || fit.warnings.contains(.fewCustomers(1)))
      #expect(fit.model?.expectedPurchases(of: one, within: 39).isFinite == true)
    }
  }

  @Test func `customers who all bought once are not enough to fit to`() throws {
    let once = try (1...300).map {
      try #require(SufficientStatistics(repeats: 0, recency: 0, age: Double($0) / 7))
    }
    let customers = CompressedStatistics(once)
    #expect(BGNBD.fit(to: customers).status == .notEnoughData)
    #expect(ParetoNBD.fit(to: customers).status == .notEnoughData)
    #expect(MBGNBD.fit(to: customers).warnings == [.fewRepeaters(0)])
    #expect(GammaGamma.fit(to: once).model == nil)
  }

  @Test func `a customer who bought a hundred thousand times breaks no fit`() throws {
    let eager = try #require(SufficientStatistics(repeats: 100_000, recency: 39, age: 39, meanSpend: 3))
    let customers = CompressedStatistics(Array(Self.customers.prefix(500)) + [eager])
    let few = CompressedStatistics(Array(Self.customers.prefix(40)) + [eager])
    for model: any PurchaseModel in [
      try #require(BGNBD.fit(to: customers).model), try #require(MBGNBD.fit(to: customers).model),
      try #require(ParetoNBD.fit(to: few).model),
    ] {
      let expected = model.expectedPurchases(of: eager, within: 39)
      #expect(expected > 10_000 && expected < 110_000)
    }
  }

  @Test func `amounts that go with frequency are warned of`() throws {
    let customers = try (1...400).map { index in
      try #require(
        SufficientStatistics(
          repeats: 1 + index % 20, recency: 10, age: 20, meanSpend: Double(5 + index % 20 * 3 + index % 3)))
    }
    let fit = GammaGamma.fit(to: customers)
    #expect(fit.warnings.contains { $0.code == "amount_correlates_with_frequency" })
    #expect(fit.warnings.allSatisfy { !$0.description.isEmpty })
  }
}
