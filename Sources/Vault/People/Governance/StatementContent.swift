public import AuditLog
public import Sodium

extension Statement {
  /// What a statement may say. A type that this program does not know makes the vault unreadable to it.
  public enum Content: Sendable, Hashable {
    /// The first statement: makes the vault.
    case genesis(Genesis)
    /// Enrols a user, who has no role yet.
    case addUser(Member)
    /// Takes a user out of the vault, with all roles. The last other approver must have agreed.
    case removeUser(KeyID, clearance: Clearance = .notNeeded)
    /// A custodian orders that a user join a role; pending until confirmed. A further custodian needs an approval.
    case grantRole(user: KeyID, role: Role, expires: LogTime, clearance: Clearance = .notNeeded)
    /// A member of the role carries the order out: the role's key is sealed to the user.
    case confirmRole(grant: Digest32, user: KeyID, role: Role, epoch: UInt32)
    /// Takes a role from a user. The last other approver must have agreed.
    case revokeRole(user: KeyID, role: Role, clearance: Clearance = .notNeeded)
    /// Puts a policy in force, which a second person has approved where there ever was one.
    case applyPolicy(hash: Digest32, clearance: Clearance)
    /// Announces the key that signs checkpoints from the next commit on. `proof` is a signature by that key.
    case rotateLogKey(key: VerifyingKey, epoch: UInt32, proof: [UInt8])
    /// Lets entries below an index, all of them from before a time, be reduced to the hashes of their leaves.
    case pruneLog(below: UInt64, before: LogTime)
    /// Lets one part of the entries in a range be reduced to the hash of its ciphertext: of all that are from before a
    /// time, as the policy states, or, without a time, of one entry for a reason of its own.
    case erasePart(LogPart, Range<UInt64>, before: LogTime?)
    /// What a privacy officer orders about customers.
    case subject(SubjectOrder)
  }

  /// A sealed part of an entry, as a statement names it.
  public enum LogPart: String, Sendable, Hashable {
    /// What was done.
    case what
    /// Who did it.
    case who
  }

  /// A user as statements name one: by key id and keys, without a name.
  public struct Member: Sendable, Hashable {
    /// The Ed25519 key.
    public let signingKey: VerifyingKey
    /// The X25519 key.
    public let boxKey: BoxPublicKey

    /// The key id.
    public var keyID: KeyID { KeyID(signingKey) }

    /// The public half of an identity.
    public init(_ identity: PublicIdentity) {
      signingKey = identity.signingKey
      boxKey = identity.boxKey
    }

    init(signingKey: VerifyingKey, boxKey: BoxPublicKey) {
      self.signingKey = signingKey
      self.boxKey = boxKey
    }
  }

  /// The first statement's content: settings, first users, roles, and a public key or commitment for every key.
  public struct Genesis: Sendable, Hashable {
    /// 32 random bytes that make the vault id unique.
    public let nonce: [UInt8]
    /// The vault's settings.
    public let settings: VaultSettings
    /// The first users.
    public let users: [Member]
    /// Who has which role.
    public let members: [Role: [KeyID]]
    /// The public half of each role's first key.
    public let roleKeys: [Role: BoxPublicKey]
    /// Commitments of class, index and matching keys (by name), epoch 1.
    public let commitments: [String: Digest32]
    /// The public half of the first audit key.
    public let auditKey: BoxPublicKey
    /// The key that signs checkpoints.
    public let logKey: VerifyingKey
    /// The first policy's hash.
    public let policy: Digest32
    /// The warden's file id, 16 bytes.
    public let warden: [UInt8]
  }
}

extension Statement.Content {
  /// The `type` member.
  var type: String {
    switch self {
    case .genesis: "genesis"
    case .addUser: "user.add"
    case .removeUser: "user.remove"
    case .grantRole: "role.grant"
    case .confirmRole: "role.confirm"
    case .revokeRole: "role.revoke"
    case .applyPolicy: "policy.apply"
    case .rotateLogKey: LogKeyAnnouncement.type
    case .pruneLog: "log.prune"
    case .erasePart: "log.erase"
    case .subject(let order): order.type
    }
  }

  /// The members of this type.
  var members: JSONObject {
    switch self {
    case .genesis(let genesis): genesis.json
    case .addUser(let user): ["user": user.json]
    case .removeUser(let user, let clearance):
      clearance.members.adding(["user": .string(user.description)])
    case .grantRole(let user, let role, let expires, let clearance):
      clearance.members.adding([
        "user": .string(user.description), "role": .string(role.name),
        "expires": .string(expires.description),
      ])
    case .confirmRole(let grant, let user, let role, let epoch):
      [
        "grant": .string(Base64.encode(grant.bytes)), "user": .string(user.description),
        "role": .string(role.name), "epoch": .integer(Int64(epoch)),
      ]
    case .revokeRole(let user, let role, let clearance):
      clearance.members.adding(["user": .string(user.description), "role": .string(role.name)])
    case .applyPolicy(let hash, let clearance):
      clearance.members.adding(["policy": .string(Base64.encode(hash.bytes))])
    case .rotateLogKey(let key, let epoch, let proof):
      [
        "key": .string(Base64.encode(key.bytes)), "epoch": .integer(Int64(epoch)),
        "proof": .string(Base64.encode(proof)),
      ]
    case .pruneLog(let index, let before):
      ["below": .string(String(index)), "before": .string(before.description)]
    case .erasePart(let part, let entries, let before): Self.erasure(part, entries, before)
    case .subject(let order): order.members
    }
  }

  /// Whether it was said while nobody else could have approved it.
  var isUnapproved: Bool {
    switch self {
    case .removeUser(_, .unapproved), .grantRole(_, _, _, .unapproved), .revokeRole(_, _, .unapproved),
      .applyPolicy(_, .unapproved):
      true
    default: false
    }
  }

  private static func erasure(
    _ part: Statement.LogPart, _ entries: Range<UInt64>, _ before: LogTime?
  ) -> JSONObject {
    var members: JSONObject = [
      "part": .string(part.rawValue), "from": .string(String(entries.lowerBound)),
      "to": .string(String(entries.upperBound)),
    ]
    members["before"] = before.map { .string($0.description) }
    return members
  }

  /// Reads the members of a type; every member must be known.
  init(type: String, members: JSONObject) throws(VaultError) {
    var reader = MemberReader(members)
    for known in ["v", "type", "t", "by", "prev", "sig"] { reader.skip(known) }
    switch type {
    case "genesis": self = .genesis(try Statement.Genesis(&reader))
    case "user.add": self = .addUser(try Statement.Member(reader.value("user")))
    case "user.remove":
      self = .removeUser(try reader.keyID("user"), clearance: try reader.clearance())
    case "role.grant":
      self = .grantRole(
        user: try reader.keyID("user"), role: try reader.role("role"), expires: try reader.time("expires"),
        clearance: try reader.clearance())
    case "role.confirm":
      self = .confirmRole(
        grant: try reader.digest("grant"), user: try reader.keyID("user"), role: try reader.role("role"),
        epoch: try reader.epoch("epoch"))
    case "role.revoke":
      self = .revokeRole(
        user: try reader.keyID("user"), role: try reader.role("role"), clearance: try reader.clearance())
    case "policy.apply":
      self = .applyPolicy(hash: try reader.digest("policy"), clearance: try reader.clearance())
    case LogKeyAnnouncement.type:
      guard let key = VerifyingKey(try reader.bytes("key", count: 32)) else { throw MemberReader.malformed }
      self = .rotateLogKey(
        key: key, epoch: try reader.epoch("epoch"), proof: try reader.bytes("proof", count: 64))
    case "log.prune":
      self = .pruneLog(below: try reader.index("below"), before: try reader.time("before"))
    case "log.erase":
      guard let part = Statement.LogPart(rawValue: try reader.string("part")) else {
        throw MemberReader.malformed
      }
      let from = try reader.index("from")
      let to = try reader.index("to")
      guard from < to else { throw MemberReader.malformed }
      self = .erasePart(part, from..<to, before: try reader.optionalTime("before"))
    default:
      if let order = try Statement.SubjectOrder(type: type, &reader) {
        self = .subject(order)
        break
      }
      throw VaultError(
        .configuration, "the vault's governance has a statement that this crmvault does not know",
        hint: "use a newer crmvault")
    }
    try reader.finish()
  }
}
