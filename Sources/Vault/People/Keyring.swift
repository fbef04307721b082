internal import AuditLog
internal import Glibc
public import Sodium

/// The keyring folder: `NAME.pub`, `NAME.key` and `VAULT.vkey` files.
public struct Keyring: Sendable {
  /// The folder.
  public let folder: String

  /// The keyring in a folder, which need not exist yet.
  public init(folder: String) { self.folder = folder }

  /// Where a user's secret key lies.
  public func keyPath(_ name: String) -> String { "\(folder)/\(name).key" }

  /// Where a user's shareable half lies.
  public func publicPath(_ name: String) -> String { "\(folder)/\(name).pub" }

  /// Where a vault's public verifier key lies.
  public func verifierPath(_ vault: String) -> String { "\(folder)/\(vault).vkey" }

  /// Makes the folder (mode 0700) when it is not there.
  public func create() throws(VaultError) {
    if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST { throw SystemFile.failure("create", folder) }
  }

  /// Makes a new identity: both files, or none.
  ///
  /// - Throws: `.usage` for a bad name, `.exists` when either file is there.
  public func makeIdentity(
    name: String, passphrase: borrowing WipedBytes, parameters: PassphraseStretching.Parameters
  ) throws(VaultError) -> SecretIdentity {
    guard PublicIdentity.isName(name) else {
      throw VaultError(
        .usage, "a user's name has 1 to 64 letters, digits, dots, hyphens or underscores")
    }
    try create()
    for path in [keyPath(name), publicPath(name)] where SystemFile.exists(path) {
      throw VaultError(.exists, "\(path) exists already", hint: "choose another name or folder")
    }
    let identity = SecretIdentity.generate(name: name)
    try write(identity, passphrase: passphrase, parameters: parameters, replacing: false)
    let text = Array(identity.publicText.utf8)
    do {
      try SystemFile.write(text.span, to: publicPath(name), mode: 0o644, replacing: false)
    } catch {
      unsafe unlink(keyPath(name))
      throw error
    }
    return identity
  }

  /// Seals an identity anew, under another passphrase.
  public func write(
    _ identity: SecretIdentity, passphrase: borrowing WipedBytes, parameters: PassphraseStretching.Parameters,
    replacing: Bool
  ) throws(VaultError) {
    let sealed = try KeyFile.seal(identity, passphrase: passphrase, parameters: parameters)
    try SystemFile.write(
      sealed.span, to: keyPath(identity.identity.name), mode: 0o600, replacing: replacing)
  }

  /// A user's shareable half.
  public func publicIdentity(_ name: String) throws(VaultError) -> PublicIdentity {
    guard PublicIdentity.isName(name) else { throw VaultError(.usage, "that is not a user's name") }
    let identity = try PublicIdentity(
      parsing: SystemFile.text(publicPath(name), limit: 4096))
    guard identity.name == name else {
      throw VaultError(.configuration, "\(publicPath(name)) is the identity of \(identity.name)")
    }
    return identity
  }

  /// Opens a user's secret half.
  public func open(_ name: String, passphrase: borrowing WipedBytes) throws(VaultError) -> SecretIdentity {
    let identity = try publicIdentity(name)
    let file = try SystemFile.read(keyPath(name), limit: KeyFile.maximumLength, isPrivate: true)
    return try file.withBytes { bytes throws(VaultError) in
      try KeyFile.open(bytes, identity: identity, passphrase: passphrase)
    }
  }

  /// The costs at which a user's passphrase is stretched.
  public func parameters(of name: String) throws(VaultError) -> PassphraseStretching.Parameters {
    let file = try SystemFile.read(keyPath(name), limit: KeyFile.maximumLength, isPrivate: true)
    return try file.withBytes { bytes throws(VaultError) in try KeyFile.parameters(of: bytes) }
  }

  /// Refuses another vault in the place of one that is known: where the keyring has a verifier key by one of these
  /// names, one of them must be the vault's.
  ///
  /// A keyring without such a key takes the vault as it is; the warden's file must name it all the same.
  func requireKnown(_ governance: Governance, as names: [String]) throws(VaultError) {
    var isKnown = false
    for name in names where PublicIdentity.isName(name) && SystemFile.exists(verifierPath(name)) {
      let path = verifierPath(name)
      let text = try SystemFile.text(path, limit: 1024)
      guard let key = try? LogVerifierKey(text.hasSuffix("\n") ? String(text.dropLast()) : text) else {
        throw VaultError(.configuration, "\(path) is no verifier key")
      }
      if key.name == governance.vaultID.origin, key.key == governance.genesis.logKey { return }
      isKnown = true
    }
    guard !isKnown else {
      throw VaultError(
        .integrity, "this is another vault than the one whose verifier key is in \(folder)",
        hint: "keep this copy as evidence and tell the privacy officer")
    }
  }

  /// Refuses, before anybody is asked for a passphrase, a user whose files are not there, not private, or none.
  public func check(_ name: String) throws(VaultError) {
    _ = try publicIdentity(name)
    _ = try parameters(of: name)
  }
}
