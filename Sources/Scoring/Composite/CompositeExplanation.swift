/// How one customer's composite score comes about.
///
/// With the arithmetic mean the contributions, added from left to right, are the score, bit for bit. With the
/// geometric mean the score is the product of the `multiplier`s, to rounding. With the minimum the smallest factor is all of
/// it.
public struct CompositeExplanation: Equatable, Sendable, Undisclosed {
  /// One factor of the score.
  public struct Term: Equatable, Sendable, Undisclosed {
    /// The factor.
    public let factor: CompositeFactor
    /// The customer's number, nil where it is missing.
    public let raw: Double?
    /// What it came to on the common scale; nil where others count for it.
    public let normalized: Double?
    /// Its share of the weights; 0 where others count for it.
    public let weight: Double
    /// What it adds to the score; for the geometric mean its logarithm's part, for the minimum all or nothing.
    public let contribution: Double
    /// Whether the population's median stands in for a missing number.
    public let isReferenceMedian: Bool
  }

  /// The score.
  public let score: CompositeScore
  /// How contributions make the score.
  public let aggregation: CompositeSpecification.Aggregation
  /// The norms' name.
  public let norms: String
  /// The as-of day of the norms' population.
  public let normsAsOf: LocalDay
  /// The factors in the order in which they are added.
  public let terms: [Term]

  /// What the contributions, added from left to right, lack to the score: exactly 0 for the arithmetic mean.
  public var residual: Double {
    switch aggregation {
    case .arithmetic, .minimum:
      let counting = terms.filter { $0.normalized != nil }.map(\.contribution)
      return score.value - (counting.dropFirst().reduce(counting.first ?? 0, +))
    case .geometric: return score.value - exponential(terms.reduce(0) { $0 + $1.contribution })
    }
  }
}

extension CompositeModel {
  /// How a customer's score comes about.
  ///
  /// - Throws: `missingFactor` as `score(of:)`.
  public func explanation(of customer: CompositeInput) throws(ScoringError) -> CompositeExplanation {
    let score = try score(of: customer)
    let parts = specification.terms.indices.map { part($0, of: customer, score.coverage) }
    let smallest = parts.firstIndex { $0?.normalized == score.value }
    let terms = specification.terms.enumerated().map { index, term in
      let part = parts[index]
      let contribution: Double =
        switch specification.aggregation {
        case .arithmetic: part.map { $0.weight * $0.normalized } ?? 0
        case .geometric: part.map { $0.weight * logarithm($0.normalized) } ?? 0
        case .minimum: index == smallest ? score.value : 0
        }
      return CompositeExplanation.Term(
        factor: term.factor, raw: customer[term.factor], normalized: part?.normalized,
        weight: part?.weight ?? 0,
        contribution: contribution, isReferenceMedian: part?.isMedian ?? false)
    }
    return CompositeExplanation(
      score: score, aggregation: specification.aggregation, norms: norms.id, normsAsOf: norms.asOf,
      terms: terms)
  }
}
