/// The beta-geometric/NBD model: a customer buys at a Gamma(r, α) rate, and after each repeat purchase leaves with a
/// Beta(a, b) probability (Fader, Hardie, Lee, "'Counting Your Customers' the Easy Way: An Alternative to the Pareto/NBD Model", Marketing Science 24, 2005).
///
/// Who has bought only once is alive for certain under this model: P(alive) is no churn risk here.
public struct BGNBD: PurchaseModel, Equatable {
  /// `bg-nbd/1`.
  public static let about = ModelDescription(
    name: "bg-nbd", version: 1,
    summary: "purchases and departure after repeat purchases (Fader, Hardie, Lee 2005)")
  /// r, alpha, a, b.
  public static let parameterNames = ["r", "alpha", "a", "b"]

  /// Shape of the purchase rates.
  public let r: Double
  /// Rate of the purchase rates, a time.
  public let alpha: Double
  /// First shape of the probability of leaving.
  public let a: Double
  /// Second shape of the probability of leaving.
  public let b: Double

  private var core: BetaGeometric { BetaGeometric(r: r, alpha: alpha, a: a, b: b, shift: 0) }

  /// A model with r, alpha, a, b, each above 0 and finite; else nil.
  public init?(parameters: [Double]) {
    guard parameters.count == 4, parameters.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    (r, alpha, a, b) = (parameters[0], parameters[1], parameters[2], parameters[3])
  }

  /// r, alpha, a, b.
  public var parameters: [Double] { [r, alpha, a, b] }

  /// The probability that the customer has not left by the as-of day.
  public func probabilityAlive(_ customer: SufficientStatistics) -> Double { core.probabilityAlive(customer) }

  /// How many purchases are expected if the customer is alive.
  public func expectedPurchasesIfAlive(repeats: Int, age: Double, within time: Double) -> Double {
    core.expectedIfAlive(repeats: repeats, age: age, within: time)
  }

  /// The probabilities of 0, 1, … purchases.
  public func purchaseProbabilities(
    of customer: SufficientStatistics, within time: Double, upTo level: Double
  ) -> [Double] { core.purchaseProbabilities(of: customer, within: time, upTo: level) }

  /// ln of the likelihood of the customers' histories.
  public func logLikelihood(of customers: CompressedStatistics) -> Double {
    BetaGeometricLikelihood(customers: customers, shift: 0)
      .derivatives(at: SIMD4(r, alpha, a, b), order: .first).value
  }

  /// Maximum likelihood.
  public static func fit(to customers: CompressedStatistics) -> ModelFit<BGNBD> {
    PurchaseFit.run(
      BetaGeometricLikelihood(customers: customers, shift: 0), customers,
      start: SIMD4(0.5, PurchaseFit.timeScale(customers), 1, 2))
  }
}
