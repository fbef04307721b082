/// The composite score, `composite/1`: factors normalized against frozen norms and aggregated.
///
/// The arithmetic score is defined as the sum, from left to right, of the contributions (wᵢ/W) nᵢ, so that what an
/// explanation shows adds up to the score exactly, bit for bit.
public struct CompositeModel: Sendable {
  /// `composite/1`.
  public static let about = ModelDescription(
    name: "composite", version: 1, summary: "factors normalized against frozen norms, weighted and aggregated"
  )

  /// What the score is made of.
  public let specification: CompositeSpecification
  /// What factors are held against.
  public let norms: FrozenNorms

  private let weights: [Double]

  /// A model of norms that were computed for the specification.
  ///
  /// - Throws: `invalidComposite` where the norms are not those of its terms.
  public init(_ specification: CompositeSpecification, norms: FrozenNorms) throws(ScoringError) {
    guard norms.entries.map(\.term) == specification.terms else { throw ScoringError(.invalidComposite) }
    self.specification = specification
    self.norms = norms
    let total = specification.totalWeight
    weights = specification.terms.map { $0.weight / total }
  }

  /// A model of a population: with the norms given, else with the population's own.
  ///
  /// The population of norms is those whom the specification can score at all: where a missing factor leaves customers
  /// without a score, those who have every factor. Nil where there is nobody.
  ///
  /// - Throws: `noReference` where nobody has a factor whose norm needs a population, `invalidComposite` where the norms
  ///   given are of another specification.
  public init?(
    _ specification: CompositeSpecification, _ norms: FrozenNorms?, of inputs: [CompositeInput],
    asOf: LocalDay,
    named name: String = "run"
  ) throws(ScoringError) {
    if let norms {
      try self.init(specification, norms: norms)
      return
    }
    let population =
      specification.missing == .exclude
      ? inputs.filter { input in specification.terms.allSatisfy { input[$0.factor] != nil } } : inputs
    guard !population.isEmpty else { return nil }
    try self.init(
      specification,
      norms: try FrozenNorms(name, of: population, for: specification, asOf: asOf))
  }

  /// The customer's score, or the first missing factor that leaves the customer without one.
  public func score(of customer: CompositeInput) throws(ScoringError) -> CompositeScore {
    let coverage = try coverage(of: customer)
    var sum: Double?
    var logSum = 0.0
    var least = Double.infinity
    for index in specification.terms.indices {
      guard let part = part(index, of: customer, coverage) else { continue }
      switch specification.aggregation {
      // The first contribution as it is: 0 + -0 would lose a sign.
      case .arithmetic: sum = sum.map { $0 + part.weight * part.normalized } ?? part.weight * part.normalized
      case .geometric: logSum += part.weight * logarithm(part.normalized)
      case .minimum: least = min(least, part.normalized)
      }
    }
    switch specification.aggregation {
    case .arithmetic: return CompositeScore(value: sum ?? 0, coverage: coverage)
    case .geometric: return CompositeScore(value: exponential(logSum), coverage: coverage)
    case .minimum: return CompositeScore(value: least, coverage: coverage)
    }
  }

  /// The share of the weights whose factors are known.
  private func coverage(of customer: CompositeInput) throws(ScoringError) -> Double {
    var (known, firstMissing): (Double, CompositeTerm?) = (0, nil)
    for (term, weight) in zip(specification.terms, weights) {
      if customer[term.factor] != nil { known += weight } else if firstMissing == nil { firstMissing = term }
    }
    guard let firstMissing else { return 1 }
    switch specification.missing {
    case .referenceMedian where known > 0: return known
    case .renormalize(let minimum) where known > 0 && known >= minimum: return known
    default: throw ScoringError(.missingFactor, compositeFactor: firstMissing.factor)
    }
  }

  /// A factor as it counts for the customer: its share of the weights and its normalized value; nil where others count
  /// for it.
  @inline(__always)
  func part(
    _ index: Int, of customer: CompositeInput, _ coverage: Double
  ) -> (weight: Double, normalized: Double, isMedian: Bool)? {
    let term = specification.terms[index]
    let entry = norms.entries[index]
    if let value = customer[term.factor] {
      let weight = specification.missing.isRenormalizing ? weights[index] / coverage : weights[index]
      return (weight, term.normalized(term.transform(value) + 0, entry.norm), false)
    }
    guard specification.missing == .referenceMedian, let median = entry.median else { return nil }
    return (weights[index], median, true)
  }
}

extension CompositeSpecification.MissingPolicy {
  fileprivate var isRenormalizing: Bool {
    if case .renormalize = self { return true }
    return false
  }
}

/// A composite score with the share of the weights that known factors carry.
public struct CompositeScore: Hashable, Sendable, Undisclosed {
  /// The score: in 0...1 unless z-scores are in it.
  public let value: Double
  /// The share of the weights whose factors are known, 1 where all are.
  public let coverage: Double
}
