import Vault

/// Roles as options write them: names with commas.
enum RoleList {
  /// `steward,agent`
  static func parse(_ text: String) throws(CommandFailure) -> [Role] {
    var roles: [Role] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let role = Role(name: String(name)) else {
        throw .usage(
          "unknown_role", "there is no such role",
          hints: "one of: \(Role.allCases.map(\.name).sorted().joined(separator: ", "))")
      }
      if !roles.contains(role) { roles.append(role) }
    }
    return roles
  }

  /// `NAME:ROLE,ROLE`, NAME being an identity of the keyring.
  static func grant(_ text: String, _ keyring: Keyring) throws -> (identity: PublicIdentity, roles: [Role]) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2 else { throw CommandFailure.usage("bad_grant", "--grant is NAME:ROLE[,ROLE]") }
    return (try keyring.publicIdentity(String(parts[0])), try parse(String(parts[1])))
  }
}
