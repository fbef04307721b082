import ArgumentParser
import Vault

/// `crmvault policy show`
struct PolicyShow: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the policy in force, byte for byte as it was signed in.",
    discussion: """
      Exit status: 0 done, 64 usage, 66 no such vault, 74 input/output, 75 busy, 76 integrity, 77 not permitted or \
      wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let policy = try options.openSession(on: console).policy()
    guard options.json else { return try console.output.write(policy.text) }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.summary(of: policy)
      try json.field("text", policy.text)
    }
    try json.finish()
  }
}

extension JSONWriter {
  /// Writes a policy's name, hash and purposes as members.
  mutating func summary(of policy: Policy) throws(CommandFailure) {
    try field("name", policy.name)
    try field("hash", policy.hashText)
    try array("purposes") { (json: inout JSONWriter) throws(CommandFailure) in
      for purpose in policy.purposes.values.sorted(by: { $0.name < $1.name }) {
        try json.object { (json: inout JSONWriter) throws(CommandFailure) in
          try json.field("purpose", purpose.name)
          try json.field("legal_basis", purpose.legalBasis)
          try json.field("rule", purpose.rule.rawValue)
        }
      }
    }
  }
}
