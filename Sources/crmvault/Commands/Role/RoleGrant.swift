import ArgumentParser
import Vault

/// `crmvault role grant`
struct RoleGrant: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant", abstract: "Order that a user join a role.",
    discussion: """
      For custodians. At once where you have the role too; else it waits until a member of the role runs 'crmvault \
      role confirm', for at most 14 days.

      Exit status: 0 done, 64 usage, 66 no such vault or user, 73 the user has the role, 74 input/output, 75 busy, \
      76 integrity, 77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The user's name.") var name: String
  @Argument(help: "The role.") var roleName: String

  func run(on console: Console) throws {
    let role = try RoleList.one(roleName)
    let name = try KeyringFolder.checked(name: name)
    let state = try options.openSession(on: console).grantRole(role, to: name)
    guard options.json else {
      return try console.output.write(Self.sentence(name, role, state))
    }
    var json = JSONWriter(to: console.output)
    try json.grant(name, role, state.rawValue)
    try json.finish()
  }

  /// What a grant did, in words.
  static func sentence(_ name: String, _ role: Role, _ state: Session.GrantState) -> String {
    switch state {
    case .active: "\(name) has the role \(role.name).\n"
    case .pending:
      """
      The role \(role.name) waits for a member of it, for 14 days: crmvault role confirm \(name) \(role.name)

      """
    }
  }
}

extension JSONWriter {
  /// Writes `{"user", "role", "state"}`.
  mutating func grant(_ user: String, _ role: Role, _ state: String) throws(CommandFailure) {
    try object { (json: inout JSONWriter) throws(CommandFailure) in
      try json.field("user", user)
      try json.field("role", role.name)
      try json.field("state", state)
    }
  }
}
