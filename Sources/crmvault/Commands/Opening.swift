import Foundation
import Glibc
import Sodium
import Vault
import VaultSQLite

/// Opening a vault for a command: the store, the warden, the unlocked user, and a session over them.
extension GlobalOptions {
  /// The vault's folder.
  func vaultFolder(in environment: Environment) throws(CommandFailure) -> String {
    switch try location(in: environment) {
    case .folder(let path): return path
    case .database, .server:
      throw .configuration(
        "unsupported_vault", "this crmvault opens vaults in folders only", hints: "give --vault a folder")
    }
  }

  /// The keyring's files.
  func keyringFiles(in environment: Environment) -> Keyring {
    Keyring(folder: keyring(in: environment).path)
  }

  /// The role that was asked for.
  func requestedRole() throws(CommandFailure) -> Role? {
    guard let role else { return nil }
    guard let known = Role(name: role) else {
      throw .usage(
        "unknown_role", "there is no such role",
        hints: "one of: \(Role.allCases.map(\.name).sorted().joined(separator: ", "))")
    }
    return known
  }

  /// Unlocks the user and opens a session.
  ///
  /// The user's files are checked before the passphrase is asked for, and the vault before it is stretched.
  func openSession(on console: Console) throws -> Session {
    try openSession(on: console, acting: requestedRole())
  }

  /// Unlocks the user and opens a session in which this role acts; nil: the least that may.
  func openSession(on console: Console, acting role: Role?) throws -> Session {
    let environment = console.environment
    let ticket = try ticketText(in: environment)
    let folder = try vaultFolder(in: environment)
    let name = try userName(in: environment)
    let keyring = keyringFiles(in: environment)
    try keyring.check(name)
    let store = try console.openStore(folder)
    let warden = try FileWarden.open(path: try wardenPath(in: environment))
    let identity = try unlock(name, keyring, on: console)
    let session = Session(
      Session.Environment(
        store: store, warden: warden, identity: identity, clock: console.wallClock,
        memoryFolder: try Self.stateFolder(in: environment), ballast: Ballast(folder: folder),
        origin: Self.hostName(), keyring: keyring, vaultName: try location(in: environment).name,
        witnesses: HTTPWitnesses(in: environment)),
      role: role, ticket: ticket)
    session.onRestoration = { console.warning(RestorationNotice.text($0)) }
    session.onUnfinishedImports = { unfinished in
      console.notice(UnfinishedNotice.text(unfinished.count))
    }
    return session
  }

  /// Unlocks the user without a vault, for what is done with a file and a key alone.
  func unlock(on console: Console) throws -> SecretIdentity {
    let keyring = keyringFiles(in: console.environment)
    let name = try userName(in: console.environment)
    try keyring.check(name)
    return try unlock(name, keyring, on: console)
  }

  private func unlock(_ name: String, _ keyring: Keyring, on console: Console) throws -> SecretIdentity {
    let passphrase = try passphraseSource(in: console.environment).passphrase(for: name, on: console)
    return try keyring.open(name, passphrase: passphrase)
  }

  /// The host's name, as entries carry it.
  static func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The costs of stretching a new passphrase.
  ///
  /// A debug build obeys `CRMVAULT_TEST_KDF=floor`, so that tests are fast; the released program has no such code.
  static func stretching(_ name: String?, in environment: Environment) throws(CommandFailure)
    -> PassphraseStretching.Parameters
  {
    #if DEBUG
      if environment["CRMVAULT_TEST_KDF"] == "floor" { return .testFloor }
    #endif
    guard let strength = PassphraseStretching.Strength(rawValue: name ?? "moderate") else {
      throw .usage("unknown_kdf", "--kdf is one of interactive, moderate, sensitive")
    }
    return PassphraseStretching.Parameters(strength)
  }
}
