/// How one customer's score comes about: each factor's value, weight and contribution.
///
/// Two statements hold bit for bit: the terms' products, added from left to right, are `sum`; and `sum / divisor`
/// is `value`. A term's `contribution` is its product divided on its own, so that it can be read in the unit of
/// the score; three divisions round three times, and what their sum lacks to the score is `residual`, a few
/// units in the last place of the largest contribution.
public struct Explanation: Equatable, Sendable, Undisclosed {
  /// One factor of the score.
  public struct Term: Equatable, Sendable, Undisclosed {
    /// The factor.
    public let factor: Factor
    /// Its number for the customer; nil only where it is missing and its weight is 0.
    public let value: Double?
    /// Its weight.
    public let weight: Double
    /// weight · value, what is added to `sum`; 0 where the weight is 0.
    public let product: Double
    /// product / divisor, in the unit of the score.
    public let contribution: Double
  }

  /// The score.
  public let score: Score
  /// The three factors, in the order in which they are added.
  public let terms: [Term]
  /// The products, added from left to right.
  public let sum: Double
  /// What `sum` is divided by: the weights, added from left to right.
  public let divisor: Double
  /// The score's value, `sum / divisor`.
  public let value: Double

  /// What the contributions, added from left to right, lack to the value: rounding only.
  public var residual: Double {
    value - terms.dropFirst().reduce(terms[0].contribution) { $0 + $1.contribution }
  }

  /// The explanation of terms that were computed from these factors.
  ///
  /// - Throws: `scoreOutOfRange` where the score is not a finite number.
  public init(_ terms: ScoreTerms, factors: Factors) throws(ScoringError) {
    score = terms.score
    sum = terms.sum
    divisor = terms.divisor
    value = try terms.value()
    let divisor = divisor
    let (first, second, third) = terms.score.factors
    self.terms = [first, second, third].enumerated().map { index, factor in
      Term(
        factor: factor, value: factors[factor], weight: terms.weights[index],
        product: terms.products[index], contribution: terms.products[index] / divisor)
    }
  }
}
