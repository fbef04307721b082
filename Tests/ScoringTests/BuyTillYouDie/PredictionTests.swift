import Testing

@testable import Scoring

@Suite struct PredictionTests {
  private static let models: [any PurchaseModel] = {
    let models: [(any PurchaseModel)?] = [
      BGNBD(parameters: [0.243, 4.414, 0.793, 2.426]), MBGNBD(parameters: [0.525, 6.183, 0.891, 1.614]),
      ParetoNBD(parameters: [0.553, 10.578, 0.606, 11.669]), ParetoNBD(parameters: [0.8, 12, 1, 3]),
    ]
    return models.compactMap { $0 }
  }()

  private static let customers = [
    (0, 0.0, 0.0), (0, 0, 38.86), (1, 1.71, 38.86), (7, 29.43, 38.86), (26, 30.86, 31), (5, 39, 39),
    (60, 12, 39),
  ].compactMap { SufficientStatistics(repeats: $0.0, recency: $0.1, age: $0.2) }

  @Test(
    "expected purchases are those of mpmath where the textbook formula fails",
    arguments: [
      ([0.243, 4.414, 0.793, 2.426], (2, 30.0, 38.0), 39.0, 1.2529343025669343931, 1.3693088560789264852),
      ([0.243, 4.414, 1, 2.426], (2, 30, 38), 39, 1.1265613233089502113, 1.2509746070065077576),
      ([0.243, 0.2, 0.05, 0.7], (1, 1, 2), 100_000, 29_716.787799639245983, 33_160.244840455401125),
      ([0.5, 0.01, 0.3, 0.4], (0, 0, 0), 5000, 4225.4331640065135295, 4224.4619610644775684),
      ([0.6, 4, 2.5, 3], (100_000, 52, 52), 5000, 66_590.283363975227009, 66_590.948100677192451),
      ([0.01, 1, 0.5, 0.6], (0, 0, 0), 1e6, 22.294139881269315018, 22.178752268303761665),
      ([2, 3, 500, 400], (3, 1, 2), 1000, 0.37692269999275788624, 0.37808311900780767414),
    ] as [([Double], (Int, Double, Double), Double, Double, Double)])
  func hardPoints(
    parameters: [Double], history: (Int, Double, Double), time: Double, plain: Double, modified: Double
  ) throws {
    let customer = try #require(SufficientStatistics(repeats: history.0, recency: history.1, age: history.2))
    let bg = try #require(BGNBD(parameters: parameters))
    let mbg = try #require(MBGNBD(parameters: parameters))
    #expect(relativeError(bg.expectedPurchases(of: customer, within: time), plain) < 1e-11)
    #expect(relativeError(mbg.expectedPurchases(of: customer, within: time), modified) < 1e-11)
  }

  @Test func `expectations do not jump where a is 1, nor where s is 1`() throws {
    let customer = try #require(SufficientStatistics(repeats: 4, recency: 20, age: 30))
    for third in [1 - 1e-9, 1, 1 + 1e-9] {
      let bg = try #require(BGNBD(parameters: [1.5, 10, third, 3]))
      let pareto = try #require(ParetoNBD(parameters: [1.5, 10, third, 3]))
      let (one, other) = (
        try #require(BGNBD(parameters: [1.5, 10, 1, 3])),
        try #require(ParetoNBD(parameters: [1.5, 10, 1, 3]))
      )
      #expect(
        relativeError(
          bg.expectedPurchases(of: customer, within: 52), one.expectedPurchases(of: customer, within: 52))
          < 1e-8)
      #expect(
        relativeError(
          pareto.expectedPurchases(of: customer, within: 52),
          other.expectedPurchases(of: customer, within: 52)) < 1e-8)
    }
  }

  @Test func `the distribution of purchases adds up to 1 and has the expected mean`() {
    for model in Self.models {
      for customer in Self.customers {
        for time in [1.0, 39] {
          let probabilities = model.purchaseProbabilities(of: customer, within: time, upTo: 1 - 1e-11)
          let sum = probabilities.reduce(0, +)
          let mean = probabilities.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
          let expected = model.expectedPurchases(of: customer, within: time)
          #expect((sum - 1).magnitude < 1e-8)
          #expect((mean - expected).magnitude < 1e-6 * (1 + expected), "\(type(of: model)) \(time)")
          #expect(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
          let interval = model.purchaseInterval(of: customer, within: time, level: 0.9)
          let inside = probabilities[interval.lowerBound...interval.upperBound].reduce(0, +)
          #expect(inside >= 0.9 - 1e-9)
        }
      }
    }
  }

  @Test func `expected purchases grow with time, and from nothing`() {
    for model in Self.models {
      for customer in Self.customers {
        var before = model.expectedPurchases(of: customer, within: 0)
        #expect(before == 0)
        for time in [0.1, 1, 10, 100, 1000, 10_000.0] {
          let next = model.expectedPurchases(of: customer, within: time)
          #expect(next > before || next == 0 && model.probabilityAlive(customer) < 1e-9)
          before = next
        }
      }
    }
  }

  @Test func `a customer who bought on the as-of day is alive, but for one who may leave right then`() throws
  {
    let today = try #require(SufficientStatistics(repeats: 5, recency: 39, age: 39))
    #expect(Self.models[2].probabilityAlive(today) == 1)
    // BG/NBD and MBG/NBD leave after a purchase: 1 / (1 + a/(b′+x-1)).
    #expect(relativeError(Self.models[0].probabilityAlive(today), 1 / (1 + 0.793 / 6.426)) < 1e-15)
    let gone = try #require(SufficientStatistics(repeats: 100_000, recency: 1, age: 500))
    for model in Self.models {
      #expect(model.probabilityAlive(gone) == 0)
      #expect(model.expectedPurchases(of: gone, within: 39) == 0)
      #expect(model.purchaseInterval(of: gone, within: 39) == 0...0)
    }
  }

  @Test func `BG/NBD takes every one-time buyer for alive, and so its P(alive) is no churn risk`() throws {
    let once = try #require(SufficientStatistics(repeats: 0, recency: 0, age: 1000))
    #expect(Self.models[0].probabilityAlive(once) == 1)
    #expect(Self.models[1].probabilityAlive(once) < 0.2 && Self.models[2].probabilityAlive(once) < 0.2)
    #expect(!BGNBD.tellsChurnRisk && MBGNBD.tellsChurnRisk && ParetoNBD.tellsChurnRisk)
  }

  @Test func `forecasts of many customers are the bits of one at a time`() throws {
    let customers = SimulatedCustomers.draw(600, [0.6, 5, 0.8, 2.4], seed: 2)
    let model = try #require(MBGNBD(parameters: [0.525, 6.183, 0.891, 1.614]))
    let spend = try #require(GammaGamma(parameters: [6.25, 3.74, 15.4]))
    let plan = try #require(DiscountPlan(months: 12, monthlyRate: 0.01, unit: .week))
    let value = LifetimeValue(purchases: model, spend: spend, plan: plan)
    var (purchases, values) = (PurchaseForecast(model, within: 39), PurchaseForecast(value))
    for customer in customers {
      #expect(purchases(customer) == model.expectedPurchases(of: customer, within: 39))
      #expect(values(customer) == value.value(of: customer))
    }
  }

  @Test func `a discount lowers a lifetime value, and no discount makes it purchases times spend`() throws {
    let customer = try #require(SufficientStatistics(repeats: 7, recency: 29, age: 39, meanSpend: 73.74))
    let model = try #require(ParetoNBD(parameters: [0.553, 10.578, 0.606, 11.669]))
    let spend = try #require(GammaGamma(parameters: [6.25, 3.74, 15.4]))
    let values = try [0, 0.01, 0.5].map { rate in
      let plan = try #require(DiscountPlan(periods: 12, length: 4.345, rate: rate))
      let value = LifetimeValue(purchases: model, spend: spend, plan: plan)
      return try #require(value.value(of: customer))
    }
    #expect(values[0] > values[1] && values[1] > values[2])
    let plain = model.expectedPurchases(of: customer, within: 12 * 4.345)
    #expect(relativeError(values[0], plain * (try #require(spend.expectedSpend(of: customer)))) < 1e-12)
    #expect(
      DiscountPlan(periods: 0, length: 1, rate: 0) == nil
        && DiscountPlan(periods: 1, length: 1, rate: -1) == nil)
  }

  @Test func `expected spend is between the customer's own mean and everybody's, and never invented`() throws
  {
    let spend = try #require(GammaGamma(parameters: [6.25, 3.74, 15.4]))
    let everybody = try #require(spend.meanSpend)
    let rich = try #require(SufficientStatistics(repeats: 3, recency: 3, age: 9, meanSpend: 200))
    let expected = try #require(spend.expectedSpend(of: rich))
    #expect(expected < 200 && expected > everybody)
    let giver = try #require(SufficientStatistics(repeats: 3, recency: 3, age: 9, meanSpend: -4))
    #expect(spend.expectedSpend(of: giver) == everybody)
    let flat = try #require(GammaGamma(parameters: [6, 0.9, 15]))
    #expect(flat.meanSpend == nil && flat.expectedSpend(of: .newcomer) == nil)
    #expect(flat.expectedSpend(of: rich) != nil)
  }

  @Test func `a standard error of expected purchases shrinks with the square root of the customers`() throws {
    let customers = SimulatedCustomers.draw(600, [0.6, 5, 0.8, 2.4], seed: 31)
    let few = BGNBD.fit(to: CompressedStatistics(customers))
    let many = BGNBD.fit(to: CompressedStatistics(Array(repeating: customers, count: 4).flatMap(\.self)))
    let customer = customers[0]
    let (wide, narrow) = (
      try #require(few.standardError(ofPurchasesOf: customer, within: 39)),
      try #require(many.standardError(ofPurchasesOf: customer, within: 39))
    )
    #expect(relativeError(wide, 2 * narrow) < 1e-3 && wide > 0)
  }

  @Test func `parameters and histories that make no sense are refused`() {
    for wrong in [[1, 1, 1], [1, 1, 1, 0], [1, -1, 1, 1], [1, .nan, 1, 1], [.infinity, 1, 1, 1]] as [[Double]]
    {
      #expect(
        BGNBD(parameters: wrong) == nil && MBGNBD(parameters: wrong) == nil
          && ParetoNBD(parameters: wrong) == nil)
    }
    #expect(GammaGamma(parameters: [1, 2]) == nil && GammaGamma(parameters: [1, 2, 0]) == nil)
    #expect(SufficientStatistics(repeats: 1, recency: 5, age: 4) == nil)
    #expect(SufficientStatistics(repeats: 0, recency: 1, age: 4) == nil)
    #expect(SufficientStatistics(repeats: -1, recency: 0, age: 4) == nil)
    #expect(SufficientStatistics(repeats: 1, recency: 0, age: .nan) == nil)
    #expect(SufficientStatistics(repeats: 1, recency: 4, age: 4) != nil)
  }
}
