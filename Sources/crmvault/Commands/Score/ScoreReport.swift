import ArgumentParser
import Page
import Scoring
import Vault

/// `crmvault score report`
struct ScoreReportCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a report on the customers as one page of HTML.",
    discussion: """
      Distributions of recency, frequency, amount, score and ratings, satisfaction with its intervals, the grid of RFM bins, segments, how concentrated \
      lifetime value is, and how every model did on the last --holdout. Aggregates only, without cells under 5; nobody's \
      pseudonym and nobody's number. The page needs nothing else, opens offline, in light, in dark and on paper.

      Everybody is read twice, once as of the date and once as of the beginning of the holdout: two bulk reads in the log.

      Exit status: 0 done, 64 usage, 65 bad table or rates, or payments in other currencies, 66 no such vault or file, \
      73 FILE exists already, 75 busy, 76 integrity, 77 not permitted, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Days and currencies") var history: HistoryOptions
  @OptionGroup(title: "Models of a population") var population: PopulationOptions
  @Option(help: "How much is held out to judge the models: a number and d, w, m or y, such as 26w.")
  var holdout = "26w"
  @Option(
    name: .customLong("rating-scale"),
    help: "The lowest and the highest answer to ratings, such as 1-5; 0-10 gives a net promoter score, too.")
  var ratingScale = "1-5"
  @Option(help: "The page; it must not be there.", completion: .file()) var out: String

  func run(on console: Console) throws {
    guard !TextFile.exists(out) else {
      throw CommandFailure("exists", "\(out) exists already", hint: "choose another --out", exit: .exists)
    }
    let end = try history.asOfDay()
    let span = try Holdout(holdout, through: end)
    let scale = try scale()
    _ = try population.segments()
    let session = try options.openSession(on: console)
    let policy = try session.policy()
    let gathered = try gather(session, try history.days(), holdoutThrough: nil, scale)
    let known = try gather(
      session, try DayOption.window(history.window, through: span.cut), holdoutThrough: end)
    let settings = try population.settings(
      asOf: end, minorDigits: gathered.minorDigits, policy: policy.segments)
    let figures = try ScoreFigures(gathered, settings)
    // Where nobody is known before the holdout there is nothing to judge by.
    let evaluation = try? span.evaluation(of: known, settings)
    let page = ScorePage(
      figures, evaluation, span, vault: try session.vaultSettings(), policy: policy.name,
      window: try history.days(), version: Crmvault.configuration.version)
    try NewFile.write(page.html.utf8.span, to: out, mode: 0o600)
    try tell(gathered, console)
  }

  private func gather(
    _ session: Session, _ window: Window, holdoutThrough: LocalDay?, _ scale: ClosedRange<Int>? = nil
  ) throws -> GatheredCustomers {
    try session.gatherEverybody(
      try history.gathering(window: window),
      GatherPlan(rule: population.occasion, holdoutThrough: holdoutThrough, ratingScale: scale),
      purpose: options.purpose,
      action: .scoreReport)
  }

  private func scale() throws(CommandFailure) -> ClosedRange<Int> {
    let ends = ratingScale.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let lower = ends[0], let upper = ends[1], lower >= 0, lower < upper, upper <= 100
    else {
      throw .usage("bad_scale", "--rating-scale is two whole numbers up to 100, such as 1-5")
    }
    return lower...upper
  }

  private func tell(_ gathered: GatheredCustomers, _ console: Console) throws {
    guard options.json else {
      return try console.output.write(
        "\(out): \(gathered.customers.count) customers as of \(history.asOf).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("file", out)
      try json.field("as_of", history.asOf)
      try json.field("customers", gathered.customers.count)
      try json.field("purpose", gathered.purpose)
      try json.field("entry", gathered.entries.intent)
      try json.object("excluded") { json in
        for (reason, customers) in gathered.excluded { try json.field(reason, customers) }
      }
      try ForeignOutput.write(gathered.foreign, &json)
    }
    try json.finish()
  }
}

/// A time at the end of what is known that models do not see, to be judged by it.
struct Holdout {
  /// The last day before it.
  let cut: LocalDay
  /// Its first and last day.
  let days: (first: LocalDay, last: LocalDay)

  /// The holdout of a span such as `26w` that ends with a day.
  init(_ text: String, through end: LocalDay) throws(CommandFailure) {
    guard let first = WindowSpan(text)?.window(through: end)?.from, let cut = first.adding(days: -1) else {
      throw .usage(
        "bad_holdout", "--holdout is a number from 1 and d, w, m or y", hints: "for instance 26w or 6m")
    }
    self.cut = cut
    days = (first, end)
  }

  /// Every model judged by the holdout.
  func evaluation(
    of gathered: GatheredCustomers, _ settings: PopulationSettings
  ) throws -> HoldoutEvaluation {
    var settings = settings
    settings.asOf = cut
    return try HoldoutEvaluation(
      zip(gathered.members, gathered.customers).map { HoldoutEvaluation.Customer($0, later: $1.later) },
      settings: settings, holdout: Double(days.last.days(since: cut)) / settings.unit.days)
  }
}
