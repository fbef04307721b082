public import AuditLog
internal import Sodium

extension Session {
  /// A role that was granted and waits for a member's confirmation.
  public struct PendingRole: Sendable, Hashable {
    /// The role.
    public let role: Role
    /// Until when it may be confirmed.
    public let expires: LogTime
  }

  /// A user of the vault as commands show one.
  public struct UserSummary: Sendable {
    /// The name.
    public let name: String
    /// The key id, 16 hex digits.
    public let keyID: KeyID
    /// The roles, least first.
    public let roles: [Role]
    /// Roles that wait for a member's confirmation.
    public let pending: [PendingRole]
    /// Whether the user is still in the vault.
    public let isActive: Bool
    /// The key's fingerprint, to be compared over another channel.
    public let fingerprint: String
  }

  /// Whether a grant took effect at once.
  public enum GrantState: String, Sendable {
    /// The user has the role.
    case active
    /// A member of the role must confirm it first.
    case pending
  }

  /// What a session knows of the vault and of its user, without an entry.
  public struct Standing: Sendable {
    /// The vault's id.
    public let vaultID: VaultID
    /// The vault's settings.
    public let settings: VaultSettings
    /// The user's name.
    public let user: String
    /// The user's roles, least first.
    public let roles: [Role]
    /// Roles of the user that wait for a member's confirmation.
    public let pending: [PendingRole]
    /// The fingerprint of the user's own key, to be told over another channel.
    public let fingerprint: String
    /// How many entries the log has.
    public let size: UInt64
  }

  /// Who the user is in this vault.
  public func standing() throws -> Standing {
    try readPublic { _, opened in
      let identity = environment.identity.identity
      return Standing(
        vaultID: opened.governance.vaultID, settings: opened.governance.genesis.settings, user: identity.name,
        roles: opened.governance.roles(of: identity.keyID),
        pending: opened.governance.pendingRoles(of: identity.keyID, at: environment.clock.now()),
        fingerprint: identity.fingerprint, size: opened.log.head.size)
    }
  }

  /// Every user that ever was.
  public func users() throws -> [UserSummary] {
    try readPublic { reader, opened in
      let now = environment.clock.now()
      return try PeopleRows.all(reader, opened.governance).map { person in
        UserSummary(
          name: person.identity.name, keyID: person.keyID, roles: opened.governance.roles(of: person.keyID),
          pending: opened.governance.pendingRoles(of: person.keyID, at: now),
          isActive: opened.governance.activeUser(person.keyID) != nil,
          fingerprint: person.identity.fingerprint)
      }.sorted { $0.name < $1.name }
    }
  }

  /// The policy in force.
  public func policy() throws -> Policy { try readPublic { _, opened in opened.policy } }

  /// Enrols a user and grants roles.
  ///
  /// - Returns: for each role whether it is active or waits for a member.
  public func addUser(_ identity: PublicIdentity, roles: [Role]) throws -> [(role: Role, state: GrantState)] {
    try govern(.userAdd, details: ["user": .string(identity.name)]) { commit, opened, time in
      let people = try PeopleRows.all(commit.writer, opened.governance)
      guard
        !people.contains(where: {
          $0.identity.name == identity.name && opened.governance.activeUser($0.keyID) != nil
        })
      else { throw VaultError(.exists, "a user of that name is enrolled already") }
      guard opened.governance.activeUser(identity.keyID) == nil else {
        throw VaultError(.exists, "this key is enrolled already, under another name")
      }
      try commit.put(Schema.person, PeopleRows.row(identity))
      var statements = [
        (
          try commit.state(.addUser(Statement.Member(identity)), by: environment.identity, at: time),
          Action.userAdd, identity.name
        )
      ]
      var states: [(role: Role, state: GrantState)] = []
      for role in roles {
        states.append((role, try self.grant(role, identity, commit, opened, time, &statements)))
      }
      return (states, statements)
    }
  }

  /// Orders that a user join a role; at once where the custodian has the role too.
  public func grantRole(_ role: Role, to name: String) throws -> GrantState {
    try govern(.roleGrant, details: ["user": .string(name), "role": .string(role.name)]) {
      commit, opened, time in
      let user = try PeopleRows.active(name, commit.writer, opened.governance)
      guard !opened.governance.roles(of: user.keyID).contains(role) else {
        throw VaultError(.exists, "\(name) has the role \(role.name) already")
      }
      var statements: [(Statement, Action, String)] = []
      let state = try self.grant(role, user, commit, opened, time, &statements)
      return (state, statements)
    }
  }

  private func grant(
    _ role: Role, _ user: PublicIdentity, _ commit: Commit, _ opened: Opened, _ time: LogTime,
    _ statements: inout [(Statement, Action, String)]
  ) throws -> GrantState {
    let expires = LogTime(nanoseconds: time.nanoseconds + Governance.grantLifetime)
    let clearance =
      try role == .custodian ? requireApproval(.custodian(user), commit, opened, time) : .notNeeded
    let grant = try commit.state(
      .grantRole(user: user.keyID, role: role, expires: expires, clearance: clearance),
      by: environment.identity, at: time)
    statements.append((grant, .roleGrant, user.name))
    guard opened.governance.roles(of: environment.identity.keyID).contains(role) else { return .pending }
    try seal(role, to: user, commit, opened)
    let confirm = try commit.state(
      .confirmRole(grant: grant.hash, user: user.keyID, role: role, epoch: KeyChain.epoch),
      by: environment.identity, at: time)
    statements.append((confirm, .roleConfirm, user.name))
    return .active
  }

  /// A role that waits for its confirmation, and the newcomer's fingerprint to compare.
  public func pendingFingerprint(_ name: String, _ role: Role) throws -> String {
    try readPublic { reader, opened in
      try PeopleRows.active(name, reader, opened.governance).fingerprint
    }
  }

  /// Carries a grant out: seals the role's key to the newcomer.
  ///
  /// - Throws: `.notPermitted` when the user is no member of the role, or the fingerprint is another; `.notFound`
  ///   when no grant waits.
  public func confirmRole(_ role: Role, of name: String, fingerprint: String) throws {
    try govern(
      .roleConfirm, details: ["user": .string(name), "role": .string(role.name)], acting: role
    ) { commit, opened, time in
      let user = try PeopleRows.active(name, commit.writer, opened.governance)
      guard let pending = opened.governance.pendingGrant(user: user.keyID, role: role, at: time) else {
        throw VaultError(
          .notFound, "no grant of the role \(role.name) to \(name) waits for a confirmation",
          hint: "a custodian grants it: crmvault role grant NAME ROLE")
      }
      guard user.fingerprint == fingerprint.lowercased().replacing(" ", with: "").replacing(":", with: "")
      else {
        throw VaultError(
          .notPermitted, "the fingerprint is not that of the enrolled key",
          hint: "compare it with what \(name) sees: crmvault user show \(name)")
      }
      try self.seal(role, to: user, commit, opened)
      let confirm = try commit.state(
        .confirmRole(grant: pending.statement, user: user.keyID, role: role, epoch: KeyChain.epoch),
        by: environment.identity, at: time)
      return ((), [(confirm, Action.roleConfirm, name)])
    }
  }

  /// Takes a role from a user, at once.
  public func revokeRole(_ role: Role, from name: String) throws {
    try govern(.roleRevoke, details: ["user": .string(name), "role": .string(role.name)]) {
      commit, opened, time in
      let user = try PeopleRows.active(name, commit.writer, opened.governance)
      guard opened.governance.roles(of: user.keyID).contains(role) else {
        throw VaultError(.notFound, "\(name) does not have the role \(role.name)")
      }
      let statement = try commit.state(
        .revokeRole(
          user: user.keyID, role: role,
          clearance: try self.consent(of: user, to: [role], commit, opened, time)),
        by: environment.identity, at: time)
      try Self.removeGrant(role, of: user.keyID, commit)
      return ((), [(statement, Action.roleRevoke, name)])
    }
  }

  /// Takes a user out of the vault, at once.
  public func removeUser(_ name: String) throws {
    try govern(.userRemove, details: ["user": .string(name)]) { commit, opened, time in
      let user = try PeopleRows.active(name, commit.writer, opened.governance)
      let roles = opened.governance.roles(of: user.keyID)
      let statement = try commit.state(
        .removeUser(user.keyID, clearance: try self.consent(of: user, to: roles, commit, opened, time)),
        by: environment.identity, at: time)
      for role in opened.governance.roles(of: user.keyID) {
        try Self.removeGrant(role, of: user.keyID, commit)
      }
      return ((), [(statement, Action.userRemove, name)])
    }
  }

  /// Puts a policy in force.
  public func applyPolicy(_ policy: Policy) throws {
    try govern(.policyApply, details: ["name": .string(policy.name)]) { commit, opened, time in
      guard policy.hash != opened.governance.policy else {
        throw VaultError(.exists, "this policy is in force already")
      }
      let clearance = try self.requireApproval(.policy(policy), commit, opened, time)
      try commit.put(Schema.policy, Row([.blob(policy.hash.bytes), .text(policy.text)]))
      let statement = try commit.state(
        .applyPolicy(hash: policy.hash, clearance: clearance), by: environment.identity, at: time)
      return ((), [(statement, Action.policyApply, "")])
    }
  }

  // MARK: -

  /// A governance action: decided by role, its statements signed, each in an entry of its own, of this kind.
  func govern<Value>(
    _ action: Action, details: JSONValue, acting: Role? = nil, kind: Envelope.Kind = .governance,
    _ body: (Commit, Opened, LogTime) throws -> (Value, [(Statement, Action, String)])
  ) throws -> Value {
    var decided: Role?
    do {
      return try governOnce(action, details: details, acting: acting, kind: kind, decided: &decided, body)
    } catch let error as VaultError where error.code == .notPermitted {
      // What the chain itself refuses has rolled its transaction back: the refusal is an entry all the same.
      if let role = decided {
        var draft = EntryDraft(.log, action.rawValue)
        draft.outcome = .denied
        draft.details = details
        draft.ticket = ticket
        try record(draft, as: role)
      }
      throw error
    }
  }

  private func governOnce<Value>(
    _ action: Action, details: JSONValue, acting: Role?, kind: Envelope.Kind, decided: inout Role?,
    _ body: (Commit, Opened, LogTime) throws -> (Value, [(Statement, Action, String)])
  ) throws -> Value {
    let verdict: Verdict<Value> = try commit(mayUseBallast: false) { commit, opened, keys in
      let identity = environment.identity
      let decision = try Decision(
        AccessRequest(action), user: identity.keyID, name: identity.identity.name,
        requestedRole: acting ?? requestedRole, governance: opened.governance, policy: opened.policy)
      // Before `body`: who leaves takes the own sealed key out of the store.
      _ = try keys(decision.role)
      if let refusal = decision.refusal {
        var draft = EntryDraft(.log, action.rawValue)
        draft.outcome = .denied
        draft.details = details
        draft.ticket = ticket
        commit.append(draft)
        return (.refused(refusal), decision.role)
      }
      decided = decision.role
      let (value, statements) = try body(commit, opened, environment.clock.now())
      for (statement, action, user) in statements {
        var draft = EntryDraft(kind, action.rawValue)
        draft.statement = statement
        draft.details = user.isEmpty ? details : ["user": .string(user)]
        if statement.content.isUnapproved, let told = draft.details?.object {
          draft.details = .object(told.adding(Clearance.unapproved.details))
        }
        draft.ticket = ticket
        commit.append(draft)
      }
      return (.granted(value), decision.role)
    }
    decided = nil
    switch verdict {
    case .granted(let value): return value
    case .refused(let error): throw error
    }
  }

  /// The agreement of the last other approver to leave, where that is what is about to happen.
  private func consent(
    of user: PublicIdentity, to roles: [Role], _ commit: Commit, _ opened: Opened, _ time: LogTime
  ) throws -> Clearance {
    let custodian = environment.identity.keyID
    guard
      let role = roles.first(where: {
        opened.governance.isLastApprover(user.keyID, $0, orderedBy: custodian)
      })
    else { return .notNeeded }
    var need = ApprovalNeed(
      .approverRemoval, SensitiveAction.content(user: user.keyID, role: role), as: .custodian, text: user.name
    )
    need.onlyBy = user.keyID
    return try requireApproval(need, commit, opened, time)
  }

  /// Seals a role's key, which the user has, to another.
  private func seal(_ role: Role, to user: PublicIdentity, _ commit: Commit, _ opened: Opened) throws {
    let pair = try openedKeys(role, opened, commit.writer).rolePair
    let row = try pair.pair.secret.withBytes {
      try KeyChain.row(
        $0, kind: .role(role), vault: opened.governance.vaultID, to: user.boxKey, recipient: user.keyID.bytes)
    }
    try commit.put(Schema.grant, row)
  }

  static func removeGrant(_ role: Role, of user: KeyID, _ commit: Commit) throws {
    let kind = KeyKind.role(role)
    try commit.remove(
      Schema.grant,
      key: [
        .integer(Int64(kind.code)), .integer(Int64(kind.subject)), .integer(Int64(KeyChain.epoch)),
        .blob(user.bytes),
      ])
  }
}

extension Governance {
  /// The grants of a user that wait at `time`.
  func pendingRoles(of user: KeyID, at time: LogTime) -> [Session.PendingRole] {
    pending.filter { $0.user == user && time <= $0.expires }
      .map { Session.PendingRole(role: $0.role, expires: $0.expires) }
      .sorted { $0.role < $1.role }
  }
}

extension PublicIdentity {
  /// 32 hex digits that stand for both keys: the first half of SHA-256 over signing key and box key.
  public var fingerprint: String {
    Hexadecimal.text(SHA256.hash(signingKey.bytes + boxKey.bytes).bytes.prefix(16))
  }
}
