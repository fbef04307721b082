import ArgumentParser
import Vault

/// `crmvault user list`
struct UserList: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the vault's users, also those who were removed.",
    discussion: """
      Exit status: 0 done, 64 usage, 66 no such vault, 74 input/output, 75 busy, 76 integrity, 77 not permitted or \
      wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let users = try options.openSession(on: console).users()
    guard options.json else {
      var table = TableWriter(["USER", "STATE", "ROLES", "PENDING", "FINGERPRINT"], to: console.output)
      for user in users {
        try table.cell(user.name)
        try table.cell(user.isActive ? "active" : "removed")
        try table.cell(user.roles.map(\.name).joined(separator: ", "))
        try table.cell(user.pending.map(\.role.name).joined(separator: ", "))
        try table.cell(user.fingerprint)
        try table.endRow()
      }
      return try table.finish()
    }
    var json = JSONWriter(to: console.output)
    try json.array { json in
      for user in users { try json.value(user) }
    }
    try json.finish()
  }
}

extension JSONWriter {
  /// Writes a user of the vault.
  mutating func value(_ user: Session.UserSummary) throws(CommandFailure) {
    try object { (json: inout JSONWriter) throws(CommandFailure) in
      try json.field("user", user.name)
      try json.field("state", user.isActive ? "active" : "removed")
      try json.field("key_id", user.keyID.description)
      try json.field("fingerprint", user.fingerprint)
      try json.field("roles", user.roles.map(\.name))
      try json.field("pending", user.pending)
    }
  }

  /// Writes a member that lists roles which wait for their confirmation.
  mutating func field(_ key: String, _ pending: [Session.PendingRole]) throws(CommandFailure) {
    try array(key) { (json: inout JSONWriter) throws(CommandFailure) in
      for grant in pending {
        try json.object { (json: inout JSONWriter) throws(CommandFailure) in
          try json.field("role", grant.role.name)
          try json.field("expires", TimeText.utc(grant.expires))
        }
      }
    }
  }
}
