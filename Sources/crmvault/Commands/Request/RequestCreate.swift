import ArgumentParser
import Vault

/// `crmvault request create`
struct RequestCreate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Ask for an approval.",
    discussion: """
      For what is not listed here, give the command itself: it makes its request and exits with 77.
      """,
    subcommands: [RequestPolicy.self, RequestCustodian.self])
}

/// `crmvault request create policy`
struct RequestPolicy: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Ask for a policy to be put in force; the approver sees its text.",
    discussion: """
      For custodians.

      Exit status: 0 done, 64 usage, 65 it is no policy, 66 no such vault or file, 74 input/output, 75 busy, 76 \
      integrity, 77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "Why, for the approver.") var note: String?
  @Argument(help: "The policy, YAML.", completion: .file()) var file: String

  func run(on console: Console) throws {
    let policy = try Policy(parsing: TextFile.read(file, limit: Policy.maximumLength))
    let note = try RequestOutput.checked(note)
    let session = try options.openSession(on: console)
    try RequestOutput.created(try session.request(.policy(policy), note: note), options, on: console)
  }
}

/// `crmvault request create custodian`
struct RequestCustodian: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "custodian", abstract: "Ask that somebody become a further custodian.",
    discussion: """
      For custodians. Who is to become one is named by the .pub file in the keyring, and need not be enrolled yet.

      Exit status: 0 done, 64 usage, 66 no such vault or user, 74 input/output, 75 busy, 76 integrity, 77 not \
      permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "Why, for the approver.") var note: String?
  @Argument(help: "The user's name.") var name: String

  func run(on console: Console) throws {
    let user = try options.keyringFiles(in: console.environment).publicIdentity(
      KeyringFolder.checked(name: name))
    let note = try RequestOutput.checked(note)
    let session = try options.openSession(on: console)
    try RequestOutput.created(try session.request(.custodian(user), note: note), options, on: console)
  }
}
