import ArgumentParser
import AuditLog
import Glibc
import Sodium
import Vault
import VaultSQLite

/// `crmvault init`
struct InitCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a vault and its first user.",
    discussion: """
      Makes the vault's folder, the file of customer keys beside the keyring, and keys/VAULT.vkey, the log's public \
      verifier key. The first user gets every role unless --roles says otherwise; then --grant names a holder, by \
      the .pub file in the keyring, for each role that is left out.

      Exit status: 0 done, 64 usage, 73 exists already, 74 input/output, 77 wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "The vault's name (default: that of its folder).") var name: String?
  @Option(name: .customLong("user"), help: "The first user's name (default: --as, else owner).")
  var firstUser: String?
  @Option(help: "The first user's roles, or 'all'.") var roles = "all"
  @Option(help: "Another holder: NAME:ROLE[,ROLE]. May be given several times.") var grant: [String] = []
  @Option(help: "How hard the passphrase is stretched: interactive, moderate, sensitive.") var kdf: String?
  @Option(help: "The vault's currency, ISO 4217.") var currency = "CNY"
  @Option(help: "The zone in which days begin, an IANA name.") var zone = "UTC"
  @Option(help: "Sign in this policy instead of the built-in one.", completion: .file()) var policy: String?

  func run(on console: Console) throws {
    let environment = console.environment
    let location = try options.location(in: environment)
    let folder = try options.vaultFolder(in: environment)
    let keyring = Keyring(folder: options.keyring(in: environment).path)
    let vaultName = name ?? location.name
    guard PublicIdentity.isName(vaultName) else {
      throw CommandFailure.usage(
        "bad_name", "a vault's name has letters, digits, dots, hyphens and underscores",
        hints: "add --name NAME")
    }
    guard CurrencyCode(currency) != nil else {
      throw CommandFailure.usage("bad_currency", "--currency is an ISO 4217 code such as CNY")
    }
    _ = try LocalDays(zone: zone)
    let user = firstUser ?? options.user ?? environment["CRMVAULT_USER"] ?? "owner"
    let founderRoles = try roles == "all" ? Set(Role.allCases) : Set(RoleList.parse(roles))
    let grants = try grant.map { try RoleList.grant($0, keyring) }
    let policyText = try policy.map { try TextFile.read($0, limit: Policy.maximumLength) } ?? Policy.template
    let signedIn = try Policy(parsing: policyText)
    let wardenPath = try options.wardenPath(in: environment)
    let verifierPath = keyring.verifierPath(vaultName)
    for path in ["\(folder)/vault.sqlite", wardenPath, verifierPath] where TextFile.exists(path) {
      throw CommandFailure(
        "exists", "\(path) exists already", hint: "choose another --name or --keys", exit: .exists)
    }

    try Founding.requireHolders(founderRoles: founderRoles, grants: grants)

    try keyring.create()
    let identity = try unlock(user, keyring, on: console)
    let founding = try Founding(
      settings: VaultSettings(name: vaultName, currency: currency, zone: zone), founder: identity,
      founderRoles: founderRoles, grants: grants, policy: signedIn)
    let store = try SQLiteStore.create(folder: folder)
    let founded: Founding.Founded
    var madeWarden = false
    do {
      try Ballast(folder: folder).make()
      founded = try founding.found(
        in: store, clock: SystemClock(), origin: GlobalOptions.hostName()
      ) { vault, fileID in
        let warden = try FileWarden.create(path: wardenPath, vaultID: vault, fileID: fileID)
        madeWarden = true
        return warden
      }
      try TextFile.write(founded.verifierKey.text + "\n", to: verifierPath)
    } catch {
      // Nothing half-made is left; but a file of customer keys that another run made meanwhile stays.
      try? store.close()
      TextFile.removeNewVault(folder: folder, warden: madeWarden ? wardenPath : nil)
      throw error
    }
    try report(founded, user: user, name: vaultName, founderRoles, on: console)
  }

  /// The first user: an identity of the keyring, or a new one.
  private func unlock(_ user: String, _ keyring: Keyring, on console: Console) throws -> SecretIdentity {
    let source = try options.passphraseSource(in: console.environment)
    if TextFile.exists(keyring.keyPath(user)) {
      try keyring.check(user)
      return try keyring.open(user, passphrase: source.passphrase(for: user, on: console))
    }
    let parameters = try GlobalOptions.stretching(kdf, in: console.environment)
    return try keyring.makeIdentity(
      name: user, passphrase: source.newPassphrase(for: user, on: console), parameters: parameters)
  }

  private func report(
    _ founded: Founding.Founded, user: String, name: String, _ roles: Set<Role>, on console: Console
  ) throws {
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.object { json in
        try json.field("vault_id", founded.vaultID.description)
        try json.field("name", name)
        try json.field("user", user)
        try json.field("roles", roles.sorted().map(\.name))
        try json.field("log_vkey", founded.verifierKey.text)
      }
      try json.finish()
      return
    }
    try console.output.write(
      """
      Vault \(name) (\(founded.vaultID)) is ready. \(user) has the roles \
      \(roles.sorted().map(\.name).joined(separator: ", ")).
      Keep the passphrase, \(user).key and the file of customer keys (.outer) safe and apart from the vault.

      """)
  }
}
