/// A weight for each of the nine factors; 1 where nothing else is said.
///
/// `amount` weighs in loyalty and `purchaseValue` in value: one number, two weights.
public struct FactorWeights: Hashable, Sendable {
  private var values: [Double]

  /// The same weight for every factor.
  public init(all weight: Double = 1) { values = Array(repeating: weight, count: Factor.allCases.count) }

  /// Weights by factor; those that are not named weigh 1.
  public init(_ weights: [Factor: Double]) {
    self.init()
    for (factor, weight) in weights { self[factor] = weight }
  }

  /// The weight of a factor.
  public subscript(factor: Factor) -> Double {
    get { values[factor.position] }
    set { values[factor.position] = newValue }
  }
}
