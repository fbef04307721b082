public import AuditLog
public import Sodium

/// A second person's answer to a request: signed, over the request's hash, with an expiry, for one use.
///
/// Canonical JSON with `v`, `t`, `by`, `request` (SHA-256 of the request), `action`, `content` (what is covered),
/// `requester`, `role` (in which the requester asked), `verdict`, `expires` and `sig`: Ed25519 over
/// `crmvault/approval/v1`, a zero byte, the vault id and the canonical bytes without `sig`. It stands in the clear: in
/// the statement that needs it, or in the row that says it was used.
public struct Approval: Sendable, Hashable {
  /// What the answer is.
  public enum Verdict: String, Sendable, Hashable {
    /// It may be done, once.
    case approved
    /// It may not.
    case denied
  }

  /// The longest time that an approval may count, in nanoseconds: 30 days.
  public static let longestLifetime: UInt64 = 30 * 86_400 * 1_000_000_000

  /// What somebody answers to.
  public struct Subject: Sendable, Hashable {
    /// The request's hash.
    public let request: Digest32
    /// What is to be done.
    public let action: SensitiveAction
    /// What exactly: ``SensitiveAction/digest(of:)``.
    public let content: Digest32
    /// Who asked.
    public let requester: KeyID
    /// In which role.
    public let role: Role
  }

  /// What is answered to.
  public let subject: Subject
  /// The answer.
  public let verdict: Verdict
  /// Who answers.
  public let by: KeyID
  /// When.
  public let time: LogTime
  /// Until when it counts.
  public let expires: LogTime
  /// The Ed25519 signature.
  public let signature: [UInt8]

  /// The role whose members answer a request that was made in `role`: a privacy officer, or, of a privacy officer's own
  /// request, a custodian.
  public static func role(answering role: Role) -> Role {
    role == .privacyOfficer ? .custodian : .privacyOfficer
  }

  /// Answers a request.
  static func sign(
    _ verdict: Verdict, to subject: Subject, by identity: SecretIdentity, time: LogTime, expires: LogTime,
    vault: VaultID
  ) throws(VaultError) -> Approval {
    let unsigned = Approval(
      subject: subject, verdict: verdict, by: identity.keyID, time: time, expires: expires, signature: [])
    let message = try unsigned.message(vault)
    return Approval(
      subject: subject, verdict: verdict, by: identity.keyID, time: time, expires: expires,
      signature: identity.signing.sign(message.span))
  }

  private init(
    subject: Subject, verdict: Verdict, by: KeyID, time: LogTime, expires: LogTime, signature: [UInt8]
  ) {
    self.subject = subject
    self.verdict = verdict
    self.by = by
    self.time = time
    self.expires = expires
    self.signature = signature
  }

  /// Whether the signature is `key`'s in that vault.
  func isSigned(by key: VerifyingKey, in vault: VaultID) -> Bool {
    guard let message = try? message(vault) else { return false }
    return key.verifies(signature.span, of: message.span)
  }

  private func message(_ vault: VaultID) throws(VaultError) -> [UInt8] {
    var members = self.members
    members["sig"] = nil
    do {
      return Array("crmvault/approval/v1".utf8) + [0] + vault.bytes
        + (try CanonicalJSON.encode(.object(members)))
    } catch { throw VaultError(.integrity, "an approval is malformed") }
  }

  private var members: JSONObject {
    [
      "v": .integer(1), "t": .string(time.description), "by": .string(by.description),
      "request": .string(Base64.encode(subject.request.bytes)), "action": .string(subject.action.rawValue),
      "content": .string(Base64.encode(subject.content.bytes)),
      "requester": .string(subject.requester.description), "role": .string(subject.role.name),
      "verdict": .string(verdict.rawValue), "expires": .string(expires.description),
      "sig": .string(Base64.encode(signature)),
    ]
  }

  /// The approval as it stands in statements and rows.
  public var json: JSONValue { .object(members) }

  /// Its canonical bytes.
  var bytes: [UInt8] { (try? CanonicalJSON.encode(json)) ?? [] }

  /// Reads an approval; ``Governance`` checks it.
  ///
  /// - Throws: `.integrity` for anything that is none.
  public init(_ json: JSONValue) throws(VaultError) {
    var reader = try MemberReader(json)
    guard try reader.value("v") == .integer(1),
      let action = SensitiveAction(rawValue: try reader.string("action")),
      let verdict = Verdict(rawValue: try reader.string("verdict"))
    else { throw MemberReader.malformed }
    subject = Subject(
      request: try reader.digest("request"), action: action, content: try reader.digest("content"),
      requester: try reader.keyID("requester"), role: try reader.role("role"))
    self.verdict = verdict
    by = try reader.keyID("by")
    time = try reader.time("t")
    expires = try reader.time("expires")
    signature = try reader.bytes("sig", count: 64)
    try reader.finish()
  }

  /// Reads an approval's canonical bytes.
  init(bytes: [UInt8]) throws(VaultError) {
    guard let json = try? CanonicalJSON.parseCanonical(bytes) else { throw MemberReader.malformed }
    try self.init(json)
  }
}
