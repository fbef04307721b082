import ArgumentParser
import Scoring
import Vault

/// `crmvault score fit`
struct ScoreFitCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Fit a model of purchases or spend to the customers.",
    discussion: """
      By maximum likelihood. bg-nbd and mbg-nbd have r, alpha, a, b; pareto-nbd r, alpha, s, beta; gamma-gamma p, q, v. \
      Times are in --unit. A fit never fails: its status is converged, parameter_at_bound, not_converged or \
      not_enough_data, and its warnings say what to know before trusting it.

      Exit status: 0 done, 64 usage, 65 payments in other currencies, or bad rates, 66 no such vault or file, 75 busy, 76 integrity, 77 not permitted, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Scoring") var scoring: FitOptions
  @Argument(help: "bg-nbd, mbg-nbd, pareto-nbd or gamma-gamma.") var model: String

  func run(on console: Console) throws {
    guard let model = PopulationModel(rawValue: model), model.isFitted, model != .lifetimeValue else {
      throw CommandFailure.usage(
        "unknown_model", "there is no model to fit of that name",
        hints: "one of: bg-nbd, mbg-nbd, pareto-nbd, gamma-gamma")
    }
    let plan = try scoring.history.gathering()
    let window = plan.window
    let session = try options.openSession(on: console)
    let gathered = try session.gatherEverybody(
      plan, GatherPlan(rule: scoring.occasion), purpose: options.purpose)
    let statistics = gathered.customers.compactMap { customer in
      customer.occasions?.statistics(unit: scoring.unit, minorDigits: gathered.minorDigits)
    }
    guard let fit = try FitSummary.of(model, statistics).first else { return }
    let missing = UInt64(gathered.customers.count - statistics.count)
    let excluded = gathered.excluded + (missing > 0 ? [("missing:recency", missing)] : [])
    if options.json {
      try writeJSON(fit, gathered, window, excluded, to: console)
    } else {
      try writeText(fit, to: console)
    }
    console.notice(
      "\(fit.customers) customers, \(fit.repeaters) with a repeat"
        + (excluded.isEmpty
          ? "" : ", left out: " + excluded.map { "\($0.reason) \($0.customers)" }.joined(separator: ", ")))
    ForeignOutput.notify(gathered.foreign, console)
    FitOutput.notify(fit, console)
  }

  private func writeJSON(
    _ fit: FitSummary, _ gathered: GatheredCustomers, _ window: Window,
    _ excluded: [(reason: String, customers: UInt64)], to console: Console
  ) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try FitOutput.write(fit, &json)
      try json.field("model_version", fit.model.version)
      try json.field("as_of", window.through.description)
      try json.field("from", window.from?.description)
      try json.field("unit", scoring.unit.rawValue)
      try json.field("occasion", scoring.occasion.rawValue)
      try json.field("purpose", gathered.purpose)
      try json.field("entry", gathered.entries.intent)
      try json.object("excluded") { json in
        for (reason, customers) in excluded { try json.field(reason, customers) }
      }
      try ForeignOutput.write(gathered.foreign, &json)
    }
    try json.finish()
  }

  private func writeText(_ fit: FitSummary, to console: Console) throws {
    var table = TableWriter(
      ["PARAMETER", .trailing("VALUE"), .trailing("STANDARD ERROR")], to: console.output)
    for parameter in fit.parameters {
      try table.cell(parameter.name)
      try table.cell(parameter.value, decimals: 7)
      try table.cell(parameter.standardError, decimals: 7)
      try table.endRow()
    }
    try table.cell("log_likelihood")
    try table.cell(fit.logLikelihood, decimals: 6)
    try table.endRow()
    try table.finish()
  }
}

/// What a fit is told.
struct FitOptions: ParsableArguments {
  @OptionGroup var history: HistoryOptions

  @Option(help: "The unit of time: day, week or month.", transform: PopulationWord.unit)
  var unit: TimeUnit = .week

  @Option(
    help: """
      Which local days are purchase occasions: spend (net amount above 0) or payment (any payment, amounts of 0 \
      included, as the literature counts).
      """, transform: PopulationWord.occasion)
  var occasion: OccasionRule = .spend
}
