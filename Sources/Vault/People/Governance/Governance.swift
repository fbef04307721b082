public import AuditLog
public import Sodium

/// The state that the governance chain defines: who is in the vault, with which roles, under which policy.
///
/// Built by applying every statement from the genesis on; each is checked against the state before it, so that
/// storage alone can add no member, hide no revocation and widen no policy.
public struct Governance: Sendable {
  /// How long a grant may wait for its confirmation, in nanoseconds: 14 days.
  public static let grantLifetime: UInt64 = 14 * 86_400 * 1_000_000_000

  /// A user of the vault.
  public struct User: Sendable, Hashable {
    /// Keys and id.
    public let member: Statement.Member
    /// Whether the user is still in the vault.
    public internal(set) var isActive: Bool
  }

  /// A grant that waits for a member of the role.
  public struct PendingGrant: Sendable, Hashable {
    /// The hash of the grant's statement: what a confirmation names.
    public let statement: Digest32
    /// Who is to join.
    public let user: KeyID
    /// Which role.
    public let role: Role
    /// Until when it may be confirmed.
    public let expires: LogTime
  }

  /// The vault's id.
  public let vaultID: VaultID
  /// The first statement's content.
  public let genesis: Statement.Genesis
  /// Every user that ever was, by key id.
  public private(set) var users: [KeyID: User] = [:]
  /// The members of each role.
  public private(set) var members: [Role: Set<KeyID>] = [:]
  /// Grants that are not confirmed yet.
  public private(set) var pending: [PendingGrant] = []
  /// The hash of the policy in force.
  public private(set) var policy: Digest32
  /// The hash of the latest statement.
  public private(set) var head: Digest32
  /// How many statements there are.
  public private(set) var count = 1
  /// The keys that have signed checkpoints, in order; the last is in force.
  public private(set) var logKeys: [LogKeyPeriod]
  /// What of the log may be gone.
  public private(set) var retired = RetiredEntries()
  /// What privacy officers have ordered about customers.
  public private(set) var subjects = SubjectStanding()
  /// The requests whose approvals statements have used.
  public private(set) var usedApprovals: Set<Digest32> = []
  /// Whether more than one person was ever enrolled.
  public private(set) var hadSecondPerson: Bool

  /// Begins with a genesis statement.
  public init(genesis statement: Statement) throws(VaultError) {
    guard case .genesis(let genesis) = statement.content, statement.previous == LogVerifier.noStatement else {
      throw VaultError(.integrity, "the governance chain does not begin with a genesis statement")
    }
    vaultID = Statement.vaultID(ofGenesis: statement.unsignedBytes)
    self.genesis = genesis
    policy = genesis.policy
    logKeys = [LogKeyPeriod(key: genesis.logKey, epoch: 1, since: 0)]
    head = statement.hash
    for member in genesis.users { users[member.keyID] = User(member: member, isActive: true) }
    guard users.count == genesis.users.count, let founder = users[statement.by],
      statement.isSigned(by: founder.member.signingKey, in: vaultID)
    else { throw VaultError(.integrity, "the genesis statement's signature does not verify") }
    hadSecondPerson = genesis.users.count > 1
    let known = Set(genesis.users.map(\.keyID))
    for role in Role.allCases {
      let ids = genesis.members[role] ?? []
      guard !ids.isEmpty, known.isSuperset(of: ids) else {
        throw VaultError(.integrity, "the genesis statement leaves a role without a member")
      }
      members[role] = Set(ids)
    }
  }

  /// The roles of a user, least first.
  public func roles(of user: KeyID) -> [Role] {
    Role.allCases.filter { members[$0]?.contains(user) == true }.sorted()
  }

  /// The active user of this id.
  public func activeUser(_ id: KeyID) -> User? { users[id].flatMap { $0.isActive ? $0 : nil } }

  /// The grant of a role to a user that waits at `time`, or nil.
  public func pendingGrant(user: KeyID, role: Role, at time: LogTime) -> PendingGrant? {
    pending.last { $0.user == user && $0.role == role && time <= $0.expires }
  }

  /// The sealing key of a role's newest epoch.
  public func roleKey(_ role: Role) -> BoxPublicKey? { genesis.roleKeys[role] }

  /// Checks a statement against the state and takes it in.
  ///
  /// - Parameter seq: the index of the entry that carries it.
  /// - Throws: `.integrity` when the chain, the signature or the right to say this fails.
  public mutating func apply(_ statement: Statement, at seq: UInt64) throws(VaultError) {
    guard statement.previous == head else { throw refusal("does not follow the one before") }
    guard let signer = activeUser(statement.by) else { throw refusal("is signed by nobody of this vault") }
    guard statement.isSigned(by: signer.member.signingKey, in: vaultID) else {
      throw refusal("has a signature that does not verify")
    }
    switch statement.content {
    case .genesis: throw refusal("begins the chain a second time")
    case .addUser(let member):
      try require(statement, .custodian)
      guard activeUser(member.keyID) == nil else { throw refusal("enrols a user who is enrolled") }
      users[member.keyID] = User(member: member, isActive: true)
      hadSecondPerson = true
    case .removeUser(let user, let clearance):
      try require(statement, .custodian)
      guard activeUser(user) != nil else { throw refusal("removes somebody who is not enrolled") }
      try consent(of: user, to: roles(of: user), statement, clearance)
      for role in roles(of: user) { try revoke(role, from: user) }
      users[user]?.isActive = false
      pending.removeAll { $0.user == user }
    case .grantRole(let user, let role, let expires, let clearance):
      try require(statement, .custodian)
      guard activeUser(user) != nil, members[role]?.contains(user) != true else {
        throw refusal("grants a role to somebody who cannot receive it")
      }
      guard expires.nanoseconds <= statement.time.nanoseconds &+ Self.grantLifetime else {
        throw refusal("grants a role for too long a wait")
      }
      if role == .custodian {
        try spend(clearance, .custodian, SensitiveAction.content(user: user, role: role), statement)
      }
      pending.removeAll { $0.user == user && $0.role == role }
      pending.append(
        PendingGrant(statement: statement.hash, user: user, role: role, expires: expires))
    case .confirmRole(let grant, let user, let role, let epoch):
      guard members[role]?.contains(statement.by) == true else {
        throw refusal("confirms a role that its signer does not have")
      }
      guard let index = pending.firstIndex(where: { $0.statement == grant }), pending[index].user == user,
        pending[index].role == role, epoch == 1
      else { throw refusal("confirms a grant that does not wait") }
      guard statement.time <= pending[index].expires else {
        throw refusal("confirms a grant that has expired")
      }
      pending.remove(at: index)
      members[role, default: []].insert(user)
    case .revokeRole(let user, let role, let clearance):
      try require(statement, .custodian)
      guard members[role]?.contains(user) == true else { throw refusal("revokes a role that nobody has") }
      try consent(of: user, to: [role], statement, clearance)
      try revoke(role, from: user)
      pending.removeAll { $0.user == user && $0.role == role }
    case .applyPolicy(let hash, let clearance):
      try require(statement, .custodian)
      try spend(clearance, .policyChange, SensitiveAction.content(policy: hash), statement)
      policy = hash
    case .rotateLogKey(let key, let epoch, let proof):
      try require(statement, .custodian)
      try rotate(to: key, epoch: epoch, proof: proof, previous: statement.previous, at: seq)
    case .pruneLog(let index, let before):
      try require(statement, .privacyOfficer)
      guard index <= seq, index > retired.prunedBelow, before <= statement.time else {
        throw refusal("prunes what it may not")
      }
      retired.prune(below: index, RetentionClaim(seq, statement.time, before, policy, .entries))
    case .erasePart(let part, let entries, let before):
      try require(statement, .privacyOfficer)
      guard entries.upperBound <= seq, before ?? statement.time <= statement.time,
        before != nil || entries.count == 1
      else { throw refusal("erases parts of entries that it may not") }
      retired.add(part, entries, before.map { RetentionClaim(seq, statement.time, $0, policy, .part(part)) })
    case .subject(let order):
      try require(statement, .privacyOfficer)
      if let why = subjects.apply(order, statement, at: seq) { throw refusal(why) }
    }
    head = statement.hash
    count += 1
  }

  /// Puts a key in force: it is new, the next in number, and its owner has signed that it is.
  private mutating func rotate(
    to key: VerifyingKey, epoch: UInt32, proof: [UInt8], previous: Digest32, at seq: UInt64
  ) throws(VaultError) {
    guard let current = logKeys.last, epoch == current.epoch + 1, !logKeys.contains(where: { $0.key == key }),
      !users.values.contains(where: { $0.member.signingKey == key })
    else { throw refusal("announces a log key that cannot follow") }
    let message = LogKeyPeriod.proofMessage(key: key, epoch: epoch, previous: previous, vault: vaultID)
    guard key.verifies(proof.span, of: message.span) else {
      throw refusal("announces a log key that has not signed for itself")
    }
    logKeys.append(LogKeyPeriod(key: key, epoch: epoch, since: seq + 2))
  }

  /// Demands an approval of what a statement does, once there was ever a second person, and uses it up.
  mutating func spend(
    _ clearance: Clearance, _ action: SensitiveAction, _ content: JSONObject, onlyBy: KeyID? = nil,
    _ statement: Statement
  ) throws(VaultError) {
    guard case .approved(let approval) = clearance else {
      guard hadSecondPerson else { return }
      throw refusal("does \(action.rawValue) without a second person's approval")
    }
    do {
      try check(
        approval, covers: action, action.digest(of: content), by: statement.by, onlyBy: onlyBy,
        at: statement.time)
    } catch { throw refusal("does \(action.rawValue) unapproved: \(error.reason)") }
    usedApprovals.insert(approval.subject.request)
  }

  /// The last other approver leaves by agreement only.
  private mutating func consent(
    of user: KeyID, to roles: [Role], _ statement: Statement, _ clearance: Clearance
  ) throws(VaultError) {
    guard let role = roles.first(where: { isLastApprover(user, $0, orderedBy: statement.by) }) else { return }
    let content = SensitiveAction.content(user: user, role: role)
    try spend(clearance, .approverRemoval, content, onlyBy: user, statement)
  }

  private mutating func revoke(_ role: Role, from user: KeyID) throws(VaultError) {
    guard members[role] != [user] else {
      throw VaultError(
        .notPermitted, "the last \(role.name) cannot be revoked: the role's keys would be lost",
        hint: "grant the role to somebody else first")
    }
    members[role]?.remove(user)
  }

  private func require(_ statement: Statement, _ role: Role) throws(VaultError) {
    guard members[role]?.contains(statement.by) == true else {
      throw refusal("is signed by somebody who is no \(role.name)")
    }
  }

  private func refusal(_ why: String) -> VaultError {
    VaultError(.integrity, "governance statement \(count) \(why)")
  }
}
