import ArgumentParser

/// `crmvault table`
struct TableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table", abstract: "Recode and measure any CSV file; needs no vault.",
    subcommands: [TableAnonymizeCommand.self, TableMeasureCommand.self, TableProfileCommand.self])
}
