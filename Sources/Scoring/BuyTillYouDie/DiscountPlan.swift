/// The horizon and the discount of a customer lifetime value: equal periods, each counted at its end.
public struct DiscountPlan: Hashable, Sendable {
  /// How many periods.
  public let periods: Int
  /// The length of one, in the unit of the fit.
  public let length: Double
  /// The discount of one, 0.01 for a hundredth.
  public let rate: Double

  /// A plan, or nil where it has no period or no length, or the rate is not above -1.
  public init?(periods: Int, length: Double, rate: Double) {
    guard periods >= 1, length > 0, length.isFinite, rate > -1, rate.isFinite else { return nil }
    (self.periods, self.length, self.rate) = (periods, length, rate)
  }

  /// Months of 30.436875 days, with a discount for a month, in a unit of time; nil as above.
  public init?(months: Int, monthlyRate: Double, unit: TimeUnit) {
    self.init(periods: months, length: TimeUnit.month.days / unit.days, rate: monthlyRate)
  }

  /// The discounted purchases of a customer who is alive: Σ_k (E[Y(kℓ)] - E[Y((k-1)ℓ)]) / (1 + d)ᵏ.
  func discountedPurchases(_ model: some PurchaseModel, repeats: Int, age: Double) -> Double {
    var (sum, before, factor) = (0.0, 0.0, 1.0)
    for period in 1...periods {
      let cumulated = model.expectedPurchasesIfAlive(
        repeats: repeats, age: age, within: Double(period) * length)
      factor /= 1 + rate
      sum += (cumulated - before) * factor
      before = cumulated
    }
    return sum
  }
}
