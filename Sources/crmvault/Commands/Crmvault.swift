import ArgumentParser

/// The root of all commands.
struct Crmvault: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crmvault",
    abstract: "Keeps customer records encrypted, and proves who looked at what.",
    version: "0.1.0")
}
