import ArgumentParser
import Scoring
import Vault

/// `crmvault score run`
struct ScoreRunCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Score every customer whom the purpose may reach.",
    discussion: """
      Rows come in the order of the directory, the same in every run; --limit shows the first of them. A customer who lacks a \
      factor of a score that is asked for gets no score and is counted under "excluded" as missing:FACTOR. An \
      imported row of factors stands in for a customer's events. JSON and CSV have every number at full precision.

      The models composite, rfm, bg-nbd, mbg-nbd, pareto-nbd, gamma-gamma and clv look at everybody first: they bin or \
      fit, and then score. A customer without a purchase occasion is counted as missing:recency. Where a fit finds too \
      little (nobody bought twice), nobody is scored, and the status says not_enough_data.

      --save keeps the scores in the vault, each customer's under the customer's own key: `score list`, `score diff` and \
      `score show` read them. A saved run is bound to its purpose, to the policy and to the norms; customers whom the purpose \
      may not reach are not in it.

      A model file is YAML: weights of the formulas, or `model: composite` with factors, each with weight, transform, \
      normalizer and direction, an aggregation, what a missing factor does, and how events become factors. A composite \
      comes with its coverage: the share of the weights whose factors are known.

      Payments in another currency need --rates, or the run is refused with their number.

      Exit status: 0 done, 64 usage, 65 bad model file or rates, or payments in other currencies, 66 no such vault or file, \
      73 a run of that name exists, 75 busy, 76 integrity, 77 not permitted, 78 configuration.
      """)

  /// How the scores are written.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, csv
  }

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Scoring") var scoring: ScoreOptions
  @OptionGroup(title: "Models of a population") var population: PopulationOptions
  @Option(help: "Write at most so many customers; all are scored.") var limit: Int?
  @Option(help: "How the scores are written.") var format: Format?
  @Option(help: "Keep the scores under this name.") var save: String?
  @Option(help: "Hold a composite against these frozen norms, not against the run's own customers.")
  var norms: String?

  func run(on console: Console) throws {
    guard limit.map({ $0 >= 0 }) ?? true else {
      throw CommandFailure.usage("bad_limit", "--limit is a number from 0")
    }
    guard !options.json || format == nil || format == .json else {
      throw CommandFailure.usage(
        "bad_format", "--json and --format \(format?.rawValue ?? "") exclude each other")
    }
    switch try scoring.chosen() {
    case .formula(let model): try run(model, on: console)
    case .population(let model, let file):
      guard scoring.scores == nil else {
        throw CommandFailure.usage("bad_scores", "--scores goes with literal and weighted models only")
      }
      if model == .composite, file == nil { return try runComposite(on: console) }
      try requireNoNorms()
      try run(model, file, on: console)
    }
  }

  private func run(_ model: any ScoringModel, on console: Console) throws {
    try requireNoNorms()
    let plan = try scoring.plan(model)
    let session = try options.openSession(on: console)
    let scored = try saving(session, on: console) {
      let scored = try session.scoreEverybody(plan, purpose: options.purpose)
      return (scored, scored.toSave)
    }
    let output = ScoreRunOutput(scored, plan: plan, limit: limit)
    switch options.json ? .json : format ?? .text {
    case .json: try output.writeJSON(session, to: console)
    case .csv: try output.writeCSV(session, to: console)
    case .text: try output.writeText(session, to: console)
    }
    output.notify(console)
  }

  private func runComposite(on console: Console) throws {
    let plan = try scoring.gathering(nil)
    let session = try options.openSession(on: console)
    let norms = try self.norms.map { try session.frozenNorms(named: $0, purpose: options.purpose) }
    let run = try saving(session, on: console) {
      let run = try session.scoreComposite(
        plan, .recencyFrequencyAmount, norms: norms, rule: population.occasion, purpose: options.purpose)
      return (run, run.toSave(norms: norms?.id))
    }
    let report = CompositeReport(run, limit: limit)
    switch options.json ? .json : format ?? .text {
    case .json: try report.writeJSON(session, to: console)
    case .csv: try report.writeCSV(session, to: console)
    case .text: try report.writeText(session, to: console)
    }
    report.notify(console)
  }

  private func requireNoNorms() throws(CommandFailure) {
    guard norms == nil else {
      throw .usage("bad_norms", "--norms goes with --model composite only, not with a file or another model")
    }
  }

  private func run(_ model: PopulationModel, _ file: CompositeFile?, on console: Console) throws {
    let plan = try scoring.gathering(file)
    _ = try population.segments()
    let session = try options.openSession(on: console)
    let policy = model == .rfm ? try session.policy().segments : nil
    let (gathered, scores) = try saving(session, on: console) {
      let gathered = try session.gatherEverybody(
        plan, GatherPlan(rule: population.occasion), purpose: options.purpose)
      let settings = try population.settings(
        asOf: plan.window.through, minorDigits: gathered.minorDigits, policy: policy, composite: file)
      let scores = try PopulationScores(model, of: gathered.members, settings: settings)
      return ((gathered, scores), gathered.toSave(scores, plan))
    }
    let report = PopulationReport(gathered, scores, file, window: plan.window, limit: limit)
    switch options.json ? .json : format ?? .text {
    case .json: try report.writeJSON(session, to: console)
    case .csv: try report.writeCSV(session, to: console)
    case .text: try report.writeText(session, to: console)
    }
    report.notify(console)
  }

  /// Scores, and keeps the scores where that was asked for.
  private func saving<Value>(
    _ session: Session, on console: Console, _ score: () throws -> (Value, ScoresToSave)
  ) throws -> Value {
    guard let save else { return try score().0 }
    let (value, run) = try session.savingScores(as: save, purpose: options.purpose, score)
    console.notice("saved as \(run.name): \(run.customers) customers")
    return value
  }
}
