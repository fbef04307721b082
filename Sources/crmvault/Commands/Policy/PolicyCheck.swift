import ArgumentParser
import Vault

/// `crmvault policy check`
struct PolicyCheck: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a policy file; no vault is needed.",
    discussion: """
      Exit status: 0 it can be applied, 64 usage, 65 it cannot (the error says where), 66 no such file.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The policy, YAML.", completion: .file()) var file: String

  func run(on console: Console) throws {
    let policy = try Policy(parsing: TextFile.read(file, limit: Policy.maximumLength))
    guard options.json else {
      return try console.output.write("\(policy.name) can be applied; its hash is \(policy.hashText).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("ok", true)
      try json.summary(of: policy)
    }
    try json.finish()
  }
}
