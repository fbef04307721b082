/// The article's formulas with a weight for each factor.
///
/// score = (w1·x1 + w2·x2 + w3·x3) / (w1 + w2 + w3), all from left to right as IEEE doubles. A factor of weight 0
/// is left out, and not needed: a customer may lack it. Three equal weights are taken as 1, 1, 1, whatever they
/// are, so that equal weights give the bits of `literal`: 0.1·x would round where x does not.
public struct WeightedModel: ScoringModel {
  /// `weighted/1`.
  public static let about = ModelDescription(
    name: "weighted", version: 1,
    summary: "a weighted mean of three factors a score; equal weights give literal")

  /// The weights as they were given, for the record of a run.
  public let given: FactorWeights
  /// The scores it was asked for.
  public let scores: ScoreSet

  private let effective: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

  /// The model with these weights, for these scores.
  ///
  /// - Throws: `scoreNotComputed` where the set of scores is empty; `invalidWeights` where a weight is negative
  ///   or not finite, or the weights of a score asked for add up to 0 or to more than a double holds.
  public init(weights: FactorWeights, scores: ScoreSet = .all) throws(ScoringError) {
    guard !scores.isEmpty else { throw ScoringError(.scoreNotComputed) }
    for factor in Factor.allCases {
      guard weights[factor].isFinite, weights[factor] >= 0 else {
        throw ScoringError(.invalidWeights, factor: factor)
      }
    }
    given = weights
    self.scores = scores
    effective = (
      try Self.effective(.loyalty, weights, scores), try Self.effective(.satisfaction, weights, scores),
      try Self.effective(.value, weights, scores)
    )
  }

  /// The weights of a score's three factors, three equal ones as 1.
  public func weights(of score: Score) -> SIMD3<Double> {
    switch score {
    case .loyalty: effective.0
    case .satisfaction: effective.1
    case .value: effective.2
    }
  }

  /// The three factors, each times its weight.
  public func terms(of score: Score, from factors: Factors) throws(ScoringError) -> ScoreTerms {
    try ScoreTerms(score, weights: weights(of: score), factors: factors)
  }

  private static func effective(
    _ score: Score, _ weights: FactorWeights, _ asked: ScoreSet
  ) throws(ScoringError) -> SIMD3<Double> {
    let (first, second, third) = score.factors
    let mine = SIMD3(weights[first], weights[second], weights[third])
    let sum = mine[0] + mine[1] + mine[2]
    guard sum > 0 else {
      if asked.contains(score) { throw ScoringError(.invalidWeights, factor: first) }
      return mine
    }
    if mine[0] == mine[1] && mine[1] == mine[2] { return SIMD3(1, 1, 1) }
    guard sum.isFinite else { throw ScoringError(.invalidWeights, factor: first) }
    return mine
  }
}
