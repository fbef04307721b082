internal import AuditLog
internal import Sodium

/// A request to go back from some pseudonyms of a release to customers: a file that a privacy officer signs, and to which
/// a custodian adds the second share of the release's key, for that officer alone.
public struct ReidentifyRequest: Sendable {
  /// The most pseudonyms.
  public static let most = 1000
  /// The longest file.
  public static let longest = 1 << 18

  /// The release.
  public let release: ReleaseID
  /// The pseudonyms, in the order in which they were given.
  public let pseudonyms: [String]
  /// Why.
  public let purpose: String
  /// Who asks.
  public let requester: KeyID
  let signed: JSONObject
  let signature: [UInt8]
  /// The second share, sealed to the requester; nil until a custodian added it.
  var share: [UInt8]?

  /// Whether a custodian has added the share.
  public var hasShare: Bool { share != nil }

  static func signed(
    _ release: ReleaseID, _ pseudonyms: [String], purpose: String, by requester: KeyID, vault: VaultID,
    at time: LogTime
  ) -> JSONObject {
    [
      "v": 1, "release": .string(release.description), "vault": .string(vault.description),
      "ids": .array(pseudonyms.map { .string($0) }), "purpose": .string(purpose),
      "by": .string(requester.description), "t": .string(time.description),
    ]
  }

  /// Ed25519 is over `crmvault/release/v1`, a zero byte, the vault's id and the canonical request.
  static func message(_ signed: JSONObject, vault: VaultID) throws(LogError) -> [UInt8] {
    Array("crmvault/release/v1".utf8) + [0] + vault.bytes + (try CanonicalJSON.encode(.object(signed)))
  }

  init(signed: JSONObject, signature: [UInt8], share: [UInt8]? = nil) throws(VaultError) {
    guard signed["v"] == 1, let release = signed["release"]?.string.flatMap({ ReleaseID($0) }),
      let ids = signed["ids"]?.array?.compactMap(\.string), (1...Self.most).contains(ids.count),
      ids.count == signed["ids"]?.array?.count, ids.allSatisfy({ ReleasePseudonyms.normalized($0) == $0 }),
      let purpose = signed["purpose"]?.string, let by = signed["by"]?.string.flatMap({ KeyID($0) })
    else { throw VaultError(.badInput, "this is no request for re-identification") }
    self.release = release
    pseudonyms = ids
    self.purpose = purpose
    requester = by
    self.signed = signed
    self.signature = signature
    self.share = share
  }

  /// Reads a request file.
  public init(decoding bytes: [UInt8]) throws {
    guard let object = try? CanonicalJSON.parse(bytes).object, let signed = object["request"]?.object,
      let signature = object["signature"]?.string.flatMap({ try? Base64.decode($0) })
    else { throw VaultError(.badInput, "this is no request for re-identification") }
    try self.init(
      signed: signed, signature: signature, share: object["share"]?.string.flatMap { try? Base64.decode($0) })
  }

  /// Whether bytes begin as a request does.
  public static func isLikely(_ bytes: [UInt8]) -> Bool {
    (try? CanonicalJSON.parse(bytes))?["request"] != nil
  }

  /// The text of the file.
  public func encoded() throws -> [UInt8] {
    var object: JSONObject = ["request": .object(signed), "signature": .string(Base64.encode(signature))]
    if let share { object["share"] = .string(Base64.encode(share)) }
    return try CanonicalJSON.encode(.object(object)) + [UInt8(ascii: "\n")]
  }
}

/// A customer who was found behind a pseudonym.
public struct Reidentified: Sendable {
  /// The pseudonym as it was asked.
  public let pseudonym: String
  /// The customer; nil where the release has no such pseudonym, or the purpose may not reach the customer.
  public let customer: Pseudonym?
}
