import ArgumentParser

/// `crmvault user`
struct UserCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Make identities, and say who belongs to a vault.",
    subcommands: [
      UserNew.self, UserAdd.self, UserList.self, UserShow.self, UserRemove.self, UserPassphrase.self,
    ])
}
