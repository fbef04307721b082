/// How one customer's score by a model of a population comes about. It tells nothing of any other customer: no bound,
/// break or value of the population, which may be somebody's.
public struct PopulationExplanation: Sendable, Undisclosed {
  /// How contributions make the value.
  public enum Combination: String, Sendable {
    /// They add up to it, from left to right.
    case sum
    /// Their exponentials multiply to it: contributions are logarithms.
    case product
    /// The smallest factor is all of it.
    case minimum
  }

  /// One factor of the score.
  public struct Term: Equatable, Sendable, Undisclosed {
    /// The factor, or what is added for everybody.
    public let name: String
    /// The customer's number, nil where it is missing or the term is not the customer's own.
    public let raw: Double?
    /// What it came to on the model's scale, nil where the model has none for it.
    public let normalized: Double?
    /// Its weight, nil where the model has none.
    public let weight: Double?
    /// What it brings to the value.
    public let contribution: Double
    /// Whether the population's median stands in for a missing number.
    public let isReferenceMedian: Bool

    init(
      _ name: String, raw: Double?, normalized: Double? = nil, weight: Double? = nil, contribution: Double,
      isReferenceMedian: Bool = false
    ) {
      (self.name, self.raw, self.normalized, self.weight) = (name, raw, normalized, weight)
      (self.contribution, self.isReferenceMedian) = (contribution, isReferenceMedian)
    }
  }

  /// The model.
  public let model: PopulationModel
  /// Which of the model's numbers is explained, by the name of its column.
  public let score: String
  /// The number.
  public let value: Double
  /// What it is made of, in the order in which it is put together.
  public let terms: [Term]
  /// How.
  public let combination: Combination
  /// Other numbers of the customer by the model.
  public internal(set) var figures: [(name: String, value: Double)] = []
  /// The share of the weights whose factors are known; nil but for composites.
  public internal(set) var coverage: Double?
  /// The segment; nil but for RFM.
  public internal(set) var segment: String?
  /// The norms' name, as-of day and population; nil but for composites.
  public internal(set) var norms: (id: String, asOf: LocalDay, customers: Int)?
  /// The fits that the number comes from.
  public internal(set) var fits: [FitSummary] = []

  init(
    _ model: PopulationModel, _ score: String, _ value: Double, _ terms: [Term],
    _ combination: Combination = .sum
  ) {
    (self.model, self.score, self.value) = (model, score, value)
    (self.terms, self.combination) = (terms, combination)
  }

  /// What the contributions, put together, lack to the value: exactly 0 for a weighted mean and for bins, else rounding.
  public var residual: Double {
    // What others count for is no part of the sum: -0 + 0 would lose a sign.
    let parts = terms.filter { $0.normalized != nil || $0.weight != 0 }.map(\.contribution)
    let sum = parts.dropFirst().reduce(parts.first ?? 0, +)
    return combination == .product ? value - exponential(sum) : value - sum
  }

  /// The explanation of a customer's score.
  ///
  /// - Parameters:
  ///   - member: the customer, one of the population or not.
  ///   - population: whom bins, norms and fits are computed from.
  /// - Throws: `missingFactor` where the customer has no score, `notFitted` where the model was not found.
  public static func of(
    _ model: PopulationModel, _ member: PopulationMember, in population: [PopulationMember],
    settings: PopulationSettings
  ) throws(ScoringError) -> PopulationExplanation {
    let work = ExplanationWork(model, member, population, settings)
    switch model {
    case .composite: return try work.composite()
    case .rfm: return try work.rfm()
    case .bgNBD: return try work.purchases(BGNBD.self)
    case .mbgNBD: return try work.purchases(MBGNBD.self)
    case .paretoNBD: return try work.purchases(ParetoNBD.self)
    case .gammaGamma: return try work.spend()
    case .lifetimeValue: return try work.lifetimeValue()
    }
  }
}
