import Testing

@testable import Scoring

@Suite struct EvaluationTests {
  @Test func `a perfect ranking, a reversed one and none are told apart`() throws {
    let amounts = (0..<100).map { Double($0) }
    let bought = amounts.map { $0 >= 50 }
    let perfect = try RankQuality(scores: amounts, amounts: amounts, bought: bought)
    #expect(perfect.spearman == 1 && perfect.areaUnderCurve == 1)
    #expect((try #require(perfect.topDecileCapture) - 945.0 / 4950).magnitude < 1e-15)
    let reversed = try RankQuality(scores: amounts.map { -$0 }, amounts: amounts, bought: bought)
    #expect(reversed.spearman == -1 && reversed.areaUnderCurve == 0)
    let none = try RankQuality(scores: amounts.map { _ in 1 }, amounts: amounts, bought: bought)
    #expect(none.spearman == nil && none.areaUnderCurve == 0.5)
    #expect((try #require(none.topDecileCapture) - 0.1).magnitude < 1e-15)
  }

  @Test func `a holdout in which nobody or everybody buys gives no number`() throws {
    let quality = try RankQuality(scores: [1, 2, 3], amounts: [0, 0, 0], bought: [false, false, false])
    #expect(quality.spearman == nil && quality.areaUnderCurve == nil && quality.topDecileCapture == nil)
    #expect(throws: ScoringError(.invalidShape)) { try RankQuality(scores: [1], amounts: [], bought: [true]) }
    #expect(throws: ScoringError(.invalidShape)) {
      try RankQuality(scores: [.nan], amounts: [1], bought: [true])
    }
  }

  @Test func `ties count half, as by hand`() throws {
    // Of nine pairs of a buyer and a non-buyer 4 are above, 1 is equal, 4 are below.
    let quality = try RankQuality(
      scores: [5, 3, 1, 3, 2, 4], amounts: [1, 1, 1, 0, 0, 0],
      bought: [true, true, true, false, false, false])
    #expect((try #require(quality.areaUnderCurve) - 4.5 / 9).magnitude < 1e-15)
  }

  @Test func `the order of the customers is no matter`() throws {
    var random = SeededGenerator(seed: 1)
    let rows = (0..<3000).map { _ -> (score: Double, amount: Double) in
      let score = Int.random(in: 0...40, using: &random)
      let cents = Int.random(in: 0...9999, using: &random)
      return (Double(score), Double(cents) / 100)
    }
    func quality(_ rows: [(score: Double, amount: Double)]) throws -> (RankQuality, LiftChart, Calibration) {
      let (scores, amounts, bought) = (rows.map(\.score), rows.map(\.amount), rows.map { $0.amount > 20 })
      return (
        try RankQuality(scores: scores, amounts: amounts, bought: bought),
        try LiftChart(scores: scores, amounts: amounts, bought: bought),
        try Calibration(predicted: scores, actual: amounts)
      )
    }
    let (first, second) = (try quality(rows), try quality(rows.shuffled(using: &random)))
    #expect(first.0 == second.0 && first.1 == second.1 && first.2 == second.2)
  }

  @Test func `a lift chart rises to all, and of perfect predictions a calibration is the diagonal`() throws {
    let amounts = (0..<1000).map { Double($0 % 250) }
    let chart = try LiftChart(scores: amounts, amounts: amounts, bought: amounts.map { $0 > 100 })
    #expect(chart.points.count == 10 && chart.points.last?.amount == 1 && chart.points.last?.lift == 1)
    for (left, right) in zip(chart.points, chart.points.dropFirst()) {
      #expect(try #require(left.amount) < (try #require(right.amount)))
      #expect(try #require(left.lift) > (try #require(right.lift)))
    }
    let calibration = try Calibration(predicted: amounts, actual: amounts)
    #expect(
      calibration.groups.count == 10 && calibration.totalRatio == 1 && calibration.meanAbsoluteError == 0)
    #expect(calibration.groups.allSatisfy { $0.predicted == $0.actual })
    #expect(calibration.groups.reduce(0) { $0 + $1.customers } == 1000)
    let flat = try Calibration(
      predicted: Array(repeating: 2, count: 30), actual: Array(repeating: 1, count: 30))
    #expect(flat.groups.count == 1 && flat.totalRatio == 2 && flat.meanAbsoluteError == 1)
  }
}

/// The bake-off: which score of the first 39 weeks ranks CDNOW's customers best by the next 39.
@Suite(.enabled(if: SharedData.isPresent, SharedData.reason))
struct BakeOffTests {
  private struct Customers {
    var inputs: [CompositeInput] = []
    var statistics: [SufficientStatistics] = []
    var amounts: [Double] = []
    var bought: [Bool] = []
    var counts: [Double] = []

    init() throws {
      let end = try day("1997-09-30")
      let holdout = Dictionary(grouping: try CDNOWPurchase.all().filter { $0.day > end }, by: \.customer)
      for (customer, occasions) in try CDNOWPurchase.occasions(through: end, .payment) {
        guard let occasions, let statistics = occasions.statistics() else { continue }
        var input = CompositeInput()
        input[.recency] = Double(occasions.daysSinceLast)
        input[.frequency] = Double(occasions.count)
        input[.amount] = Double(occasions.netMinor) / 100
        inputs.append(input)
        self.statistics.append(statistics)
        let later = holdout[customer] ?? []
        amounts.append(Double(later.reduce(0) { $0 + $1.cents }) / 100)
        bought.append(!later.isEmpty)
        counts.append(Double(Set(later.map(\.day)).count))
      }
    }

    func quality(_ scores: [Double]) throws -> RankQuality {
      try RankQuality(scores: scores, amounts: amounts, bought: bought)
    }
  }

  private func table(_ name: String) throws -> [String: Double] {
    let bakeoff = try #require(
      try SharedData.json("reference/bakeoff.json")["CDNOW sample"] as? [String: Any])
    let ranks = try #require(bakeoff["rank_vs_holdout_spend"] as? [String: Any])
    return try #require(ranks[name] as? [String: Double])
  }

  @Test func `percentiles of recency, frequency and amount reach the table's correlation and capture`() throws
  {
    let customers = try Customers()
    let specification = CompositeSpecification.recencyFrequencyAmount
    let norms = try FrozenNorms("all", of: customers.inputs, for: specification, asOf: try day("1997-09-30"))
    let model = try CompositeModel(specification, norms: norms)
    let quality = try customers.quality(try customers.inputs.map { try model.score(of: $0).value })
    let expected = try table("percentile mean(R,F,M)")
    #expect((try #require(quality.spearman) - (try #require(expected["spearman"]))).magnitude < 1e-4)
    #expect((try #require(quality.areaUnderCurve) - (try #require(expected["AUC_any"]))).magnitude < 1e-4)
    // The table cuts at 235 of 235.7 customers.
    #expect(try #require(quality.topDecileCapture) >= (try #require(expected["top10pct_capture"])))
    let spend = try customers.quality(customers.inputs.map { $0[.amount] ?? 0 })
    let past = try table("past spend")
    #expect((try #require(spend.spearman) - (try #require(past["spearman"]))).magnitude < 1e-4)
    let (ours, theirs) = (try #require(quality.spearman), try #require(spend.spearman))
    #expect(ours > theirs + 0.05)
  }

  @Test func `lifetime values rank as the table says, and expected purchases come true in sum`() throws {
    let customers = try Customers()
    let compressed = CompressedStatistics(customers.statistics)
    let spend = try #require(GammaGamma.fit(to: customers.statistics).model)
    let plan = try #require(DiscountPlan(periods: 1, length: 39, rate: 0))
    func check<Model: PurchaseModel>(_ type: Model.Type, _ name: String) throws {
      let model = try #require(Model.fit(to: compressed).model)
      let value = LifetimeValue(purchases: model, spend: spend, plan: plan)
      let quality = try customers.quality(customers.statistics.map { value.value(of: $0) ?? 0 })
      let expected = try table(name)
      #expect((try #require(quality.spearman) - (try #require(expected["spearman"]))).magnitude < 2e-4)
      #expect(
        (try #require(quality.topDecileCapture) - (try #require(expected["top10pct_capture"]))).magnitude
          < 0.01)
      let calibration = try Calibration(
        predicted: customers.statistics.map { model.expectedPurchases(of: $0, within: 39) },
        actual: customers.counts)
      #expect((0.8...0.95).contains(try #require(calibration.totalRatio)))
    }
    try check(BGNBD.self, "BG/NBD x GG")
    try check(MBGNBD.self, "MBG/NBD x GG")
    try check(ParetoNBD.self, "Pareto/NBD x GG")
  }

  @Test func `clusters from the reference's starting points are the reference's clusters`() throws {
    let customers = try Customers()
    let columns = [CompositeFactor.recency, .frequency, .amount].map { factor in
      customers.inputs.map { $0[factor] ?? 0 }
    }
    let reference = try #require(
      try SharedData.json("reference/cdnow_raw_rfm_segments.json")["kmeans_k4"] as? [String: Any])
    let points = try StandardizedPoints(columns: columns)
    let clustering = KMeans(points, from: try #require(reference["init"] as? [[Double]]))
    #expect(clustering.isConverged)
    #expect((clustering.inertia - (try #require(reference["inertia"] as? Double))).magnitude < 1e-8)
    let sizes = try #require(reference["sizes"] as? [Int])
    #expect(clustering.sizes.sorted() == sizes.sorted())
    let silhouette = Silhouette(clustering, points, seed: 1)
    #expect(!silhouette.isSample)
    #expect(
      (try #require(silhouette.value) - (try #require(reference["silhouette"] as? Double))).magnitude < 1e-9)
    let drawn = try KMeans(points, clusters: 4, seed: 7)
    #expect(drawn.inertia <= clustering.inertia * 1.001)
  }
}
