import ArgumentParser
import Sodium
import Vault

/// `crmvault user new`
struct UserNew: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make an identity; no vault is needed.",
    discussion: """
      Makes NAME.key, sealed under a new passphrase, and NAME.pub, which may be shared, in the keyring folder. Give \
      the .pub file to a custodian, who enrols it with 'crmvault user add', and tell the fingerprint over another \
      channel to whoever confirms your role.

      Exit status: 0 done, 64 usage, 73 exists already, 74 input/output, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The user's name: letters, digits, '.', '_' and '-'.") var name: String
  @Option(help: "How hard the passphrase is stretched: interactive, moderate, sensitive.") var kdf: String?

  func run(on console: Console) throws {
    let user = try KeyringFolder.checked(name: name)
    let keyring = options.keyringFiles(in: console.environment)
    let parameters = try GlobalOptions.stretching(kdf, in: console.environment)
    for path in [keyring.keyPath(user), keyring.publicPath(user)] where TextFile.exists(path) {
      throw CommandFailure(
        "exists", "\(path) exists already", hint: "choose another name, or another folder with --keys",
        exit: .exists)
    }
    let source = try options.passphraseSource(in: console.environment)
    let passphrase = try source.newPassphrase(for: user, on: console)
    let identity = try keyring.makeIdentity(name: user, passphrase: passphrase, parameters: parameters)
      .identity
    guard options.json else {
      return try console.output.write(
        """
        Made \(keyring.keyPath(user)) (keep it) and \(keyring.publicPath(user)) (share it).
        Fingerprint: \(identity.fingerprint)

        """)
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("user", user)
      try json.field("key_id", identity.keyID.description)
      try json.field("fingerprint", identity.fingerprint)
      try json.field("public_file", keyring.publicPath(user))
      try json.field("key_file", keyring.keyPath(user))
    }
    try json.finish()
  }
}
