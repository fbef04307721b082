/// A model that makes scores of factors, each score a quotient of three added terms.
///
/// A model is asked for a set of scores, by default all three. It needs every factor of those scores whose
/// weight is not 0, and a customer who lacks one of them gets no score at all, and is excluded with the first
/// missing factor in the order of `Factor` as the reason: scores in a list are comparable, because all were
/// computed for every customer in it. Data without ratings is scored by asking for loyalty only; data without
/// products by a weighted model that gives variety the weight 0.
///
/// Composite models (normalized factors) fit the same shape once they are fitted to a population.
public protocol ScoringModel: Sendable {
  /// Name, version and purpose.
  static var about: ModelDescription { get }
  /// The scores it was asked for.
  var scores: ScoreSet { get }
  /// The weights of a score's three factors, in the order of the formula.
  func weights(of score: Score) -> SIMD3<Double>
  /// The terms of a score.
  ///
  /// - Throws: `missingFactor` where a factor that it needs is missing.
  func terms(of score: Score, from factors: Factors) throws(ScoringError) -> ScoreTerms
}

extension ScoringModel {
  /// The factors without which a customer is excluded: of weight other than 0, of a score asked for.
  public var needs: FactorSet {
    var set: FactorSet = []
    for score in scores.scores {
      let weights = weights(of: score)
      let (first, second, third) = score.factors
      if weights[0] != 0 { set.insert(FactorSet(first)) }
      if weights[1] != 0 { set.insert(FactorSet(second)) }
      if weights[2] != 0 { set.insert(FactorSet(third)) }
    }
    return set
  }

  /// The scores of a customer.
  ///
  /// - Throws: `missingFactor` with the first missing factor in the order of `Factor`; `scoreOutOfRange`
  ///   where a score is not a finite number.
  public func scores(from factors: Factors) throws(ScoringError) -> Scores {
    if let factor = needs.subtracting(factors.present).first {
      throw ScoringError(.missingFactor, factor: factor)
    }
    var result = Scores()
    for score in Score.allCases where scores.contains(score) {
      result[score] = try terms(of: score, from: factors).value()
    }
    return result
  }

  /// How a customer's score comes about.
  ///
  /// - Throws: `scoreNotComputed` where the model was not asked for it; else as `scores(from:)`.
  public func explanation(of score: Score, from factors: Factors) throws(ScoringError) -> Explanation {
    guard scores.contains(score) else { throw ScoringError(.scoreNotComputed) }
    return try Explanation(try terms(of: score, from: factors), factors: factors)
  }
}
