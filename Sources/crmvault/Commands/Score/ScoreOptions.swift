import ArgumentParser
import Ingest
import Scoring
import Vault

/// What every command that scores is told: the model, the days, and how events become factors.
struct ScoreOptions: ParsableArguments {
  @Option(
    help: """
      The model: literal, weighted, or a YAML file of weights; for `score run` also composite, rfm, bg-nbd, mbg-nbd, \
      pareto-nbd, gamma-gamma or clv.
      """, completion: .file())
  var model = "literal"

  @Option(
    name: .customLong("as-of"),
    help: "The last day that counts, YYYY-MM-DD: until its end in the vault's zone.")
  var asOf: String

  @Option(help: "The scores, comma-separated: loyalty, satisfaction, value (default: all).")
  var scores: String?

  @Option(help: "How far back events count: a number and d, w, m or y, such as 90d (default: everything).")
  var window: String?

  @Option(help: "What frequency counts: payments or spend-days.")
  var frequency = "payments"

  @Option(
    name: .customLong("other-currencies"),
    help: "What a payment in another currency does: exclude the customer, or leave-out the payment.")
  var otherCurrencies = "exclude"
}

extension ScoreOptions {
  /// The plan that these options name.
  func plan() throws -> ScorePlan {
    ScorePlan(
      model: try scoringModel(), window: try days(), definitions: try definitions(),
      minorDigits: Self.minorDigits)
  }

  /// The decimals of a currency by its ISO 4217 code.
  static let minorDigits: @Sendable (String) -> Int? = { code in
    Ingest.CurrencyCode(code).map { Int($0.exponent) }
  }

  /// The as-of day.
  func asOfDay() throws(CommandFailure) -> LocalDay {
    guard let day = LocalDay(asOf) else {
      throw .usage("bad_date", "--as-of is a date that the calendar has, YYYY-MM-DD")
    }
    return day
  }

  /// The days that count.
  func days() throws -> Window {
    let through = try asOfDay()
    guard let window else { return Window(through: through) }
    guard let span = WindowSpan(window), let days = span.window(through: through) else {
      throw CommandFailure.usage(
        "bad_window", "--window is a number from 1 and d, w, m or y", hints: "for instance 90d, 12w, 6m or 1y"
      )
    }
    return days
  }

  /// How events become factors.
  func definitions() throws(CommandFailure) -> FactorDefinitions {
    let frequencies: [String: FrequencyDefinition] = ["payments": .payments, "spend-days": .spendDays]
    let rules: [String: OtherCurrencyRule] = ["exclude": .excludeCustomer, "leave-out": .leaveOut]
    guard let frequency = frequencies[frequency] else {
      throw .usage("bad_frequency", "--frequency is payments or spend-days")
    }
    guard let rule = rules[otherCurrencies] else {
      throw .usage("bad_currency_rule", "--other-currencies is exclude or leave-out")
    }
    return FactorDefinitions(frequency: frequency, otherCurrency: rule)
  }

  /// The scores that were asked for.
  func scoreSet() throws(CommandFailure) -> ScoreSet {
    guard let scores else { return .all }
    var set: ScoreSet = []
    for name in scores.split(separator: ",", omittingEmptySubsequences: false) {
      guard let score = Score(rawValue: String(name)) else {
        throw .usage(
          "unknown_score", "--scores names a score that there is not",
          hints: "one or several of: \(Score.allCases.map(\.rawValue).joined(separator: ","))")
      }
      set.insert(ScoreSet(score))
    }
    return set
  }

  private func scoringModel() throws -> any ScoringModel {
    let scores = try scoreSet()
    switch model {
    case LiteralModel.about.name: return try LiteralModel(scores: scores)
    case WeightedModel.about.name: return try WeightedModel(weights: FactorWeights(), scores: scores)
    case _ where PopulationModel(rawValue: model) != nil:
      throw CommandFailure.usage(
        "population_model", "\(model) scores customers against each other, not one alone",
        hints: "score everybody with: crmvault score run --model \(model)")
    default:
      guard TextFile.exists(model) else {
        throw CommandFailure.usage(
          "unknown_model", "there is no model and no file of weights \(model)",
          hints: "one of: \(ModelDescription.all.map(\.name).joined(separator: ", ")); or a file of weights")
      }
      let text = try TextFile.read(model, limit: WeightsFile.maximumLength)
      do {
        return try WeightedModel(weights: try WeightsFile.parse(text), scores: scores)
      } catch let error as ScoringError {
        throw CommandFailure.badInput("\(error.code.rawValue)", "file of weights: \(error)")
      }
    }
  }
}

/// How far back a window reaches: a number of days, weeks, months or years.
struct WindowSpan: Equatable {
  private enum Unit: Character {
    case days = "d"
    case weeks = "w"
    case months = "m"
    case years = "y"
  }

  private let count: Int
  private let unit: Unit

  /// Reads a number from 1 to 99,999 and a unit, `90d`; nil for anything else.
  init?(_ text: String) {
    let digits = text.dropLast()
    guard let unit = text.last.flatMap(Unit.init(rawValue:)), (1...5).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let count = Int(digits),
      count >= 1
    else { return nil }
    self.count = count
    self.unit = unit
  }

  /// The days of the span that end with a day; nil where they begin before the year 1.
  ///
  /// A month or year back is the same day of the month, or that month's last one; the window begins the day after,
  /// so that 1y through 2024-12-31 begins 2024-01-01.
  func window(through last: LocalDay) -> Window? {
    switch unit {
    case .days: return try? Window(lastDays: count, through: last)
    case .weeks: return try? Window(lastDays: 7 * count, through: last)
    case .months, .years:
      guard let back = Self.day(last, monthsBefore: unit == .years ? 12 * count : count),
        let first = back.adding(days: 1)
      else { return nil }
      return try? Window(from: first, through: last)
    }
  }

  private static func day(_ day: LocalDay, monthsBefore months: Int) -> LocalDay? {
    let (year, month, dayOfMonth) = day.components
    let index = 12 * year + month - 1 - months
    guard index >= 12 else { return nil }
    for candidate in stride(from: dayOfMonth, to: dayOfMonth - 4, by: -1) {
      if let found = LocalDay(year: index / 12, month: index % 12 + 1, day: candidate) { return found }
    }
    return nil
  }
}
