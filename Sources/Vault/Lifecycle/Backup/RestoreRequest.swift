public import AuditLog
public import Sodium

/// A custodian's request to restore a backup: a signed file, since the vault may be gone.
///
/// Canonical JSON with `v`, `t`, `by`, `signing` (the requester's key), `name` (the requester's), `vault`, `backup`
/// (SHA-256 of the file), `created`, `origin`, `size` and `root` (of the backup's log, and the number of the log's new
/// name), `newer` (the latest head that is known here; may be missing), `nonce` and `sig`: Ed25519 over
/// `crmvault/restore-request/v1`, a zero byte, the vault id and the canonical bytes without `sig`.
public struct RestoreRequest: Sendable, Hashable {
  /// Which vault.
  public let vaultID: VaultID
  /// SHA-256 of the backup.
  public let backup: Digest32
  /// When the backup was made.
  public let created: LogTime
  /// The number of the log's new name: an approval counts for it alone, and so once.
  public let origin: UInt32
  /// The size of the backup's log.
  public let size: UInt64
  /// The root of its tree.
  public let root: Digest32
  /// The latest head that was known to the requester; nil where none beyond the backup was.
  public let newer: LogRestoration.Head?
  /// Who asks.
  public let by: KeyID
  /// The requester's key. Whose it is the vault's chain says.
  public let signing: VerifyingKey
  /// The name that the requester gives.
  public let name: String
  /// When it was asked.
  public let time: LogTime
  /// The whole object.
  public let json: JSONValue

  private let signature: [UInt8]

  /// SHA-256 of the canonical bytes: what an approval is over.
  public var hash: Digest32 { SHA256.hash(bytes) }

  /// The bytes of the file, without a final line feed.
  public var bytes: [UInt8] { (try? CanonicalJSON.encode(json)) ?? [] }

  /// Asks to restore a backup whose signature was checked.
  ///
  /// - Parameters:
  ///   - digest: SHA-256 of the backup.
  ///   - newer: the latest head that is known, of the warden's file or of a newer log.
  public static func sign(
    _ header: BackupHeader, digest: Digest32, newer: RememberedHead?, by identity: SecretIdentity,
    time: LogTime
  ) throws(VaultError) -> RestoreRequest {
    let before = LogOrigin(header.head.origin).number
    let known = newer.flatMap { head in
      (head.origin, head.size) > (before, header.head.size)
        ? LogRestoration.Head(origin: head.origin, size: head.size, root: head.root) : nil
    }
    var members = LogRestoration.Head(
      origin: max(before, known?.origin ?? 1) + 1, size: header.head.size, root: header.head.root
    ).json
    members["v"] = .integer(1)
    members["t"] = .string(time.description)
    members["by"] = .string(identity.keyID.description)
    members["signing"] = .string(Base64.encode(identity.identity.signingKey.bytes))
    members["name"] = .string(identity.identity.name)
    members["vault"] = .string(header.vaultID.description)
    members["backup"] = .string(Base64.encode(digest.bytes))
    members["created"] = .string(header.created.description)
    members["newer"] = known.map { .object($0.json) }
    members["nonce"] = .string(Base64.encode(SecureRandom.bytes(32)))
    let message = try message(members, header.vaultID)
    members["sig"] = .string(Base64.encode(identity.signing.sign(message.span)))
    return try RestoreRequest(.object(members))
  }

  /// Reads a request. Whether it is signed is ``isSigned``.
  public init(_ json: JSONValue) throws(VaultError) {
    var reader = try MemberReader(json)
    guard try reader.value("v") == .integer(1), let id = Hexadecimal.bytes(try reader.string("vault")),
      let vaultID = VaultID(id), let signing = VerifyingKey(try reader.bytes("signing", count: 32))
    else { throw MemberReader.malformed }
    origin = try reader.epoch("origin")
    guard origin > 1 else { throw MemberReader.malformed }
    self.vaultID = vaultID
    self.signing = signing
    self.json = json
    name = try reader.string("name")
    time = try reader.time("t")
    by = try reader.keyID("by")
    backup = try reader.digest("backup")
    created = try reader.time("created")
    size = try reader.index("size")
    root = try reader.digest("root")
    newer = try reader.optional("newer").map { json throws(VaultError) in
      guard let head = LogRestoration.Head(json), json.object?.members.count == 3 else {
        throw MemberReader.malformed
      }
      return head
    }
    _ = try reader.bytes("nonce", count: 32)
    signature = try reader.bytes("sig", count: 64)
    try reader.finish()
    guard KeyID(signing) == by, PublicIdentity.isName(name) else { throw MemberReader.malformed }
  }

  /// Whether it is signed with the key that it names.
  public var isSigned: Bool {
    guard case .object(var members) = json else { return false }
    members["sig"] = nil
    guard let message = try? Self.message(members, vaultID) else { return false }
    return signing.verifies(signature, of: message)
  }

  private static func message(_ members: JSONObject, _ vault: VaultID) throws(VaultError) -> [UInt8] {
    try SignedText.message("crmvault/restore-request/v1", members, vault)
  }
}

/// A privacy officer's agreement to a restore, over the request's hash.
///
/// Canonical JSON with `v`, `t`, `by`, `request`, `expires` and `sig`: Ed25519 over `crmvault/restore-approval/v1`, a zero
/// byte, the vault id and the canonical bytes without `sig`.
public struct RestoreApproval: Sendable, Hashable {
  /// The longest time for which one may count: 30 days.
  public static let longestLifetime: UInt64 = 30 * 86_400 * 1_000_000_000

  /// The hash of the request.
  public let request: Digest32
  /// Who agrees.
  public let by: KeyID
  /// When.
  public let time: LogTime
  /// Until when it counts.
  public let expires: LogTime
  /// The whole object.
  public let json: JSONValue

  private let signature: [UInt8]

  /// Agrees to a request.
  ///
  /// - Parameter days: for how many days it counts, at most 30.
  /// - Throws: `.notPermitted` for the requester, under any role; `.integrity` for a request that nobody signed.
  public static func sign(
    _ request: RestoreRequest, by identity: SecretIdentity, time: LogTime, days: Int
  ) throws(VaultError) -> RestoreApproval {
    guard request.isSigned else {
      throw VaultError(.integrity, "the request's signature does not verify: it was changed")
    }
    guard request.by != identity.keyID else {
      throw VaultError(
        .notPermitted, "nobody approves the own request", hint: "it takes a second person: a privacy officer")
    }
    guard (1...30).contains(days) else {
      throw VaultError(.usage, "an approval counts for 1 to 30 days")
    }
    let expires = LogTime(nanoseconds: time.nanoseconds + UInt64(days) * 86_400 * 1_000_000_000)
    var members: JSONObject = [
      "v": .integer(1), "t": .string(time.description), "by": .string(identity.keyID.description),
      "request": .string(Base64.encode(request.hash.bytes)), "expires": .string(expires.description),
    ]
    let message = try message(members, request.vaultID)
    members["sig"] = .string(Base64.encode(identity.signing.sign(message.span)))
    return try RestoreApproval(.object(members))
  }

  /// Reads an approval. Whether it counts the chain says.
  public init(_ json: JSONValue) throws(VaultError) {
    var reader = try MemberReader(json)
    guard try reader.value("v") == .integer(1) else { throw MemberReader.malformed }
    self.json = json
    time = try reader.time("t")
    by = try reader.keyID("by")
    request = try reader.digest("request")
    expires = try reader.time("expires")
    signature = try reader.bytes("sig", count: 64)
    try reader.finish()
  }

  /// Whether it is a key's in that vault.
  func isSigned(by key: VerifyingKey, in vault: VaultID) -> Bool {
    guard case .object(var members) = json else { return false }
    members["sig"] = nil
    guard let message = try? Self.message(members, vault) else { return false }
    return key.verifies(signature, of: message)
  }

  private static func message(_ members: JSONObject, _ vault: VaultID) throws(VaultError) -> [UInt8] {
    try SignedText.message("crmvault/restore-approval/v1", members, vault)
  }
}

/// What is signed of a canonical object: a label, a zero byte, the vault id, the bytes.
enum SignedText {
  static func message(_ label: String, _ members: JSONObject, _ vault: VaultID) throws(VaultError) -> [UInt8]
  {
    do { return Array(label.utf8) + [0] + vault.bytes + (try CanonicalJSON.encode(.object(members))) } catch {
      throw MemberReader.malformed
    }
  }
}
