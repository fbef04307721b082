public import AuditLog
public import Sodium

/// What a backup says of itself in the clear, at its beginning: which vault, how long its log was, to whom it is sealed.
///
/// Canonical JSON with the members `v`, `vault`, `name`, `created`, `by` and `signing` (who made it), `checkpoint` (the
/// signed note of the log's end), `recipients` [`{id, sealed}`].
public struct BackupHeader: Sendable, Hashable {
  /// Somebody to whom the file's key is sealed.
  public struct Recipient: Sendable, Hashable {
    /// The key id of a user; or ``recoveryID``.
    public let id: String
    let sealed: [UInt8]
  }

  /// The id under which the recovery key stands among recipients.
  public static let recoveryID = "recovery"

  /// Which vault it is.
  public let vaultID: VaultID
  /// The vault's name.
  public let name: String
  /// When it was made.
  public let created: LogTime
  /// The key id of the custodian who made and signed it.
  public let by: KeyID
  /// That custodian's key. Whether it is one is for the vault's own chain to say.
  public let signing: VerifyingKey
  /// The signed end of the log.
  public let checkpoint: SignedNote
  /// The same, read.
  public let head: Checkpoint
  /// Whom it is sealed to.
  public let recipients: [Recipient]

  /// The largest header that is read.
  static let byteLimit = 1 << 20
}

extension BackupHeader {
  init(
    vaultID: VaultID, name: String, created: LogTime, by identity: PublicIdentity, checkpoint: [UInt8],
    recipients: [Recipient]
  ) throws {
    self.vaultID = vaultID
    self.name = name
    self.created = created
    by = identity.keyID
    signing = identity.signingKey
    self.checkpoint = try SignedNote(parsing: checkpoint)
    head = try Checkpoint(parsing: self.checkpoint.text)
    self.recipients = recipients
  }

  /// The bytes at the beginning of a file.
  func encoded() throws -> [UInt8] {
    let json: JSONValue = [
      "v": 1, "vault": .string(vaultID.description), "name": .string(name),
      "created": .string(created.description), "by": .string(by.description),
      "signing": .string(Base64.encode(signing.bytes)),
      "checkpoint": .string(Base64.encode(checkpoint.bytes)),
      "recipients": .array(
        recipients.map { ["id": .string($0.id), "sealed": .string(Base64.encode($0.sealed))] }),
    ]
    return try CanonicalJSON.encode(json)
  }

  init(decoding bytes: [UInt8]) throws(VaultError) {
    let malformed = VaultError(.integrity, "the backup's header is malformed")
    do {
      let json = try CanonicalJSON.parseCanonical(bytes)
      guard json["v"] == .integer(1), let id = json["vault"]?.string.flatMap({ Hexadecimal.bytes($0) }),
        let vaultID = VaultID(id), let name = json["name"]?.string, PublicIdentity.isName(name),
        let created = json["created"]?.string, let by = json["by"]?.string.flatMap({ KeyID($0) }),
        let signing = try json["signing"]?.string.flatMap({ VerifyingKey(try Base64.decode($0)) }),
        let note = try json["checkpoint"]?.string.map({ try Base64.decode($0) }),
        let recipients = json["recipients"]?.array, json.object?.members.count == 8
      else { throw malformed }
      self.vaultID = vaultID
      self.name = name
      self.created = try LogTime(created)
      self.by = by
      self.signing = signing
      checkpoint = try SignedNote(parsing: note)
      head = try Checkpoint(parsing: checkpoint.text)
      self.recipients = try recipients.map { recipient in
        guard let id = recipient["id"]?.string, let sealed = recipient["sealed"]?.string else {
          throw malformed
        }
        return Recipient(id: id, sealed: try Base64.decode(sealed))
      }
      guard KeyID(signing) == by, head.size > 0 else { throw malformed }
    } catch { throw malformed }
  }
}

/// The layout of a backup: magic (16) ‖ format u8 = 1 ‖ algorithm u8 = 1 ‖ 2 zero ‖ length of the header u32 ‖ header ‖
/// header of the stream (24) ‖ sealed chunks ‖ Ed25519 signature (64).
enum BackupFormat {
  static let magic = Array("crmvault/backup\n".utf8)
  static let prefixByteCount = 24
  static let chunkByteCount = 1 << 16
  static let sealedChunkByteCount = chunkByteCount + SecretStream.overhead
  static let signatureByteCount = SigningKey.signatureByteCount
  /// The kind of a backup's key among sealed grants.
  static let grantKind: UInt8 = 66

  static func prefix(headerCount: Int) -> [UInt8] {
    var bytes = magic + [1, 1, 0, 0]
    bytes.appendBigEndian(UInt32(headerCount))
    return bytes
  }

  /// What the signature is over.
  static func message(_ digest: Digest32, vault: VaultID) -> [UInt8] {
    Array("crmvault/backup/v1".utf8) + [0] + vault.bytes + digest.bytes
  }
}
