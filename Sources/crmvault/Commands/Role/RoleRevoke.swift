import ArgumentParser
import Vault

/// `crmvault role revoke`
struct RoleRevoke: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Take a role from a user, at once.",
    discussion: """
      For custodians. The last member of a role cannot lose it: the role's keys would be lost.

      Exit status: 0 done, 64 usage, 66 no such vault or user, or the user does not have the role, 74 input/output, \
      75 busy, 76 integrity, 77 not permitted, not confirmed or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The user's name.") var name: String
  @Argument(help: "The role.") var roleName: String

  func run(on console: Console) throws {
    let role = try RoleList.one(roleName)
    let name = try KeyringFolder.checked(name: name)
    try console.confirm("take the role \(role.name) from \(name)", yes: options.yes)
    try options.openSession(on: console).revokeRole(role, from: name)
    guard options.json else {
      return try console.output.write("\(name) no longer has the role \(role.name).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.grant(name, role, "revoked")
    try json.finish()
  }
}
