import ArgumentParser

/// `crmvault subject`
struct SubjectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subject", abstract: "What a customer may ask for.",
    subcommands: [SubjectReportCommand.self])
}
