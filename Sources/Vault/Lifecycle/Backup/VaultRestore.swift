public import AuditLog
public import Sodium

/// Carries a restore out on the store that a backup was unpacked into, before anybody sees it.
public struct VaultRestore {
  /// What somebody held when the backup was made and lost later.
  public struct Revocation: Sendable, Hashable {
    /// The user's name.
    public let user: String
    /// The role that was taken; nil where the user was removed.
    public let role: Role?
  }

  /// What a restore came to.
  public struct Outcome: Sendable {
    /// The vault's id.
    public let vaultID: VaultID
    /// What the warden is to remember once the vault is in place.
    public let head: RememberedHead
    /// The log's new verifier key, for witnesses and for who checks single proofs.
    public let verifierKey: LogVerifierKey
    /// The index of the entry with the statement.
    public let entry: UInt64
    /// The latest head that was known and is left behind.
    public let newer: LogRestoration.Head?
    /// Revocations of the newer log that were stated anew.
    public let reapplied: [Revocation]
    /// What could not be taken over, in words.
    public let notReapplied: [String]
    /// Whether nobody approved, since there never was a second person.
    public let isUnapproved: Bool
  }

  /// The backup.
  public let header: BackupHeader
  /// SHA-256 of its file, as it was unpacked.
  public let digest: Digest32
  /// What was asked.
  public let request: RestoreRequest
  /// What was agreed to; nil where there is nobody to agree.
  public let approval: RestoreApproval?
  /// The vault's log beyond the backup, where it still exists.
  public let newer: NewerLog?

  /// A restore.
  public init(
    _ header: BackupHeader, digest: Digest32, request: RestoreRequest, approval: RestoreApproval?,
    newer: NewerLog?
  ) {
    self.header = header
    self.digest = digest
    self.request = request
    self.approval = approval
    self.newer = newer
  }

  /// Writes the statement and what is stated anew, as one commit under the log's new name.
  ///
  /// - Parameters:
  ///   - store: what the backup was unpacked into, verified.
  ///   - warden: the vault's file of customer keys. Nothing is written to it.
  ///   - host: the name of this machine, for the entries.
  /// - Throws: `.approvalRequired`, `.notPermitted`, `.integrity`; nothing is written then.
  public func run(
    in store: any Store, warden: any Warden, identity: SecretIdentity, clock: any Clock, host: String
  ) throws -> Outcome {
    let last = try warden.head()
    return try store.write { writer in
      let log = try VerifiedLog(writer, remembered: [])
      try warden.verify(vaultID: log.governance.vaultID, fileID: log.governance.genesis.warden)
      try requireRight(log.governance, identity, at: clock.now())
      let known = try latestKnown(last, log)
      let commit = Commit(writer, log: log)
      let keys = try OpenedKeys(
        .custodian, chain: KeyChain(identity: identity, governance: log.governance), writer)
      let entry = commit.nextIndex
      let restoration = Restoration(
        backup: digest, origin: request.origin, size: header.head.size, root: header.head.root, newer: known,
        request: request, approval: approval)
      try append(.restore(restoration), .backupRestore, details(known), commit, identity, clock)
      var leftovers = self.leftovers(log.governance, known)
      let reapplied = try reapply(commit, identity, clock, &leftovers)
      let session = try AuditSession(
        vault: log.governance.vaultID, auditKey: log.governance.genesis.auditKey, epoch: KeyChain.epoch)
      let actor = EntryActor(
        name: identity.identity.name, key: identity.keyID, role: .custodian, session: session.id, origin: host
      )
      let head = try commit.finish(
        session: session, isSessionStored: false, actor: actor, logKey: keys.logKey.key, identity: identity,
        policy: log.governance.policy, clock: clock)
      guard let remembered = RememberedHead(head.range, origin: request.origin) else {
        throw VaultError(.integrity, "the restored log has no head")
      }
      return Outcome(
        vaultID: log.governance.vaultID, head: remembered,
        verifierKey: try commit.governance.verifierKey(atSize: head.size), entry: entry, newer: known,
        reapplied: reapplied, notReapplied: leftovers, isUnapproved: approval == nil)
    }
  }

  // MARK: - Who may

  /// Refuses, in words that help, what the chain would refuse.
  private func requireRight(_ governance: Governance, _ identity: SecretIdentity, at time: LogTime) throws {
    guard governance.roles(of: identity.keyID).contains(.custodian) else {
      throw VaultError(
        .notPermitted, "\(identity.identity.name) was no custodian when the backup was made",
        hint: "who was one then can restore it")
    }
    if let newer, !newer.governance.roles(of: identity.keyID).contains(.custodian) {
      throw VaultError(
        .notPermitted, "\(identity.identity.name) is no custodian any more: the newer log says so")
    }
    guard request.isSigned, request.by == identity.keyID else {
      throw VaultError(
        .notPermitted, "the request is that of \(request.name), and who asked carries it out",
        hint: "ask yourself: crmvault backup request FILE")
    }
    guard request.vaultID == header.vaultID, request.backup == digest else {
      throw VaultError(
        .notPermitted, "the request is for another backup than this file",
        hint: "ask for this one: crmvault backup request FILE")
    }
    guard let approval else {
      guard !governance.hadSecondPerson else {
        throw VaultError(
          .approvalRequired, "a restore needs the approval of a privacy officer",
          hint: "crmvault backup approve REQUEST, by somebody else; then --approval FILE")
      }
      return
    }
    guard approval.request == request.hash else {
      throw VaultError(.notPermitted, "the approval is for another request")
    }
    guard approval.by != identity.keyID else {
      throw VaultError(.notPermitted, "nobody approves the own request", hint: "it takes a second person")
    }
    guard time <= approval.expires else {
      throw VaultError(
        .notPermitted, "the approval has expired", hint: "ask again: crmvault backup request FILE")
    }
    guard let approver = governance.activeUser(approval.by),
      governance.members[.privacyOfficer]?.contains(approval.by) == true,
      approval.isSigned(by: approver.member.signingKey, in: governance.vaultID)
    else {
      throw VaultError(.notPermitted, "the approval is by nobody who was a privacy officer of this vault")
    }
    if let newer, newer.governance.members[.privacyOfficer]?.contains(approval.by) != true {
      throw VaultError(
        .notPermitted, "who approved is no privacy officer any more: the newer log says so",
        hint: "another one has to approve")
    }
  }

  /// The latest head that the warden or the newer log knows beyond the backup. A request was made for one new name of the
  /// log: once the log has had that name, it is used up.
  private func latestKnown(_ last: RememberedHead?, _ log: VerifiedLog) throws -> LogRestoration.Head? {
    let backup = (log.governance.origin.number, log.head.size)
    let heads = [
      last.map { LogRestoration.Head(origin: $0.origin, size: $0.size, root: $0.root) }, newer?.known,
    ].compactMap(\.self)
    for head in heads where head.origin >= request.origin {
      throw VaultError(
        .notPermitted, "the request is used up: this vault was restored since, as origin /\(head.origin)",
        hint: "ask again: crmvault backup request FILE")
    }
    if let last, last.origin == backup.0, last.size <= backup.1 { try log.requireSame(last) }
    return heads.filter { ($0.origin, $0.size) > backup }.max { ($0.origin, $0.size) < ($1.origin, $1.size) }
  }

  // MARK: - What is stated

  private func details(_ known: LogRestoration.Head?) -> JSONValue {
    var details: JSONObject = [
      "backup": .string(digest.description), "request": .string(Base64.encode(request.hash.bytes)),
    ]
    details["left_behind"] = known.map { .string(String($0.size - min($0.size, header.head.size))) }
    return .object(details)
  }

  private func append(
    _ content: Statement.Content, _ action: Action, _ details: JSONValue, _ commit: Commit,
    _ identity: SecretIdentity, _ clock: any Clock
  ) throws {
    var draft = EntryDraft(.governance, action.rawValue)
    draft.statement = try commit.state(content, by: identity, at: clock.now())
    draft.details = details
    commit.append(draft)
  }

  /// Takes from everybody what the newer log has taken since; the last member of a role keeps it, and that is said.
  private func reapply(
    _ commit: Commit, _ identity: SecretIdentity, _ clock: any Clock, _ leftovers: inout [String]
  ) throws -> [Revocation] {
    guard let newer else { return [] }
    var done: [Revocation] = []
    for person in try PeopleRows.all(commit.writer, commit.governance).sorted(by: {
      $0.identity.name < $1.identity.name
    }) {
      let name = person.identity.name
      guard commit.governance.activeUser(person.keyID) != nil else { continue }
      let isGone = newer.governance.activeUser(person.keyID) == nil
      let held = commit.governance.roles(of: person.keyID)
      let lost = held.filter { newer.governance.members[$0]?.contains(person.keyID) != true }
      let kept = lost.filter { commit.governance.members[$0] == [person.keyID] }
      for role in kept {
        leftovers.append("\(name) lost the role \(role.name) later, and is its last member here")
      }
      if isGone, kept.isEmpty {
        try take(nil, held, from: person, commit, identity, clock, &done, &leftovers)
        continue
      }
      for role in lost where !kept.contains(role) {
        try take(role, [role], from: person, commit, identity, clock, &done, &leftovers)
      }
    }
    return done
  }

  /// States one revocation anew, or says that the chain does not let it.
  private func take(
    _ role: Role?, _ grants: [Role], from person: PeopleRows.Person, _ commit: Commit,
    _ identity: SecretIdentity,
    _ clock: any Clock, _ done: inout [Revocation], _ leftovers: inout [String]
  ) throws {
    let name = person.identity.name
    let content: Statement.Content =
      if let role { .revokeRole(user: person.keyID, role: role) } else { .removeUser(person.keyID) }
    do {
      try append(
        content, role == nil ? .userRemove : .roleRevoke, ["user": .string(name)], commit, identity, clock)
    } catch is VaultError {
      // The last one who could approve what the custodian asks leaves by an agreement of his own only.
      leftovers.append(
        "\(name) \(role.map { "lost the role \($0.name)" } ?? "was removed") later: take it again")
      return
    }
    for grant in grants { try Session.removeGrant(grant, of: person.keyID, commit) }
    done.append(Revocation(user: name, role: role))
  }

  /// What the restore cannot take over by itself.
  private func leftovers(_ governance: Governance, _ known: LogRestoration.Head?) -> [String] {
    var texts: [String] = []
    guard let newer else {
      if let known {
        texts.append(
          "the log beyond the backup (\(known.size) entries were known) is not at hand: revocations, withdrawals of "
            + "consent and erasures in it have to be found out and entered again")
      }
      return texts
    }
    if let known, (known.origin, known.size) > (newer.known.origin, newer.known.size) {
      texts.append("the newer log ends at \(newer.known.size) entries, and \(known.size) were known")
    }
    if newer.governance.policy != governance.policy {
      texts.append("the policy was changed later: apply it again")
    }
    if newer.governance.logKey.key != governance.logKey.key {
      texts.append("the log's key was changed later: change it again (crmvault audit key rotate)")
    }
    let joined = Role.allCases.contains { role in
      !(newer.governance.members[role] ?? []).isSubset(of: governance.members[role] ?? [])
    }
    if joined { texts.append("people joined roles later: grant them again") }
    texts.append(
      "withdrawals of consent, and erasures: a privacy officer carries them out (crmvault backup finish)")
    return texts
  }
}

extension VerifiedLog {
  /// Refuses a head of this log's present name that is not on its way.
  func requireSame(_ head: RememberedHead) throws {
    guard head.size < self.head.size || head.root == self.head.range.root else {
      throw VaultError(
        .integrity, "the backup is of another log than the one that the file of customer keys has seen",
        hint: "keep it as evidence and tell the privacy officer")
    }
  }
}
