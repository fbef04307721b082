import Anonymization
import ArgumentParser
import Scoring
import Vault

/// `crmvault score evaluate`
struct ScoreEvaluateCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Judge every model by what the vault's own customers did afterwards.",
    discussion: """
      The last days up to --as-of are held out. Every model sees only what was before and is judged by what came: Spearman's \
      rank correlation with the amount, the area under the curve for buying at all, the share of the amount that its \
      best tenth brought, and whether the purchases that it expects came. Past spend, recency and the literal formula \
      are the baselines. Only aggregates are shown.

      Exit status: 0 done, 64 usage, 65 payments in other currencies, or bad rates, 66 no such vault or file, 75 busy, \
      76 integrity, 77 not permitted, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Scoring") var scoring: FitOptions
  @Option(help: "How much is held out: a number and d, w, m or y, such as 26w.") var holdout = "26w"

  func run(on console: Console) throws {
    let span = try Holdout(holdout, through: try scoring.history.asOfDay())
    let (cut, first, end) = (span.cut, span.days.first, span.days.last)
    let window = try DayOption.window(scoring.history.window, through: cut)
    let session = try options.openSession(on: console)
    let gathered = try session.gatherEverybody(
      try scoring.history.gathering(window: window),
      GatherPlan(rule: scoring.occasion, holdoutThrough: end), purpose: options.purpose)
    let evaluation = try span.evaluation(
      of: gathered,
      PopulationSettings(asOf: cut, unit: scoring.unit, minorDigits: gathered.minorDigits))
    if options.json {
      try writeJSON(evaluation, gathered, cut: cut, end: end, to: console)
    } else {
      try writeText(evaluation, to: console)
    }
    console.notice(
      "\(evaluation.customers) customers known by \(cut), \(evaluation.buyers) of whom bought from \(first) to \(end)"
    )
    for (name, reason) in evaluation.skipped { console.notice("\(name) is not judged: \(reason)") }
  }

  private func writeText(_ evaluation: HoldoutEvaluation, to console: Console) throws {
    var table = TableWriter(
      [
        "MODEL", .trailing("SPEARMAN"), .trailing("AUC"), .trailing("TOP TENTH"),
        .trailing("EXPECTED/ACTUAL"),
        .trailing("MEAN ERROR"),
      ], to: console.output)
    for result in evaluation.results {
      try table.cell(result.name)
      try table.cell(result.quality.spearman, decimals: 4)
      try table.cell(result.quality.areaUnderCurve, decimals: 4)
      try table.cell(result.quality.topDecileCapture, decimals: 4)
      try table.cell(result.calibration?.totalRatio, decimals: 3)
      try table.cell(result.calibration?.meanAbsoluteError, decimals: 3)
      try table.endRow()
    }
    try table.finish()
  }

  private func writeJSON(
    _ evaluation: HoldoutEvaluation, _ gathered: GatheredCustomers, cut: LocalDay, end: LocalDay,
    to console: Console
  ) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("calibration_through", cut.description)
      try json.field("holdout_through", end.description)
      try json.field("unit", scoring.unit.rawValue)
      try json.field("occasion", scoring.occasion.rawValue)
      try json.field("purpose", gathered.purpose)
      try json.field("entry", gathered.entries.intent)
      try json.field("customers", evaluation.customers)
      try json.field("buyers", evaluation.buyers)
      try json.object("excluded") { json in
        for (reason, customers) in gathered.excluded { try json.field(reason, customers) }
      }
      try ForeignOutput.write(gathered.foreign, &json)
      try json.array("models") { json in
        for result in evaluation.results { try write(result, &json) }
      }
      try json.object("skipped") { json in
        for (name, reason) in evaluation.skipped { try json.field(name, reason) }
      }
    }
    try json.finish()
  }

  private func write(_ result: HoldoutEvaluation.Result, _ json: inout JSONWriter) throws {
    try json.object { json in
      try json.field("model", result.name)
      try json.field("spearman", result.quality.spearman)
      try json.field("auc", result.quality.areaUnderCurve)
      try json.field("top_decile_capture", result.quality.topDecileCapture)
      try json.field("expected_over_actual", result.calibration?.totalRatio)
      try json.field("mean_absolute_error", result.calibration?.meanAbsoluteError)
      try json.array("calibration") { json in
        for group in result.calibration?.shown ?? [] {
          try json.object { json in
            try json.field("customers", group.customers)
            try json.field("predicted", group.predicted)
            try json.field("actual", group.actual)
          }
        }
      }
      try json.array("lift") { json in
        for point in result.lift.points {
          try json.object { json in
            try json.field("customers", point.customers)
            try json.field("amount", point.amount)
            try json.field("buyers", point.buyers)
            try json.field("lift", point.lift)
          }
        }
      }
      try json.array("fits") { json in
        for fit in result.fits { try json.object { json in try FitOutput.write(fit, &json) } }
      }
    }
  }
}

extension Calibration {
  /// The groups that are large enough to be shown.
  var shown: [Group] { groups.filter { $0.customers >= SuppressedTable.threshold } }
}
