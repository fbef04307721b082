import ArgumentParser
import Vault

/// `crmvault policy apply`
struct PolicyApply: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Sign a policy into the vault.",
    discussion: """
      For custodians. 'crmvault policy check FILE' tells beforehand whether it can be applied.

      Exit status: 0 done, 64 usage, 65 it is no policy, 66 no such vault or file, 73 it is in force already, 74 \
      input/output, 75 busy, 76 integrity, 77 not permitted, not confirmed or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The policy, YAML.", completion: .file()) var file: String

  func run(on console: Console) throws {
    let policy = try Policy(parsing: TextFile.read(file, limit: Policy.maximumLength))
    try console.confirm("put the policy \(policy.name) in force", yes: options.yes)
    try options.openSession(on: console).applyPolicy(policy)
    guard options.json else {
      return try console.output.write("The policy \(policy.name) is in force.\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in try json.summary(of: policy) }
    try json.finish()
  }
}
