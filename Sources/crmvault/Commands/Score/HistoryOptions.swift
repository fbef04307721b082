import ArgumentParser
import Ingest
import Scoring
import Vault

/// Which days of a history count, and what becomes of payments in other currencies.
struct HistoryOptions: ParsableArguments {
  @Option(
    name: .customLong("as-of"),
    help: "The last day that counts, YYYY-MM-DD: until its end in the vault's zone.")
  var asOf: String

  @Option(help: "How far back events count: a number and d, w, m or y, such as 90d (default: everything).")
  var window: String?

  @Option(
    help: """
      Dated rates of other currencies: a CSV file with the header day,currency,rate. A rate holds from its day until the \
      next one; it is what one unit of the currency is in the vault's.
      """, completion: .file())
  var rates: String?

  @Option(
    name: .customLong("other-currencies"),
    help: """
      What a payment in another currency does that no rate covers: refuse the run, exclude the customer, or leave-out the \
      payment. Either way it is counted.
      """)
  var otherCurrencies = "refuse"
}

extension HistoryOptions {
  /// The largest file of rates, in bytes.
  private static let ratesLimit = 16 << 20

  /// A plan of these days and currencies.
  func plan(
    _ model: any ScoringModel, definitions: FactorDefinitions, window: Window? = nil
  ) throws -> ScorePlan {
    ScorePlan(
      model: model, window: try window ?? days(), definitions: definitions, rates: try exchangeRates(),
      minorDigits: Self.minorDigits)
  }

  /// The plan to gather a population by.
  func gathering(window: Window? = nil) throws -> ScorePlan {
    try plan(
      try LiteralModel(scores: .loyalty),
      definitions: FactorDefinitions(otherCurrency: try currencyRule()), window: window)
  }

  /// The decimals of a currency by its ISO 4217 code.
  static let minorDigits: @Sendable (String) -> Int? = { code in
    Ingest.CurrencyCode(code).map { Int($0.exponent) }
  }

  /// The as-of day.
  func asOfDay() throws(CommandFailure) -> LocalDay { try DayOption.day(asOf, "--as-of") }

  /// The days that count.
  func days() throws -> Window { try DayOption.window(window, through: try asOfDay()) }

  /// What a payment in another currency does.
  func currencyRule() throws(CommandFailure) -> OtherCurrencyRule {
    let rules: [String: OtherCurrencyRule] = [
      "refuse": .refuse, "exclude": .excludeCustomer, "leave-out": .leaveOut,
    ]
    guard let rule = rules[otherCurrencies] else {
      throw .usage("bad_currency_rule", "--other-currencies is refuse, exclude or leave-out")
    }
    return rule
  }

  /// The rates of the file that was named.
  private func exchangeRates() throws -> ExchangeRates? {
    guard let rates else { return nil }
    do {
      return try ExchangeRates(parsing: try TextFile.read(rates, limit: Self.ratesLimit))
    } catch let error as ScoringError {
      throw CommandFailure.badInput(error.code.rawValue, "\(rates): \(error)")
    }
  }
}

/// Days as options name them.
enum DayOption {
  /// A day.
  static func day(_ text: String, _ option: String) throws(CommandFailure) -> LocalDay {
    guard let day = LocalDay(text) else {
      throw .usage("bad_date", "\(option) is a date that the calendar has, YYYY-MM-DD")
    }
    return day
  }

  /// The days that end with one.
  static func window(_ text: String?, through: LocalDay) throws(CommandFailure) -> Window {
    guard let text else { return Window(through: through) }
    guard let span = WindowSpan(text), let days = span.window(through: through) else {
      throw .usage(
        "bad_window", "--window is a number from 1 and d, w, m or y", hints: "for instance 90d, 12w, 6m or 1y"
      )
    }
    return days
  }
}

/// Writes what became of payments in other currencies.
enum ForeignOutput {
  /// A member of the document, where there were any.
  static func write(_ foreign: ForeignPayments, _ json: inout JSONWriter) throws {
    guard foreign.converted + foreign.unconverted > 0 else { return }
    try json.object("other_currencies") { json in
      try json.field("converted", foreign.converted)
      try json.field("left_out", foreign.unconverted)
    }
  }

  /// A notice, where there were any.
  static func notify(_ foreign: ForeignPayments, _ console: Console) {
    guard foreign.converted + foreign.unconverted > 0 else { return }
    console.notice(
      "payments in other currencies: \(foreign.converted) converted, \(foreign.unconverted) left out")
  }
}
