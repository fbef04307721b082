public import Scoring
internal import Yams

/// A composite score in a file: factors with their weights and normalizers, how they are added up, what happens where one is
/// missing, and how events become factors.
///
/// ```yaml
/// model: composite
/// name: value-2026                # shown with the scores
/// factors:                        # in the order in which they are added
///   recency:   {weight: 2}
///   frequency: {}                 # weight 1, percentile, more is better
///   amount:    {weight: 2, transform: {log: 100}, normalizer: {winsorized: [0.01, 0.99]}}
///   product_quality: {normalizer: {range: [1, 5]}}
/// aggregation: arithmetic         # geometric, minimum
/// missing: error                  # the customer has no score; median, or {renormalize: 0.6} with the least coverage
/// variety: category               # product, channel
/// ratings: {scale: [1, 5], prior: 3.5, prior_ratings: 4}
/// referral: {days: 365, share: 0.5}
/// information: {unit_value: 0.2, rating: 1, interaction: 2, referral: 0}
/// ```
public struct CompositeFile: Sendable, Hashable {
  /// The name that is shown with the scores; nil for none.
  public let name: String?
  /// What the score is made of.
  public let specification: CompositeSpecification
  /// What variety counts.
  public let variety: VarietyUnit
  /// How referrals become a value.
  public let referral: ReferralAttribution
  /// What information is worth, where it is declared.
  public let information: InformationValuation?
  /// The scale of the ratings, where it is declared.
  public let ratingScale: RatingScale?

  init(_ root: inout YAMLMap) throws(VaultError) {
    name = try root.members.contains { $0.0 == "name" } ? root.line("name") : nil
    let scale = try Self.ratings(try root.optionalMap("ratings"))
    ratingScale = scale
    referral = try Self.referral(try root.optionalMap("referral"))
    information = try Self.information(try root.optionalMap("information"))
    variety = try Self.word(&root, "variety") ?? .product
    var terms: [CompositeTerm] = []
    let factors = try root.map("factors")
    for (name, node) in factors.members {
      guard let factor = CompositeFactor(rawValue: name) else {
        throw factors.error(
          name, "is no factor",
          hint: "one of: \(CompositeFactor.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      terms.append(try Self.term(factor, node, factors, scale))
    }
    let aggregation: CompositeSpecification.Aggregation = try Self.word(&root, "aggregation") ?? .arithmetic
    let missing = try Self.missing(&root)
    try root.finish()
    do throws(ScoringError) {
      specification = try CompositeSpecification(terms, aggregation: aggregation, missing: missing)
    } catch {
      let place = error.compositeFactor.map { "factors.\($0.rawValue)" } ?? "factors"
      throw root.error(
        place, "has a weight, a range or quantiles that make no sense, or a z-score in a geometric mean",
        hint: "weights are above 0, ranges ascend, quantiles are from 0 to 1")
    }
  }

  /// How events become factors, beside what a run says of frequency and currencies.
  public func apply(to definitions: inout FactorDefinitions) {
    definitions.variety = variety
    definitions.referral = referral
    definitions.information = information
    definitions.ratingScale = ratingScale
  }

  // MARK: - Parts

  private static func word<Word: RawRepresentable & CaseIterable>(
    _ map: inout YAMLMap, _ key: String
  ) throws(VaultError) -> Word? where Word.RawValue == String {
    guard let text = try map.optionalText(key) else { return nil }
    guard let word = Word(rawValue: text) else {
      throw map.error(key, "is not one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return word
  }

  private static func term(
    _ factor: CompositeFactor, _ node: Node, _ factors: YAMLMap, _ scale: RatingScale?
  ) throws(VaultError) -> CompositeTerm {
    // `frequency:` alone is the factor as it usually is.
    if case .scalar(let scalar) = node, scalar.string.isEmpty {
      return CompositeTerm(factor, normalizer: usual(factor, scale))
    }
    var map = try YAMLMap(node, path: "factors.\(factor.rawValue)", document: factors.document)
    let weight = try map.optionalNumber("weight") ?? 1
    let transform = try transform(&map)
    let normalizer = try normalizer(&map) ?? usual(factor, scale)
    let direction: Direction? = try word(&map, "direction")
    try map.finish()
    return CompositeTerm(
      factor, weight: weight, transform: transform, normalizer: normalizer, direction: direction)
  }

  /// Ratings are held against their declared scale.
  private static func usual(_ factor: CompositeFactor, _ scale: RatingScale?) -> Normalizer? {
    switch factor {
    case .productQuality, .serviceQuality, .priceSatisfaction:
      scale.map { .fixedRange(lower: $0.lower, upper: $0.upper) }
    default: nil
    }
  }

  private static func transform(_ map: inout YAMLMap) throws(VaultError) -> Transform {
    if map.isText("transform") {
      guard try map.text("transform") == "none" else { throw map.error("transform", "is not known") }
      return .none
    }
    guard var choice = try map.optionalMap("transform") else { return .none }
    let transform: Transform
    if let unit = try choice.optionalNumber("log") {
      transform = .logarithm(unit: unit)
    } else if let half = try choice.optionalNumber("saturation") {
      transform = .saturation(half: half)
    } else {
      throw map.error("transform", "is neither {log: UNIT} nor {saturation: HALF}")
    }
    try choice.finish()
    return transform
  }

  private static func normalizer(_ map: inout YAMLMap) throws(VaultError) -> Normalizer? {
    if map.isText("normalizer") {
      switch try map.text("normalizer") {
      case "percentile": return .percentile
      case "z_score": return .zScore
      case "robust_z_score": return .robustZScore
      default: throw map.error("normalizer", "is not percentile, z_score or robust_z_score")
      }
    }
    guard var choice = try map.optionalMap("normalizer") else { return nil }
    let normalizer: Normalizer
    if let (lower, upper) = try choice.optionalPair("range") {
      normalizer = .fixedRange(lower: lower, upper: upper)
    } else if let (lower, upper) = try choice.optionalPair("winsorized") {
      normalizer = .winsorizedMinMax(lower: lower, upper: upper)
    } else if let bins = try choice.optionalNumber("bins"), let bins = Int(exactly: bins) {
      normalizer = .quantileBins(bins)
    } else {
      throw map.error("normalizer", "is not {range: [L, U]}, {winsorized: [P, Q]} or {bins: N}")
    }
    try choice.finish()
    return normalizer
  }

  private static func missing(
    _ root: inout YAMLMap
  ) throws(VaultError) -> CompositeSpecification.MissingPolicy {
    if root.isText("missing") {
      switch try root.text("missing") {
      case "error": return .exclude
      case "median": return .referenceMedian
      default: throw root.error("missing", "is not error, median or {renormalize: COVERAGE}")
      }
    }
    guard var choice = try root.optionalMap("missing") else { return .exclude }
    guard let coverage = try choice.optionalNumber("renormalize"), (0...1).contains(coverage) else {
      throw choice.error("renormalize", "is not a share of the weights from 0 to 1")
    }
    try choice.finish()
    return .renormalize(minimumCoverage: coverage)
  }

  private static func ratings(_ map: YAMLMap?) throws(VaultError) -> RatingScale? {
    guard var map else { return nil }
    guard let (lower, upper) = try map.optionalPair("scale") else { throw map.error("scale", "is missing") }
    let (prior, count) = (try map.optionalNumber("prior"), try map.optionalNumber("prior_ratings"))
    try map.finish()
    var mean: BayesianMean?
    if prior != nil || count != nil {
      guard let prior, let count, let known = BayesianMean(prior: prior, strength: count) else {
        throw map.error("prior", "and prior_ratings go together: a rating, and how many it is worth")
      }
      mean = known
    }
    guard let scale = RatingScale(lower: lower, upper: upper, prior: mean) else {
      throw map.error("scale", "does not ascend, or prior is not on it")
    }
    return scale
  }

  private static func referral(_ map: YAMLMap?) throws(VaultError) -> ReferralAttribution {
    guard var map else { return .whole }
    let (days, share) = (try map.optionalNumber("days"), try map.optionalNumber("share") ?? 1)
    try map.finish()
    guard days.map({ (1...36_600).contains($0) && $0 == $0.rounded() }) ?? true,
      let attribution = ReferralAttribution(days: days.map { Int($0) }, share: share)
    else { throw map.error("share", "is not from 0 to 1, or days is not a number of days") }
    return attribution
  }

  private static func information(_ map: YAMLMap?) throws(VaultError) -> InformationValuation? {
    guard var map else { return nil }
    let unit = try map.optionalNumber("unit_value")
    let points = (
      try map.optionalNumber("rating") ?? 0, try map.optionalNumber("interaction") ?? 0,
      try map.optionalNumber("referral") ?? 0
    )
    try map.finish()
    guard let unit,
      let valuation = InformationValuation(
        rating: points.0, interaction: points.1, referral: points.2, unitValue: unit)
    else { throw map.error("unit_value", "is missing or negative, or nothing gives a point") }
    return valuation
  }
}
