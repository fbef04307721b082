import ArgumentParser
import Vault

/// `crmvault role`
struct RoleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "role", abstract: "See who has which role, and give or take roles.",
    subcommands: [
      RoleListing.self, RoleShow.self, RoleGrant.self, RoleConfirm.self, RoleRevoke.self,
    ])
}

extension RoleList {
  /// One role's name.
  static func one(_ text: String) throws(CommandFailure) -> Role {
    let roles = try parse(text)
    guard roles.count == 1, !text.contains(",") else { throw .usage("one_role", "one role is needed here") }
    return roles[0]
  }
}
