import ArgumentParser
import Vault

/// `crmvault user remove`
struct UserRemove: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take a user out of the vault, with all roles, at once.",
    discussion: """
      For custodians. The last member of a role cannot be removed: the role's keys would be lost.

      Exit status: 0 done, 64 usage, 66 no such vault or user, 74 input/output, 75 busy, 76 integrity, 77 not \
      permitted, not confirmed or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The user's name.") var name: String

  func run(on console: Console) throws {
    let name = try KeyringFolder.checked(name: name)
    try console.confirm("remove \(name) from the vault", yes: options.yes)
    try options.openSession(on: console).removeUser(name)
    guard options.json else {
      return try console.output.write(
        "\(name) is removed. What \(name) held should be rotated by those who remain.\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("user", name)
      try json.field("state", "removed")
    }
    try json.finish()
  }
}
