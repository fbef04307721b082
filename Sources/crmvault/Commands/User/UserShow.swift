import ArgumentParser
import Vault

/// `crmvault user show`
struct UserShow: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a user's roles, pending roles and fingerprint.",
    discussion: """
      Where a name was enrolled again after a removal, the user who is enrolled now is shown.

      Exit status: 0 done, 64 usage, 66 no such vault or user, 74 input/output, 75 busy, 76 integrity, 77 not \
      permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The user's name.") var name: String

  func run(on console: Console) throws {
    let name = try KeyringFolder.checked(name: name)
    let found = try options.openSession(on: console).users().filter { $0.name == name }
    guard let user = found.first(where: \.isActive) ?? found.last else {
      throw CommandFailure(
        "not_found", "no user of that name was ever enrolled in this vault",
        hint: "crmvault user list shows them", exit: .missing)
    }
    guard options.json else {
      var table = TableWriter(["FIELD", "VALUE"], to: console.output)
      try table.row("user", user.name)
      try table.row("state", user.isActive ? "active" : "removed")
      try table.row("roles", user.roles.map(\.name).joined(separator: ", "))
      for grant in user.pending {
        try table.row("pending", "\(grant.role.name) (until \(TimeText.utc(grant.expires)))")
      }
      try table.row("key id", user.keyID.description)
      try table.row("fingerprint", user.fingerprint)
      return try table.finish()
    }
    var json = JSONWriter(to: console.output)
    try json.value(user)
    try json.finish()
  }
}

extension TableWriter {
  /// Writes a row of two texts that are not personal.
  mutating func row(_ name: String, _ value: String) throws(CommandFailure) {
    try cell(name)
    try cell(value)
    try endRow()
  }
}
