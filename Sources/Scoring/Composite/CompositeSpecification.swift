/// What a composite score is made of: its factors, how they are added up, and what happens where one is missing.
///
/// The steps are those of the OECD and JRC "Handbook on Constructing Composite Indicators" (2008): normalization,
/// weighting, aggregation, missing data.
public struct CompositeSpecification: Hashable, Sendable {
  /// How normalized factors become one score.
  public enum Aggregation: String, CaseIterable, Hashable, Sendable {
    /// The weighted mean: a low factor is made up for by a high one. Contributions add up to the score.
    case arithmetic
    /// The weighted geometric mean, of factors in 0...1: a factor of 0 makes the score 0.
    case geometric
    /// The smallest factor: nothing is made up for. Weights only say which factors take part.
    case minimum
  }

  /// What happens where a factor is missing. It is never taken as 0.
  public enum MissingPolicy: Hashable, Sendable {
    /// The customer has no score.
    case exclude
    /// The others count for it, where their share of the weights, the coverage, is at least so much.
    case renormalize(minimumCoverage: Double)
    /// The median of the population stands in for it.
    case referenceMedian
  }

  /// The factors, each once, in the order in which they are added.
  public let terms: [CompositeTerm]
  /// How they become one score.
  public let aggregation: Aggregation
  /// What happens where one is missing.
  public let missing: MissingPolicy

  /// A specification.
  ///
  /// - Throws: `invalidComposite` where there is no term, a factor comes twice, a weight is not above 0 and finite, a range or
  ///   quantile is empty, or z-scores are to be multiplied.
  public init(
    _ terms: [CompositeTerm], aggregation: Aggregation = .arithmetic, missing: MissingPolicy = .exclude
  ) throws(ScoringError) {
    guard !terms.isEmpty, Set(terms.map(\.factor)).count == terms.count else {
      throw ScoringError(.invalidComposite)
    }
    for term in terms {
      guard term.weight > 0, term.weight.isFinite, term.transform.isValid, term.normalizer.isValid,
        aggregation != .geometric || term.normalizer.isUnitRange
      else { throw ScoringError(.invalidComposite, compositeFactor: term.factor) }
    }
    if case .renormalize(let coverage) = missing {
      guard coverage >= 0 && coverage <= 1 else { throw ScoringError(.invalidComposite) }
    }
    self.terms = terms
    self.aggregation = aggregation
    self.missing = missing
  }

  /// Recency, frequency and amount by percentile, each weighing the same: what ranks customers best of the simple
  /// scores on CDNOW.
  public static let recencyFrequencyAmount = CompositeSpecification(
    unchecked: [CompositeTerm(.recency), CompositeTerm(.frequency), CompositeTerm(.amount)])

  private init(unchecked terms: [CompositeTerm]) {
    (self.terms, aggregation, missing) = (terms, .arithmetic, .exclude)
  }

  /// The sum of the weights, from left to right.
  var totalWeight: Double { terms.reduce(0) { $0 + $1.weight } }
}
