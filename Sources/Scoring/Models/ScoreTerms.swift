/// The three terms of one score, before they are added and divided.
///
/// score = ((t1 + t2) + t3) / d, in IEEE doubles, from left to right, where t = weight · factor and d is the sum
/// of the weights, also from left to right. A term of weight 0 is left out of both sums.
public struct ScoreTerms: Equatable, Sendable, Undisclosed {
  /// The score.
  public let score: Score
  /// The weights of its three factors, in the order of the formula.
  public let weights: SIMD3<Double>
  /// weight · factor; 0 where the weight is 0.
  public let products: SIMD3<Double>

  /// Terms from the factors of a score.
  ///
  /// - Throws: `missingFactor` where a factor with a weight other than 0 is missing.
  public init(
    _ score: Score, weights: SIMD3<Double>, factors: Factors
  ) throws(ScoringError) {
    self.score = score
    self.weights = weights
    let (first, second, third) = score.factors
    self.products = SIMD3(
      try Self.product(weights[0], first, factors), try Self.product(weights[1], second, factors),
      try Self.product(weights[2], third, factors))
  }

  private static func product(
    _ weight: Double, _ factor: Factor, _ factors: Factors
  ) throws(ScoringError) -> Double {
    guard weight != 0 else { return 0 }
    guard let value = factors[factor] else { throw ScoringError(.missingFactor, factor: factor) }
    return weight * value
  }

  /// The terms added from left to right.
  public var sum: Double { Self.added(products, weights) }

  /// The weights added from left to right.
  public var divisor: Double { Self.added(weights, weights) }

  /// The score.
  ///
  /// - Throws: `scoreOutOfRange` where it is not a finite number.
  public func value() throws(ScoringError) -> Double {
    let value = sum / divisor
    guard value.isFinite else { throw ScoringError(.scoreOutOfRange) }
    return value
  }

  /// The sum, from left to right, of the addends whose weights are not 0.
  static func added(_ addends: SIMD3<Double>, _ weights: SIMD3<Double>) -> Double {
    if weights[0] != 0 && weights[1] != 0 && weights[2] != 0 { return addends[0] + addends[1] + addends[2] }
    var sum: Double?
    for index in 0..<3 where weights[index] != 0 {
      // The first term as it is: 0 + -0 would lose a sign that a + b keeps.
      sum = sum.map { $0 + addends[index] } ?? addends[index]
    }
    return sum ?? 0
  }
}
