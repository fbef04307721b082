import ArgumentParser
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
  ///
  /// - Parameters:
  ///   - policy: the policy's segments, whose table counts where no file is named.
  ///   - composite: the composite that was written down.
  func settings(
    asOf: LocalDay, minorDigits: Int, policy: SegmentPolicy? = nil, composite: CompositeFile? = nil
  ) throws -> PopulationSettings {
    var settings = PopulationSettings(
      asOf: asOf, unit: unit, months: months, monthlyRate: monthlyDiscount, bins: bins,
      segments: try segments(policy), minorDigits: minorDigits)
    if let composite { settings.composite = composite.specification }
    return settings
  }

  /// The table of segments that was named, or the policy's, or the usual one.
  func segments(_ policy: SegmentPolicy? = nil) throws -> RFMSegments {
    try SegmentTable.read(segmentTable) ?? policy?.rfm ?? .standard
  }
}

extension GatheredCustomers {
  /// The customers as models see them.
  var members: [PopulationMember] { customers.map(\.member) }
}

extension GatheredCustomer {
  /// The customer as models see one.
  var member: PopulationMember { PopulationMember(factors: factors, occasions: occasions) }
}
