/// Expected purchases and values of many customers: what depends on the count and the age alone is computed once for
/// each distinct pair of them.
///
/// Of a million customers observed by the day, a few ten thousand pairs are distinct, and they carry nearly all of the
/// cost; P(alive) depends on the recency too and is computed for each. The results are the same bits as one at a
/// time.
public struct PurchaseForecast<Model: PurchaseModel>: Sendable {
  /// The fitted model.
  public let model: Model

  private var ages = DistinctKeys()
  private var pairs = DistinctKeys()
  /// For each pair what was computed, by what was asked for.
  private var expected: [Double] = []
  private let kind: Kind

  private enum Kind: Sendable {
    case purchases(within: Double)
    case discounted(DiscountPlan, GammaGamma)
  }

  /// A forecast of the purchases within a time after the as-of day.
  public init(_ model: Model, within time: Double) {
    self.model = model
    kind = .purchases(within: time)
  }

  /// A forecast of lifetime values.
  public init(_ value: LifetimeValue<Model>) {
    model = value.purchases
    kind = .discounted(value.plan, value.spend)
  }

  /// The customer's expected purchases or lifetime value; nil for a value whose expected spend is infinite.
  public mutating func callAsFunction(_ customer: SufficientStatistics) -> Double? {
    switch kind {
    case .purchases(let time):
      let alive = model.probabilityAlive(customer)
      let ifAlive = ifAlive(customer) { model, repeats, age in
        model.expectedPurchasesIfAlive(repeats: repeats, age: age, within: time)
      }
      return alive > 0 ? alive * ifAlive : 0
    case .discounted(let plan, let spend):
      guard let spend = spend.expectedSpend(of: customer) else { return nil }
      let discounted = ifAlive(customer) { model, repeats, age in
        plan.discountedPurchases(model, repeats: repeats, age: age)
      }
      return model.probabilityAlive(customer) * discounted * spend
    }
  }

  @inline(__always)
  private mutating func ifAlive(
    _ customer: SufficientStatistics, _ compute: (Model, Int, Double) -> Double
  ) -> Double {
    let age = UInt64(UInt32(bitPattern: ages.number(of: customer.age.bitPattern)))
    let place = Int(pairs.number(of: UInt64(customer.repeats) << 32 | age))
    if place == expected.count { expected.append(compute(model, customer.repeats, customer.age)) }
    return expected[place]
  }
}
