import ArgumentParser
import Vault

/// `crmvault user add`
struct UserAdd: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Enrol a user, by the .pub file in the keyring, and grant roles.",
    discussion: """
      For custodians. Here --role names the roles to grant, with commas between them. A role that you have too is \
      active at once; any other waits until a member of it runs 'crmvault role confirm', for at most 14 days.

      Exit status: 0 done, 64 usage, 66 no such vault or .pub file, 73 enrolled already, 74 input/output, 75 busy, \
      76 integrity, 77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "Whom to enrol: NAME.pub in the keyring folder.") var name: String

  func run(on console: Console) throws {
    guard let text = options.role else {
      throw CommandFailure.usage(
        "role_needed", "--role says which roles the user gets", hints: "give --role ROLE[,ROLE]")
    }
    let roles = try RoleList.parse(text)
    let user = try KeyringFolder.checked(name: name)
    let identity = try options.keyringFiles(in: console.environment).publicIdentity(user)
    let session = try options.openSession(on: console, acting: nil)
    let states = try session.addUser(identity, roles: roles)
    guard options.json else {
      try console.output.write("\(user) is enrolled; fingerprint \(identity.fingerprint).\n")
      for grant in states { try console.output.write(RoleGrant.sentence(user, grant.role, grant.state)) }
      return
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("user", user)
      try json.field("key_id", identity.keyID.description)
      try json.field("fingerprint", identity.fingerprint)
      try json.array("roles") { json in
        for grant in states {
          try json.object { json in
            try json.field("role", grant.role.name)
            try json.field("state", grant.state.rawValue)
          }
        }
      }
    }
    try json.finish()
  }
}
