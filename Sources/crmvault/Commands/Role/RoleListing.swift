import ArgumentParser
import Vault

/// `crmvault role list`
struct RoleListing: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the roles with their members.",
    discussion: """
      Exit status: 0 done, 64 usage, 66 no such vault, 74 input/output, 75 busy, 76 integrity, 77 not permitted or \
      wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let users = try options.openSession(on: console).users()
    let roles = Role.allCases.sorted().reversed().map { RoleMembers($0, of: users) }
    guard options.json else {
      var table = TableWriter(["ROLE", "MEMBERS", "PENDING"], to: console.output)
      for role in roles {
        try table.cell(role.role.name)
        try table.cell(role.members.joined(separator: ", "))
        try table.cell(role.pending.map(\.user).joined(separator: ", "))
        try table.endRow()
      }
      return try table.finish()
    }
    var json = JSONWriter(to: console.output)
    try json.array { json in
      for role in roles { try json.object { json in try json.members(role) } }
    }
    try json.finish()
  }
}

/// Who has a role, and who is to get it.
struct RoleMembers {
  let role: Role
  let members: [String]
  let pending: [(user: String, expires: String)]

  init(_ role: Role, of users: [Session.UserSummary]) {
    self.role = role
    members = users.filter { $0.roles.contains(role) }.map(\.name)
    pending = users.flatMap { user in
      user.pending.filter { $0.role == role }.map { (user.name, TimeText.utc($0.expires)) }
    }
  }
}

extension JSONWriter {
  /// Writes a role's name, members and pending members.
  mutating func members(_ role: RoleMembers) throws(CommandFailure) {
    try field("role", role.role.name)
    try field("members", role.members)
    try array("pending") { (json: inout JSONWriter) throws(CommandFailure) in
      for grant in role.pending {
        try json.object { (json: inout JSONWriter) throws(CommandFailure) in
          try json.field("user", grant.user)
          try json.field("expires", grant.expires)
        }
      }
    }
  }
}
