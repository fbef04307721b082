import ArgumentParser

/// `crmvault witness`
struct WitnessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness", abstract: "Be a witness of other people's logs: no vault, no role.",
    discussion: """
      A witness remembers the last head that it saw of each log, and puts its signature under a later one only when that \
      continues it. Run it where the people whose log it watches have no access.
      """,
    subcommands: [WitnessInit.self, WitnessServe.self, WitnessShow.self])
}
