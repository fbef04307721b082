import ArgumentParser

/// The options that every command understands, and how each is found when it is not given.
struct GlobalOptions: ParsableArguments {
  @Option(help: "The vault: a folder, or a URL (env CRMVAULT_VAULT; default ./crm.vault).")
  var vault: String?

  @Option(help: "The keyring folder (env CRMVAULT_KEYS; default ./keys).", completion: .directory)
  var keys: String?

  @Option(
    help: "The file of customer keys (env CRMVAULT_WARDEN; default VAULT.outer in the keyring folder).",
    completion: .file())
  var warden: String?

  @Option(
    name: .customLong("as"),
    help: "Act as this user of the keyring (env CRMVAULT_USER; default: its only one).")
  var user: String?

  @Option(help: "Act in this role (default: the one of yours that may and can do least).")
  var role: String?

  @Option(help: "What customer data is used for; a purpose of the policy.")
  var purpose: String?

  @Option(help: "The reference of the case, for the entries (env CRMVAULT_TICKET).")
  var ticket: String?

  @Flag(help: "Write one JSON document to stdout, and errors also as JSON to stderr.")
  var json = false

  @Flag(help: "Confirm what would be asked.")
  var yes = false

  @OptionGroup(title: "Passphrase")
  var passphrase: PassphraseOptions
}

extension GlobalOptions {
  /// Where the vault is.
  func location(in environment: Environment) throws(CommandFailure) -> VaultLocation {
    try VaultLocation(vault ?? environment["CRMVAULT_VAULT"] ?? "./crm.vault")
  }

  /// The keyring folder.
  func keyring(in environment: Environment) -> KeyringFolder {
    KeyringFolder(path: keys ?? environment["CRMVAULT_KEYS"] ?? "./keys")
  }

  /// The warden's file.
  func wardenPath(in environment: Environment) throws(CommandFailure) -> String {
    if let path = warden ?? environment["CRMVAULT_WARDEN"] { return path }
    return try keyring(in: environment).path(location(in: environment).name + ".outer")
  }

  /// Who acts.
  func userName(in environment: Environment) throws(CommandFailure) -> String {
    guard let name = user ?? environment["CRMVAULT_USER"] else {
      return try keyring(in: environment).onlyUser()
    }
    return try KeyringFolder.checked(name: name)
  }

  /// The reference of the case that entries carry: one line, as it is shown in lists.
  func ticketText(in environment: Environment) throws(CommandFailure) -> String? {
    guard let text = ticket ?? environment["CRMVAULT_TICKET"], !text.isEmpty else { return nil }
    guard text.utf8.count <= 200, !text.unicodeScalars.contains(where: VisibleText.isUnsafe) else {
      throw .usage("bad_ticket", "a ticket is one line of at most 200 bytes")
    }
    return text
  }

  /// The passphrase of a user of the keyring.
  func passphraseSource(in environment: Environment) throws(CommandFailure) -> PassphraseSource {
    try passphrase.source(in: environment)
  }

  /// Where this machine remembers the checkpoints it has seen: `$XDG_STATE_HOME/crmvault`, else
  /// `~/.local/state/crmvault`.
  static func stateFolder(in environment: Environment) throws(CommandFailure) -> String {
    // A relative path is to be ignored (XDG Base Directory Specification).
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/crmvault" }
    guard let home = environment["HOME"], home.hasPrefix("/") else {
      throw .configuration(
        "no_state_folder", "neither XDG_STATE_HOME nor HOME says where to remember checkpoints",
        hints: "set XDG_STATE_HOME to a folder of your own")
    }
    return home + "/.local/state/crmvault"
  }
}
