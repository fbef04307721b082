public import AuditLog
public import Sodium

/// What somebody asks a second person for. Sealed to the requester and to those who may answer; never customer data.
///
/// Canonical JSON with `v`, `t`, `by`, `role`, `action`, `content`, `text` (what the content's hash stands for, such as
/// a policy; optional), `note` (optional), `nonce` and `sig`: Ed25519 over `crmvault/request/v1`, a zero byte, the vault
/// id and the canonical bytes without `sig`. Its hash is SHA-256 over the canonical bytes with `sig`.
public struct ApprovalRequest: Sendable, Hashable {
  /// What is to be done.
  public let action: SensitiveAction
  /// What exactly.
  public let content: JSONObject
  /// What a hash in the content stands for, for the approver to read.
  public let text: String?
  /// Why, in the requester's words.
  public let note: String?
  /// Who asks.
  public let by: KeyID
  /// In which role.
  public let role: Role
  /// When.
  public let time: LogTime
  /// The canonical bytes.
  let bytes: [UInt8]
  private let signature: [UInt8]
  private let unsigned: [UInt8]

  /// The request's hash, over which an approval is given.
  public var hash: Digest32 { SHA256.hash(bytes) }

  /// Makes and signs a request.
  static func sign(
    _ need: ApprovalNeed, note: String?, by identity: SecretIdentity, time: LogTime, vault: VaultID
  ) throws(VaultError) -> ApprovalRequest {
    var members: JSONObject = [
      "v": .integer(1), "t": .string(time.description), "by": .string(identity.keyID.description),
      "role": .string(need.role.name), "action": .string(need.action.rawValue),
      "content": .object(need.content), "nonce": .string(Base64.encode(SecureRandom.bytes(32))),
    ]
    members["text"] = need.text.map { .string($0) }
    members["note"] = note.map { .string($0) }
    let message = message(try canonical(members), vault)
    members["sig"] = .string(Base64.encode(identity.signing.sign(message.span)))
    return try ApprovalRequest(bytes: canonical(members))
  }

  /// Reads a request's canonical bytes.
  init(bytes: [UInt8]) throws(VaultError) {
    guard let json = try? CanonicalJSON.parseCanonical(bytes), case .object(var members) = json else {
      throw MemberReader.malformed
    }
    self.bytes = bytes
    var reader = MemberReader(members)
    guard try reader.value("v") == .integer(1),
      let action = SensitiveAction(rawValue: try reader.string("action"))
    else { throw MemberReader.malformed }
    self.action = action
    content = try reader.object("content")
    text = try reader.optionalValue("text")?.string
    note = try reader.optionalValue("note")?.string
    by = try reader.keyID("by")
    role = try reader.role("role")
    time = try reader.time("t")
    _ = try reader.bytes("nonce", count: 32)
    signature = try reader.bytes("sig", count: 64)
    try reader.finish()
    members["sig"] = nil
    unsigned = try Self.canonical(members)
  }

  /// What an answer is given to.
  func subject() throws(VaultError) -> Approval.Subject {
    Approval.Subject(
      request: hash, action: action, content: try action.digest(of: content), requester: by, role: role)
  }

  /// Whether its requester signed it.
  func isSigned(by key: VerifyingKey, in vault: VaultID) -> Bool {
    key.verifies(signature.span, of: Self.message(unsigned, vault).span)
  }

  private static func canonical(_ members: JSONObject) throws(VaultError) -> [UInt8] {
    do { return try CanonicalJSON.encode(.object(members)) } catch {
      throw VaultError(.badInput, "what is asked for cannot be written down")
    }
  }

  private static func message(_ unsigned: [UInt8], _ vault: VaultID) -> [UInt8] {
    Array("crmvault/request/v1".utf8) + [0] + vault.bytes + unsigned
  }
}

/// What is needed before something sensitive may be done.
public struct ApprovalNeed: Sendable, Hashable {
  /// What is to be done.
  public let action: SensitiveAction
  /// What exactly: everything that decides what happens, for an approval covers this and nothing else.
  public let content: JSONObject
  /// The role in which it is done.
  public internal(set) var role: Role
  /// What a hash in the content stands for, for the approver to read; or nil.
  public var text: String?
  /// The one person who may approve it, or nil for whoever answers such requests.
  var onlyBy: KeyID?

  /// A need.
  public init(_ action: SensitiveAction, _ content: JSONObject, as role: Role, text: String? = nil) {
    self.action = action
    self.content = content
    self.role = role
    self.text = text
  }

  /// Putting a policy in force, with its text for the approver.
  public static func policy(_ policy: Policy) -> ApprovalNeed {
    ApprovalNeed(
      .policyChange, SensitiveAction.content(policy: policy.hash), as: .custodian, text: policy.text)
  }

  /// Making somebody a custodian.
  public static func custodian(_ user: PublicIdentity) -> ApprovalNeed {
    ApprovalNeed(
      .custodian, SensitiveAction.content(user: user.keyID, role: .custodian), as: .custodian, text: user.name
    )
  }
}
