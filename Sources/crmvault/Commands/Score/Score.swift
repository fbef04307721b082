import ArgumentParser

/// `crmvault score`
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Score customers in memory, by pseudonym.",
    subcommands: [
      ScoreRunCommand.self, ScoreFitCommand.self, ScoreEvaluateCommand.self, ScoreShowCommand.self,
      ScoreExplainCommand.self, ScoreReportCommand.self, ScoreModelsCommand.self, ScoreListCommand.self,
      ScoreDiffCommand.self, ScoreDeleteCommand.self, ScoreNormsCommand.self,
    ])
}
