import ArgumentParser
import Ingest
import Scoring
import Vault

/// What the commands are told that look at a whole population at once: which days are occasions, in which unit time
/// counts, how far ahead to look.
struct PopulationOptions: ParsableArguments {
  @Option(
    help: "The unit of time of a fitted model: day, week or month. Rates and times are in it.",
    transform: PopulationWord.unit)
  var unit: TimeUnit = .week

  @Option(
    help: """
      Which local days are purchase occasions: spend (net amount above 0) or payment (any payment, as the literature \
      counts).
      """, transform: PopulationWord.occasion)
  var occasion: OccasionRule = .spend

  @Option(help: "How many months ahead purchases and lifetime value are counted.")
  var months = 12

  @Option(name: .customLong("monthly-discount"), help: "What a month of lifetime value is discounted by.")
  var monthlyDiscount = 0.01

  @Option(help: "How many RFM bins there are, 2 to 9.")
  var bins = 5

  @Option(
    name: .customLong("segments"), help: "A table of RFM segments: name,recency,frequency,monetary.",
    completion: .file())
  var segmentTable: String?

  func validate() throws {
    guard (1...600).contains(months) else { throw ValidationError("--months is a number from 1 to 600") }
    guard monthlyDiscount > -1, monthlyDiscount <= 1 else {
      throw ValidationError("--monthly-discount is a number above -1 and at most 1, such as 0.01")
    }
    guard (2...9).contains(bins) else { throw ValidationError("--bins is a number from 2 to 9") }
  }
}

/// Words for the choices of a population model.
enum PopulationWord {
  /// Reads a unit of time.
  static func unit(_ text: String) throws -> TimeUnit {
    guard let unit = TimeUnit(rawValue: text) else { throw ValidationError("--unit is day, week or month") }
    return unit
  }

  /// Reads which days are occasions.
  static func occasion(_ text: String) throws -> OccasionRule {
    guard let rule = OccasionRule(rawValue: text) else {
      throw ValidationError("--occasion is spend or payment")
    }
    return rule
  }
}

extension PopulationOptions {
  /// The settings of a run as of a day.
  func settings(asOf: LocalDay, minorDigits: Int) throws -> PopulationSettings {
    PopulationSettings(
      asOf: asOf, unit: unit, months: months, monthlyRate: monthlyDiscount, bins: bins,
      segments: try segments(),
      minorDigits: minorDigits)
  }

  /// The table of segments that was named, or the usual one.
  func segments() throws -> RFMSegments {
    guard let segmentTable else { return .standard }
    do {
      return try RFMSegments(parsing: try TextFile.read(segmentTable, limit: 1 << 16))
    } catch let error as ScoringError {
      throw CommandFailure.badInput(error.code.rawValue, "file of segments: \(error)")
    }
  }
}

extension Session {
  /// Gathers the population that the options name.
  func population(
    _ scoring: ScoreOptions, _ options: PopulationOptions, window: Window? = nil,
    holdoutThrough: LocalDay? = nil,
    purpose: String?
  ) throws -> GatheredCustomers {
    try gatherEverybody(
      try scoring.gatheringPlan(window: window),
      GatherPlan(rule: options.occasion, holdoutThrough: holdoutThrough), purpose: purpose)
  }
}

extension ScoreOptions {
  /// The plan by which a population is gathered: its model is not asked.
  func gatheringPlan(window: Window? = nil) throws -> ScorePlan {
    ScorePlan(
      model: try LiteralModel(scores: .loyalty), window: try window ?? days(), definitions: try definitions(),
      minorDigits: Self.minorDigits)
  }
}

extension GatheredCustomers {
  /// The customers as models see them.
  var members: [PopulationMember] {
    customers.map { PopulationMember(factors: $0.factors, occasions: $0.occasions) }
  }
}
