/// The article's formulas, bit for bit: three factors added from left to right as IEEE doubles, divided by 3.
///
/// loyalty = (frequency + amount + variety) / 3, satisfaction = (product quality + service quality + price
/// satisfaction) / 3, value = (purchase value + referral value + information value) / 3 (sections 3.1 to 3.3).
/// The factors are not brought to a common scale, so the amount usually carries the score: `VarianceWarning`
/// says so.
public struct LiteralModel: ScoringModel {
  /// `literal/1`.
  public static let about = ModelDescription(
    name: "literal", version: 1, summary: "the article's formulas: the plain mean of three factors a score")

  /// The scores it was asked for.
  public let scores: ScoreSet

  /// The model for these scores.
  ///
  /// - Throws: `scoreNotComputed` where the set is empty.
  public init(scores: ScoreSet) throws(ScoringError) {
    guard !scores.isEmpty else { throw ScoringError(.scoreNotComputed) }
    self.scores = scores
  }

  /// The model for all three scores.
  public init() { scores = .all }

  /// 1 for each, which makes the divisor 1 + 1 + 1 = 3 exactly, and each product the factor itself.
  public func weights(of score: Score) -> SIMD3<Double> { SIMD3(1, 1, 1) }

  /// The three factors as they are.
  public func terms(of score: Score, from factors: Factors) throws(ScoringError) -> ScoreTerms {
    try ScoreTerms(score, weights: weights(of: score), factors: factors)
  }
}
