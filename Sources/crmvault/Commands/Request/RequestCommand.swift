import ArgumentParser

/// `crmvault request`
struct RequestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request",
    abstract: "Ask a second person for what needs one, and answer.",
    discussion: """
      The policy names what needs a second person. Who asks never answers, under whatever role: a privacy officer \
      answers, and to a privacy officer's own request a custodian. An approval covers exactly what was asked, once, \
      until it expires. A command that needs one makes its request itself and exits with 77.
      """,
    subcommands: [
      RequestCreate.self, RequestList.self, RequestShow.self, RequestApprove.self, RequestDeny.self,
    ])
}
