import ArgumentParser
import Vault

/// `crmvault whoami`
struct Whoami: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami", abstract: "Show who you are in the vault.",
    discussion: """
      Exit status: 0 done, 64 usage, 66 no such vault, 74 input/output, 75 busy, 76 integrity, 77 not enrolled or \
      wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let session = try options.openSession(on: console)
    let standing = try session.standing()
    guard options.json else {
      var table = TableWriter(["FIELD", "VALUE"], to: console.output)
      try table.row("user", standing.user)
      try table.row("roles", standing.roles.map(\.name).joined(separator: ", "))
      for grant in standing.pending {
        try table.row("pending", "\(grant.role.name) (until \(TimeText.utc(grant.expires)))")
      }
      try table.row("fingerprint", standing.fingerprint)
      try table.row("vault", "\(standing.settings.name) (\(standing.vaultID))")
      return try table.finish()
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("user", standing.user)
      try json.field("roles", standing.roles.map(\.name))
      try json.field("vault_id", standing.vaultID.description)
      try json.field("fingerprint", standing.fingerprint)
      try json.field("pending", standing.pending)
    }
    try json.finish()
  }
}
