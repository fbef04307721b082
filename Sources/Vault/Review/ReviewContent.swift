internal import AuditLog
internal import Sodium

/// What a review says, in the `details` of its entry: how much of the log was seen, and which flags are closed.
///
/// `{closed: [flag ids], note, root, sig, size}`. `sig` is the reviewer's Ed25519 signature over `crmvault/review/v1` ‖ 0x00 ‖
/// vault id ‖ the canonical bytes of the others.
struct ReviewContent {
  /// The log was seen up to this size.
  let size: UInt64
  /// The tree's root at that size.
  let root: Digest32
  /// The ids of the flags that are closed.
  let closed: [String]
  /// What the reviewer has to say.
  let note: String
  private let signature: [UInt8]?

  /// A review before it is signed.
  init(size: UInt64, root: Digest32, closed: [String], note: String) {
    self.size = size
    self.root = root
    self.closed = closed
    self.note = note
    signature = nil
  }

  /// Reads an entry's details; nil where they are no review.
  init?(_ details: JSONValue?) {
    guard let size = details?["size"]?.integer, size >= 0, let note = details?["note"]?.string,
      let closed = details?["closed"]?.array?.compactMap(\.string),
      let root = details?["root"]?.string.flatMap({ try? Base64.decode($0) }).flatMap({ Digest32($0) })
    else { return nil }
    self.size = UInt64(size)
    self.root = root
    self.closed = closed
    self.note = note
    signature = details?["sig"]?.string.flatMap { try? Base64.decode($0) }
  }

  /// The details of an entry, signed.
  func signed(by identity: SecretIdentity, in vault: VaultID) throws(LogError) -> JSONValue {
    var members = members
    let message = Self.message(try CanonicalJSON.encode(.object(members)), vault)
    members["sig"] = .string(Base64.encode(identity.signing.sign(message.span)))
    return .object(members)
  }

  /// Whether the review was signed with this key.
  func isSigned(by key: VerifyingKey, in vault: VaultID) -> Bool {
    guard let signature, let bytes = try? CanonicalJSON.encode(.object(members)) else { return false }
    return key.verifies(signature.span, of: Self.message(bytes, vault).span)
  }

  private var members: JSONObject {
    [
      "size": .integer(Int64(clamping: size)), "root": .string(Base64.encode(root.bytes)),
      "closed": .array(closed.map(JSONValue.string)), "note": .string(note),
    ]
  }

  private static func message(_ bytes: [UInt8], _ vault: VaultID) -> [UInt8] {
    Array("crmvault/review/v1".utf8) + [0] + vault.bytes + bytes
  }
}
