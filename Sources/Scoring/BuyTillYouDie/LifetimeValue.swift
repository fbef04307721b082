/// Customer lifetime value: discounted expected purchases times the expected spend on one, taken as independent
/// (Fader, Hardie, Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis", 2005).
///
/// It is residual: what comes after the as-of day. No margin or acquisition cost is in it.
public struct LifetimeValue<Model: PurchaseModel>: Sendable {
  /// When customers buy and leave.
  public let purchases: Model
  /// What they spend on an occasion.
  public let spend: GammaGamma
  /// Horizon and discount.
  public let plan: DiscountPlan

  /// A value from two fitted models.
  public init(purchases: Model, spend: GammaGamma, plan: DiscountPlan) {
    (self.purchases, self.spend, self.plan) = (purchases, spend, plan)
  }

  /// The customer's value in major units, or nil where the expected spend is infinite.
  public func value(of customer: SufficientStatistics) -> Double? {
    guard let spend = spend.expectedSpend(of: customer) else { return nil }
    let discounted = plan.discountedPurchases(purchases, repeats: customer.repeats, age: customer.age)
    return purchases.probabilityAlive(customer) * discounted * spend
  }
}
