import Foundation
import Testing

@testable import Scoring

/// The published and recomputed figures for the CDNOW sample.
@Suite(.enabled(if: SharedData.isPresent, SharedData.reason))
struct ReferenceFitTests {
  private static func customers(_ rule: OccasionRule = .payment) throws -> [SufficientStatistics] {
    try CDNOWPurchase.occasions(through: day("1997-09-30"), rule).compactMap { $0.1?.statistics() }
  }

  private func check<Model: PurchaseModel>(
    _ fit: ModelFit<Model>, _ parameters: [Double], tolerance: Double, logLikelihood: Double
  ) throws {
    #expect(fit.status == .converged && fit.warnings.isEmpty)
    let model = try #require(fit.model)
    for (value, expected) in zip(model.parameters, parameters) {
      #expect((value - expected).magnitude <= tolerance, "\(value) \(expected)")
    }
    #expect((try #require(fit.logLikelihood) - logLikelihood).magnitude < 1e-6)
  }

  @Test func `BG/NBD on payments, zero amounts included, is that of the reference`() throws {
    let customers = CompressedStatistics(try Self.customers())
    #expect(customers.customers == 2357 && customers.repeaters == 946)
    let fit = BGNBD.fit(to: customers)
    try check(
      fit, [0.2425945224, 4.4136020, 0.7929220, 2.4259068], tolerance: 1.5e-7, logLikelihood: -9582.429206674)
    #expect((try #require(fit.logLikelihood) - -9582.429206674).magnitude < 1e-9)
  }

  @Test func `BG/NBD on days with spend above zero is that of the reference`() throws {
    let customers = CompressedStatistics(try Self.customers(.spend))
    #expect(customers.customers == 2349)
    // The figures were computed elsewhere to six decimals or so; those below by Newton's method in 30 digits.
    let fit = BGNBD.fit(to: customers)
    try check(
      fit, [0.24390252, 4.42243555, 0.79250756, 2.42293788], tolerance: 1e-6, logLikelihood: -9578.196564424)
    try check(
      fit, [0.24390250780627, 4.4224352682284, 0.79250774067147, 2.4229384565378], tolerance: 1e-10,
      logLikelihood: -9578.196564423972)
  }

  @Test func `BG/NBD on the two-decimal file, its errors and its first customers are those of the reference`()
    throws
  {
    let rows = try SharedData.rows("data/cdnow/cdnow_customers_summary_with_transactions.csv")
    let customers = try rows.map { row in
      try #require(
        SufficientStatistics(
          repeats: Int(row[1]) ?? -1, recency: Double(row[2]) ?? .nan, age: Double(row[3]) ?? .nan,
          meanSpend: Double(row[4])))
    }
    let fit = BGNBD.fit(to: CompressedStatistics(customers))
    try check(
      fit, [0.24259290720446597, 4.413531561205428, 0.7928861480987638, 2.425753436493601], tolerance: 1e-9,
      logLikelihood: -9582.425560567)
    let errors = [0.012557319583625054, 0.3782214155295546, 0.18571914276584087, 0.7053457538187895]
    for (error, expected) in zip(try #require(fit.standardErrors), errors) {
      #expect(relativeError(error, expected) < 1e-6)
    }
    let spend = GammaGamma.fit(to: customers)
    let model = try #require(fit.model)
    let spendModel = try #require(spend.model)
    let parameters = zip(spendModel.parameters, [6.248802489708805, 3.7445884532875198, 15.447748009464716])
    for (value, expected) in parameters { #expect((value - expected).magnitude < 1e-7) }
    #expect((try #require(spend.logLikelihood) - -4055.9232435028634).magnitude < 1e-8)
    #expect(spend.repeaters == 946 && spend.warnings.isEmpty)
    let plan = try #require(DiscountPlan(periods: 12, length: 4.345, rate: 0.01))
    let value = LifetimeValue(purchases: model, spend: spendModel, plan: plan)
    let reference = try SharedData.json("reference/cdnow_models.json")
    let first = try #require(reference["first20"] as? [[String: Double]])
    for (customer, expected) in zip(customers, first) {
      let purchases = model.expectedPurchases(of: customer, within: 39)
      #expect((purchases - (try #require(expected["E39_mle"]))).magnitude < 1e-8)
      #expect((model.probabilityAlive(customer) - (try #require(expected["p_alive_mle"]))).magnitude < 1e-8)
      let mean = try #require(spendModel.expectedSpend(of: customer))
      #expect((mean - (try #require(expected["gg_mean_mle"]))).magnitude < 1e-6)
      let lifetime = try #require(value.value(of: customer))
      #expect((lifetime - (try #require(expected["clv_12m_1pct_mle"]))).magnitude < 1e-5)
    }
    let all = try #require(reference["all_customers"] as? [String: Any])
    let total = customers.reduce(0) { $0 + model.expectedPurchases(of: $1, within: 39) }
    #expect((total - (try #require(all["sum_E39"] as? Double))).magnitude < 1e-5)
  }

  @Test func `Pareto/NBD and MBG/NBD are those of the reference`() throws {
    let customers = CompressedStatistics(try Self.customers())
    // The reference's beta stands 4e-6 beside the maximum, which Newton's method in 30 digits finds at the second figures.
    let pareto = ParetoNBD.fit(to: customers)
    try check(
      pareto, [0.553277, 10.577683, 0.606240, 11.668731], tolerance: 5e-6, logLikelihood: -9594.976178939542)
    try check(
      pareto, [0.55327704685318, 10.577683463302, 0.60623998912783, 11.668735288855], tolerance: 1e-8,
      logLikelihood: -9594.976178939543)
    try check(
      MBGNBD.fit(to: customers), [0.524843, 6.183085, 0.891359, 1.614002], tolerance: 1.1e-6,
      logLikelihood: -9582.135715553748)
  }

  @Test func `Gamma-Gamma on 946 repeaters is that of the reference`() throws {
    let fit = GammaGamma.fit(to: try Self.customers())
    #expect(fit.repeaters == 946 && fit.status == .converged)
    for (value, expected) in zip(try #require(fit.model).parameters, [6.249572, 3.744225, 15.443521]) {
      #expect((value - expected).magnitude < 1e-6)
    }
    #expect((try #require(fit.logLikelihood) - -4055.917695).magnitude < 1e-6)
  }

  @Test func `the first twenty customers are those of the reference to a millionth`() throws {
    let customers = try Self.customers()
    let bg = try #require(BGNBD.fit(to: CompressedStatistics(customers)).model)
    let pareto = try #require(ParetoNBD.fit(to: CompressedStatistics(customers)).model)
    let reference = try SharedData.json("reference/cdnow_raw_rfm_segments.json")
    let first = try #require(reference["first20_exact"] as? [[String: Double]])
    #expect(first.count == 20)
    for (customer, expected) in zip(customers, first) {
      #expect(
        (bg.expectedPurchases(of: customer, within: 39) - (try #require(expected["bg_E39"]))).magnitude < 1e-6
      )
      #expect((bg.probabilityAlive(customer) - (try #require(expected["bg_palive"]))).magnitude < 1e-6)
      #expect(
        (pareto.expectedPurchases(of: customer, within: 39) - (try #require(expected["pnbd_E39"]))).magnitude
          < 1e-6)
      #expect((pareto.probabilityAlive(customer) - (try #require(expected["pnbd_palive"]))).magnitude < 1e-6)
    }
  }

  @Test func `the nasty points of the oracle are met to a billionth`() throws {
    let data = try Data(
      contentsOf: SharedData.folder.appending(path: "reference/bgnbd_cond_expectation_oracle.json"))
    let points = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    #expect(points.count >= 8)
    for point in points {
      func number(_ name: String) throws -> Double { try #require(point[name] as? Double) }
      let model = try #require(
        BGNBD(parameters: [try number("r"), try number("alpha"), try number("a"), try number("b")]))
      let customer = try #require(
        SufficientStatistics(
          repeats: Int(try number("x")), recency: try number("t_x"), age: try number("T")))
      let text = try #require(point["E"] as? String)
      let expected = try #require(Double(text))
      #expect(relativeError(model.expectedPurchases(of: customer, within: try number("t")), expected) < 1e-11)
    }
  }
}
