import ArgumentParser

/// `crmvault export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Hand out data: recoded, measured, bound to a purpose, and accounted for.",
    subcommands: [
      ExportAnonymizedCommand.self, ExportAggregateCommand.self, ExportPseudonymizedCommand.self,
      ExportReidentifyCommand.self, ExportBudgetCommand.self,
      ExportListCommand.self,
      ExportShowCommand.self, ExportVerifyCommand.self,
    ])
}
