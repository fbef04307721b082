/// One score of a linear model, prepared for one customer after another: the same bits as ``ScoreTerms``, without its
/// checks.
struct WeightedSum: Sendable {
  private let slots: (Int, Int, Int)
  private let weights: SIMD3<Double>
  private let divisor: Double
  /// Whether all three factors count; else ``ScoreTerms`` adds up those that do.
  private let isFull: Bool

  /// The sum of a score's factors under weights.
  init(_ score: Score, weights: SIMD3<Double>) {
    let (first, second, third) = score.factors
    slots = (first.slot, second.slot, third.slot)
    self.weights = weights
    divisor = ScoreTerms.added(weights, weights)
    isFull = weights[0] != 0 && weights[1] != 0 && weights[2] != 0
  }

  /// The score, not finite where a term or the sum is not, and its terms. The factors that count must be there.
  @inline(__always)
  func value(_ factors: Factors) -> (score: Double, products: SIMD3<Double>) {
    let values = SIMD3(factors[slot: slots.0], factors[slot: slots.1], factors[slot: slots.2])
    var products = weights * values
    guard isFull else {
      products.replace(with: 0, where: weights .== 0)
      return (ScoreTerms.added(products, weights) / divisor, products)
    }
    return ((products[0] + products[1] + products[2]) / divisor, products)
  }
}
