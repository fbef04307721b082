import ArgumentParser
import Scoring
import Vault

/// What every command that scores is told: the model, the days, and how events become factors.
struct ScoreOptions: ParsableArguments {
  @Option(
    help: """
      The model: literal, weighted, composite, rfm, bg-nbd, mbg-nbd, pareto-nbd, gamma-gamma or clv; or a YAML file of \
      weights or of a composite.
      """, completion: .file())
  var model = "literal"

  @OptionGroup var history: HistoryOptions

  @Option(help: "The scores, comma-separated: loyalty, satisfaction, value (default: all).")
  var scores: String?

  @Option(help: "What frequency counts: payments or spend-days.")
  var frequency = "payments"
}

/// What a score is computed by.
enum ChosenModel {
  /// A formula of each customer's own factors.
  case formula(any ScoringModel)
  /// A model that looks at everybody first; with a file where the composite is written down.
  case population(PopulationModel, CompositeFile?)
}

extension ScoreOptions {
  /// The plan that these options name, where the model is a formula.
  func plan() throws -> ScorePlan {
    guard case .formula(let model) = try chosen() else {
      throw CommandFailure.usage(
        "population_model", "\(model) scores customers against each other, not one alone",
        hints: "score everybody with: crmvault score run --model \(model)")
    }
    return try plan(model)
  }

  /// The plan of a formula.
  func plan(_ model: any ScoringModel) throws -> ScorePlan {
    try history.plan(model, definitions: try definitions())
  }

  /// The plan to gather a population by, with what a file of a composite says of factors.
  func gathering(_ file: CompositeFile?) throws -> ScorePlan {
    var definitions = try definitions()
    file?.apply(to: &definitions)
    return try history.plan(try LiteralModel(scores: .loyalty), definitions: definitions)
  }

  /// How events become factors.
  func definitions() throws(CommandFailure) -> FactorDefinitions {
    let frequencies: [String: FrequencyDefinition] = ["payments": .payments, "spend-days": .spendDays]
    guard let frequency = frequencies[frequency] else {
      throw .usage("bad_frequency", "--frequency is payments or spend-days")
    }
    return FactorDefinitions(frequency: frequency, otherCurrency: try history.currencyRule())
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

  /// The model that was named, or written down.
  func chosen() throws -> ChosenModel {
    if let population = PopulationModel(rawValue: model) { return .population(population, nil) }
    let scores = try scoreSet()
    switch model {
    case LiteralModel.about.name: return .formula(try LiteralModel(scores: scores))
    case WeightedModel.about.name:
      return .formula(try WeightedModel(weights: FactorWeights(), scores: scores))
    default: return try read(scores)
    }
  }

  private func read(_ scores: ScoreSet) throws -> ChosenModel {
    guard TextFile.exists(model) else {
      throw CommandFailure.usage(
        "unknown_model", "there is no model and no model file \(model)",
        hints: "one of: \(ModelDescription.all.map(\.name).joined(separator: ", ")); or a model file")
    }
    switch try ModelFile.parse(TextFile.read(model, limit: ModelFile.maximumLength)) {
    case .composite(let file): return .population(.composite, file)
    case .weighted(let weights):
      do throws(ScoringError) {
        return .formula(try WeightedModel(weights: weights, scores: scores))
      } catch {
        throw CommandFailure.badInput("\(error.code.rawValue)", "file of weights: \(error)")
      }
    }
  }
}
