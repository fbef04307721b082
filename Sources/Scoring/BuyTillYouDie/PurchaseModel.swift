/// A model of when customers buy and when they silently leave: a buy-till-you-die model.
///
/// `BGNBD`, `MBGNBD` and `ParetoNBD` differ in how a customer leaves. All times are in the unit of the fit.
public protocol PurchaseModel: Sendable {
  /// Name, version and purpose.
  static var about: ModelDescription { get }
  /// The parameters' names in the literature, in order.
  static var parameterNames: [String] { get }
  /// The parameters, in order, each above 0.
  var parameters: [Double] { get }
  /// A model with these parameters, or nil where they are not as many positive finite numbers.
  init?(parameters: [Double])
  /// The probability that the customer has not left by the as-of day.
  func probabilityAlive(_ customer: SufficientStatistics) -> Double
  /// How many purchases are expected of the customer in a time that starts at the as-of day.
  func expectedPurchases(of customer: SufficientStatistics, within time: Double) -> Double
  /// The same if the customer were known to be alive: it depends on x and T only.
  func expectedPurchasesIfAlive(repeats: Int, age: Double, within time: Double) -> Double
  /// The probabilities of 0, 1, … purchases of the customer in a time that starts at the as-of day, until they
  /// add up to at least the level.
  func purchaseProbabilities(
    of customer: SufficientStatistics, within time: Double, upTo level: Double
  ) -> [Double]
  /// ln of the likelihood of the customers' histories.
  func logLikelihood(of customers: CompressedStatistics) -> Double
  /// The likelihood's parameters at the maximum, never throwing.
  static func fit(to customers: CompressedStatistics) -> ModelFit<Self>
}

extension PurchaseModel {
  /// How many purchases are expected of the customer in a time that starts at the as-of day.
  public func expectedPurchases(of customer: SufficientStatistics, within time: Double) -> Double {
    let alive = probabilityAlive(customer)
    guard alive > 0 else { return 0 }
    return alive * expectedPurchasesIfAlive(repeats: customer.repeats, age: customer.age, within: time)
  }

  /// How many repeat purchases are expected of a customer in the time after the first purchase.
  public func expectedPurchasesOfNewcomer(within time: Double) -> Double {
    expectedPurchases(of: .newcomer, within: time)
  }

  /// Whether 1 less the probability of being alive may be shown as a risk of churn.
  ///
  /// Not for BG/NBD, which lets customers leave only after a repeat purchase, so that everybody who bought once is
  /// certainly alive.
  public static var tellsChurnRisk: Bool { about.name != BGNBD.about.name }

  /// The numbers of purchases between which the customer's will lie with a probability: the shortest interval from
  /// the quantile (1 - level) / 2 up. It counts chance and departure, and takes the parameters as known.
  public func purchaseInterval(
    of customer: SufficientStatistics, within time: Double, level: Double = 0.9
  ) -> ClosedRange<Int> {
    let level = min(max(level, 0), 0.999_999)
    let tail = (1 - level) / 2
    let probabilities = purchaseProbabilities(of: customer, within: time, upTo: 1 - tail)
    var (lower, cumulated) = (0, 0.0)
    for (count, probability) in probabilities.enumerated() {
      cumulated += probability
      if cumulated > tail {
        lower = count
        break
      }
    }
    return lower...max(lower, probabilities.count - 1)
  }
}
