/// The scores of a population by one model: a column for each number, a row for each customer.
public struct PopulationScores: Sendable {
  /// One number of every customer.
  public struct Column: Sendable {
    /// The name in JSON and CSV.
    public let name: String
    /// How many decimals people see.
    public let decimals: Int
    /// The numbers in the order of the customers; nil where the customer is excluded, or has no such number.
    public internal(set) var values: [Double?]
  }

  /// The model.
  public let model: PopulationModel
  /// The columns in the order in which they are shown.
  public let columns: [Column]
  /// Each customer's segment, for RFM.
  public let segments: [String?]?
  /// Why each customer is excluded, nil where it is scored: `missing:recency` and the like.
  public let exclusions: [String?]
  /// The fits that the scores come from.
  public let fits: [FitSummary]
  /// The norms that a composite was held against; nil for other models, and where nobody has the factors.
  public let norms: FrozenNorms?

  /// How many customers are scored.
  public var scored: Int { exclusions.count { $0 == nil } }

  /// How many customers are excluded, by reason, ascending.
  public var excluded: [(reason: String, customers: Int)] {
    var counts: [String: Int] = [:]
    for reason in exclusions { if let reason { counts[reason, default: 0] += 1 } }
    return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Whether the model was found: a fit of too few customers has none, and then nobody is scored.
  public var hasModel: Bool { fits.allSatisfy { $0.status != .notEnoughData } }

  /// Scores a population.
  ///
  /// - Throws: `invalidShape` for a number of bins or months that makes no sense; never because of the data.
  public init(
    _ model: PopulationModel, of members: [PopulationMember], settings: PopulationSettings
  ) throws(ScoringError) {
    var work = PopulationWork(members, settings)
    switch model {
    case .composite: try work.scoreComposite()
    case .rfm: try work.scoreRFM()
    case .bgNBD: try work.scorePurchases(BGNBD.self)
    case .mbgNBD: try work.scorePurchases(MBGNBD.self)
    case .paretoNBD: try work.scorePurchases(ParetoNBD.self)
    case .gammaGamma: work.scoreSpend()
    case .lifetimeValue: try work.scoreLifetimeValue()
    }
    self.model = model
    (columns, segments, exclusions, fits) = (work.columns, work.segments, work.exclusions, work.fits)
    norms = work.norms
  }
}
