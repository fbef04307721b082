/// How much of each score's variance over the customers comes from each of its factors.
///
/// The share of factor i in score s is cov(t_i, s) / var(s), t_i being the factor's term. The shares of a score
/// add up to 1; one may be negative, or above 1, where factors run against each other.
///
/// One is filled for each block of customers, in ascending order of ordinals, and they are merged in the order of
/// the blocks. Blocks are cut by ordinal and not by thread, so any number of threads gives the same bits.
public struct VarianceShares: Equatable, Sendable {
  private var scores: (Comoments, Comoments, Comoments) = (Comoments(), Comoments(), Comoments())

  /// Shares of no customer.
  public init() {}

  /// Adds a customer's terms of one score.
  public mutating func add(_ terms: ScoreTerms) { add(terms.score, terms.products) }

  @inline(__always)
  mutating func add(_ score: Score, _ products: SIMD3<Double>) {
    switch score {
    case .loyalty: scores.0.add(products)
    case .satisfaction: scores.1.add(products)
    case .value: scores.2.add(products)
    }
  }

  /// Adds the customers of the next block.
  public mutating func merge(_ next: VarianceShares) {
    scores.0.merge(next.scores.0)
    scores.1.merge(next.scores.1)
    scores.2.merge(next.scores.2)
  }

  /// The shares of a score's three factors, in the order of the formula; nil where the score does not vary, or so
  /// much that a double does not hold it.
  public func shares(of score: Score) -> SIMD3<Double>? { comoments(score).shares }

  /// The factors that carry more than a share of their score's variance, in the order of `Score` and `Factor`.
  public func warnings(above threshold: Double = VarianceWarning.threshold) -> [VarianceWarning] {
    var found: [VarianceWarning] = []
    for score in Score.allCases {
      guard let shares = shares(of: score) else { continue }
      let (first, second, third) = score.factors
      for (index, factor) in [first, second, third].enumerated() where shares[index] > threshold {
        found.append(VarianceWarning(score: score, factor: factor, share: shares[index]))
      }
    }
    return found
  }

  private func comoments(_ score: Score) -> Comoments {
    switch score {
    case .loyalty: scores.0
    case .satisfaction: scores.1
    case .value: scores.2
    }
  }

  /// Whether both hold the same numbers.
  public static func == (left: VarianceShares, right: VarianceShares) -> Bool {
    left.scores == right.scores
  }
}
