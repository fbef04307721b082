import ArgumentParser

/// `crmvault policy`
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "See, check and change what roles may do beyond what their keys say.",
    subcommands: [PolicyShow.self, PolicyCheck.self, PolicyApply.self])
}
