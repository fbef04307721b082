internal import Sodium

/// A key pair in a box, so that it can be kept and lent.
final class BoxedPair: Sendable {
  let pair: SealedBox.KeyPair
  init(_ pair: consuming SealedBox.KeyPair) { self.pair = pair }
}

/// A signing key in a box.
final class BoxedSigner: Sendable {
  let key: SigningKey
  init(_ key: consuming SigningKey) { self.key = key }
}

/// The 32 bytes of a shared key before it is known what for.
enum SharedSecretPurpose: KeyPurpose {}

/// Opens the keys that a user's roles hold, from the grants in the store, and compares each with what the
/// governance chain says of it: nobody can plant a key.
struct KeyChain {
  let identity: SecretIdentity
  let governance: Governance

  /// The epoch of every key but the log's: rotation adds further ones.
  static let epoch: UInt32 = 1

  /// The key pair of a role that the user has.
  func rolePair(_ role: Role, _ reader: any StoreReader) throws -> BoxedPair {
    let kind = KeyKind.role(role)
    let sealed = try grant(kind, recipient: identity.keyID.bytes, reader)
    let secret: Key<X25519SecretPurpose> = try open(sealed, kind, with: identity.box)
    let pair = SealedBox.KeyPair(secret: secret)
    guard pair.publicKey == governance.roleKey(role) else { throw Self.planted(kind) }
    return BoxedPair(pair)
  }

  /// A class key.
  func classKey(_ dataClass: DataClass, _ role: Role, _ pair: BoxedPair, _ reader: any StoreReader) throws
    -> SharedKey<ClassKeyPurpose>
  {
    SharedKey(try symmetric(.dataClass(dataClass), role, pair, reader))
  }

  /// The root of the blind index.
  func indexRoot(_ role: Role, _ pair: BoxedPair, _ reader: any StoreReader) throws -> SharedKey<
    IndexRootPurpose
  > {
    SharedKey(try symmetric(.index, role, pair, reader))
  }

  /// The root of order digests and matching tags.
  func matchingRoot(_ role: Role, _ pair: BoxedPair, _ reader: any StoreReader) throws
    -> SharedKey<MatchingRootPurpose>
  {
    SharedKey(try symmetric(.matching, role, pair, reader))
  }

  /// The key that signs checkpoints.
  func logKey(_ role: Role, _ pair: BoxedPair, _ reader: any StoreReader) throws -> BoxedSigner {
    let period = governance.logKey
    let sealed = try grant(.log, recipient: [role.rawValue], epoch: period.epoch, reader)
    let seed: Key<SeedPurpose> = try open(sealed, .log, epoch: period.epoch, with: pair.pair)
    let key = SigningKey(seed: seed)
    guard key.publicKey == period.key else { throw Self.planted(.log) }
    return BoxedSigner(key)
  }

  /// The key pair that opens the log's sessions.
  func auditPair(_ role: Role, _ pair: BoxedPair, _ reader: any StoreReader) throws -> BoxedPair {
    guard role.keys.contains(.audit) else {
      throw VaultError(.notPermitted, "the role \(role.name) does not hold the key of the log")
    }
    let sealed = try grant(.audit, recipient: [role.rawValue], reader)
    let secret: Key<X25519SecretPurpose> = try open(sealed, .audit, with: pair.pair)
    let audit = SealedBox.KeyPair(secret: secret)
    guard audit.publicKey == governance.genesis.auditKey else { throw Self.planted(.audit) }
    return BoxedPair(audit)
  }

  private func symmetric<Purpose: KeyPurpose>(
    _ kind: KeyKind, _ role: Role, _ pair: BoxedPair, _ reader: any StoreReader
  ) throws -> Key<Purpose> {
    guard role.keys.contains(kind) else {
      throw VaultError(.notPermitted, "the role \(role.name) does not hold the key \(kind.name)")
    }
    let sealed = try grant(kind, recipient: [role.rawValue], reader)
    let key: Key<Purpose> = try open(sealed, kind, with: pair.pair)
    let commitment = KeyCommitment.of(key, kind: kind, epoch: Self.epoch, vault: nil)
    guard commitment == governance.genesis.commitments[kind.name] else { throw Self.planted(kind) }
    return key
  }

  private func grant(
    _ kind: KeyKind, recipient: [UInt8], epoch: UInt32 = Self.epoch, _ reader: any StoreReader
  ) throws -> [UInt8] {
    let key: [Value] = [
      .integer(Int64(kind.code)), .integer(Int64(kind.subject)), .integer(Int64(epoch)),
      .blob(recipient),
    ]
    guard let row = try reader.row(Schema.grant, key: key), case .blob(let sealed)? = row.values.last else {
      throw VaultError(.integrity, "the sealed key \(kind.name) is missing")
    }
    return sealed
  }

  private func open<Purpose: KeyPurpose>(
    _ sealed: [UInt8], _ kind: KeyKind, epoch: UInt32 = Self.epoch, with pair: borrowing SealedBox.KeyPair
  ) throws(VaultError) -> Key<Purpose> {
    try SealedGrant.open(
      sealed, kind: kind.code, subject: kind.subject, epoch: epoch, vault: governance.vaultID, with: pair
    )
  }

  private static func planted(_ kind: KeyKind) -> VaultError {
    VaultError(.integrity, "the key \(kind.name) is not the one that the governance chain names")
  }

  /// The row that seals a key to a recipient: a user's key id for a role's key, a role's code for the others.
  static func row(
    _ key: Span<UInt8>, kind: KeyKind, epoch: UInt32 = Self.epoch, vault: VaultID, to publicKey: BoxPublicKey,
    recipient: [UInt8]
  ) throws(VaultError) -> Row {
    let sealed = try SealedGrant.seal(
      key, kind: kind.code, subject: kind.subject, epoch: epoch, vault: vault, to: publicKey)
    return Row([
      .integer(Int64(kind.code)), .integer(Int64(kind.subject)), .integer(Int64(epoch)), .blob(recipient),
      .blob(sealed),
    ])
  }
}
