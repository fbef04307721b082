public import AuditLog
public import Sodium

/// A signed statement of the governance chain, as it stands in the clear in an envelope.
///
/// Canonical JSON with the members `v`, `type`, `t`, `by` (key id), `prev` (SHA-256 of the statement before,
/// base64; zeros in the genesis), those of its type, and `sig`: Ed25519 over `crmvault/statement/v1`, a zero
/// byte, the vault id and the canonical bytes without `sig`.
public struct Statement: Sendable, Hashable {
  /// What the statement says.
  public let content: Content
  /// Who signed it.
  public let by: KeyID
  /// When, by the signer's clock.
  public let time: LogTime
  /// Hash of the statement before; zero in the genesis.
  public let previous: Digest32
  /// The Ed25519 signature.
  public let signature: [UInt8]
  /// The canonical bytes without `sig`.
  let unsignedBytes: [UInt8]
  /// The whole object, signature included.
  public let json: JSONValue

  /// SHA-256 of the canonical bytes, signature included: what the next statement's `prev` holds.
  public let hash: Digest32

  /// Makes and signs a statement.
  static func sign(
    _ content: Content, by identity: SecretIdentity, time: LogTime, previous: Digest32, vault: VaultID?
  ) throws(VaultError) -> Statement {
    var members = content.members
    members["v"] = .integer(1)
    members["type"] = .string(content.type)
    members["t"] = .string(time.description)
    members["by"] = .string(identity.keyID.description)
    members["prev"] = .string(Base64.encode(previous.bytes))
    let unsigned = try canonical(.object(members))
    let id = vault ?? Self.vaultID(ofGenesis: unsigned)
    let message = Self.message(unsigned, vault: id)
    let signature = identity.signing.sign(message.span)
    members["sig"] = .string(Base64.encode(signature))
    return Statement(
      content: content, by: identity.keyID, time: time, previous: previous, signature: signature,
      unsignedBytes: unsigned, json: .object(members), hash: SHA256.hash(try canonical(.object(members))))
  }

  /// Reads a statement; its signature is checked by ``Governance``, which knows the signer's key.
  init(_ json: JSONValue) throws(VaultError) {
    guard case .object(var members) = json, members["v"] == .integer(1), let type = members["type"]?.string,
      let time = members["t"]?.string.flatMap({ try? LogTime($0) }),
      let by = members["by"]?.string.flatMap({ KeyID($0) }),
      let signature = members["sig"]?.string.flatMap({ try? Base64.decode($0) }), signature.count == 64,
      let previous = members["prev"]?.string.flatMap({ try? Base64.decode($0) }).flatMap({ Digest32($0) })
    else { throw VaultError(.integrity, "a governance statement is malformed") }
    self.content = try Content(type: type, members: members)
    self.by = by
    self.time = time
    self.previous = previous
    self.signature = signature
    self.json = json
    hash = SHA256.hash(try Self.canonical(json))
    members["sig"] = nil
    unsignedBytes = try Self.canonical(.object(members))
  }

  private init(
    content: Content, by: KeyID, time: LogTime, previous: Digest32, signature: [UInt8],
    unsignedBytes: [UInt8],
    json: JSONValue, hash: Digest32
  ) {
    self.content = content
    self.by = by
    self.time = time
    self.previous = previous
    self.signature = signature
    self.unsignedBytes = unsignedBytes
    self.json = json
    self.hash = hash
  }

  private static func canonical(_ json: JSONValue) throws(VaultError) -> [UInt8] {
    do { return try CanonicalJSON.encode(json) } catch {
      throw VaultError(.integrity, "a governance statement is malformed")
    }
  }

  /// Whether the signature is `key`'s over this statement in that vault.
  func isSigned(by key: VerifyingKey, in vault: VaultID) -> Bool {
    let message = Self.message(unsignedBytes, vault: vault)
    return key.verifies(signature.span, of: message.span)
  }

  /// The vault id that a genesis statement defines.
  static func vaultID(ofGenesis unsigned: [UInt8]) -> VaultID {
    guard let id = VaultID(BLAKE2b.digest256(unsigned).bytes.prefix(16)) else {
      preconditionFailure("a BLAKE2b-256 digest has 32 bytes")
    }
    return id
  }

  private static func message(_ unsigned: [UInt8], vault: VaultID) -> [UInt8] {
    Array("crmvault/statement/v1".utf8) + [0] + vault.bytes + unsigned
  }
}
