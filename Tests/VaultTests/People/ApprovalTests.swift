import AuditLog
import Sodium
import Testing

@testable import Vault

/// What the chain itself refuses, whatever program wrote it.
@Suite struct ApprovalTests {
  /// A chain in which `newcomer` is a privacy officer beside the owner.
  private func bench() throws -> ChainBench {
    var bench = try ChainBench()
    try bench.admit(bench.newcomer, to: .privacyOfficer)
    return bench
  }

  private let policy = SHA256.hash([7])

  private func apply(_ approval: Approval, _ hash: Digest32? = nil) -> Statement.Content {
    .applyPolicy(hash: hash ?? policy, clearance: .approved(approval))
  }

  @Test func `a policy changes with a privacy officer's approval, and not without`() throws {
    var bench = try bench()
    for clearance in [Clearance.notNeeded, .unapproved] {
      #expect(
        try bench.code(.applyPolicy(hash: policy, clearance: clearance), by: bench.custodian) == .integrity)
    }
    let approval = try bench.approve(SensitiveAction.content(policy: policy), by: bench.newcomer)
    try bench.say(apply(approval), by: bench.custodian)
    #expect(bench.governance.policy == policy)
  }

  @Test func `an approval serves once`() throws {
    var bench = try bench()
    let approval = try bench.approve(SensitiveAction.content(policy: policy), by: bench.newcomer)
    try bench.say(apply(approval), by: bench.custodian)
    #expect(try bench.code(apply(approval), by: bench.custodian) == .integrity)
  }

  @Test func `nobody approves his own request, under whatever role`() throws {
    let bench = try bench()
    // The owner is custodian and privacy officer.
    let approval = try bench.approve(SensitiveAction.content(policy: policy), by: bench.custodian)
    #expect(try bench.code(apply(approval), by: bench.custodian) == .integrity)
  }

  @Test func `an approval covers what was asked and nothing else`() throws {
    let bench = try bench()
    let content = SensitiveAction.content(policy: policy)
    let approval = try bench.approve(content, by: bench.newcomer)
    #expect(try bench.code(apply(approval, SHA256.hash([8])), by: bench.custodian) == .integrity)
    let wider = try bench.approve(content, action: .restore, by: bench.newcomer)
    #expect(try bench.code(apply(wider), by: bench.custodian) == .integrity)
    let grant = Statement.Content.grantRole(
      user: bench.agent.keyID, role: .custodian, expires: bench.soon, clearance: .approved(approval))
    #expect(try bench.code(grant, by: bench.custodian) == .integrity)
  }

  @Test func `an approval that was changed by a byte is none`() throws {
    let bench = try bench()
    let approval = try bench.approve(SensitiveAction.content(policy: policy), by: bench.newcomer)
    for (member, value) in [
      ("expires", "2033-01-01T00:00:00.000000000Z"), ("action", "backup.restore"),
      ("content", Base64.encode(SHA256.hash([1]).bytes)), ("request", Base64.encode(SHA256.hash([1]).bytes)),
      ("by", bench.custodian.keyID.description), ("requester", bench.agent.keyID.description),
      ("role", "steward"), ("verdict", "denied"),
    ] {
      guard case .object(var members) = approval.json else { return }
      members[member] = .string(value)
      let changed = try Approval(.object(members))
      #expect(try bench.code(apply(changed), by: bench.custodian) == .integrity, "\(member)")
    }
  }

  @Test func `an approval ends with its time, with its approver's role and with a denial`() throws {
    var bench = try bench()
    let content = SensitiveAction.content(policy: policy)
    let denial = try bench.approve(content, by: bench.newcomer, .denied)
    #expect(try bench.code(apply(denial), by: bench.custodian) == .integrity)
    let approval = try bench.approve(content, by: bench.newcomer)
    var later = bench
    later.seconds += 3601
    #expect(try later.code(apply(approval), by: later.custodian) == .integrity)
    let endless = try bench.approve(content, by: bench.newcomer, days: 31)
    #expect(try bench.code(apply(endless), by: bench.custodian) == .integrity)
    try bench.admit(bench.agent, to: .privacyOfficer)
    try bench.say(.revokeRole(user: bench.newcomer.keyID, role: .privacyOfficer), by: bench.custodian)
    #expect(try bench.code(apply(approval), by: bench.custodian) == .integrity)
  }

  @Test func `a further custodian needs an approval, and other roles do not`() throws {
    var bench = try bench()
    let user = bench.agent.keyID
    func grant(_ clearance: Clearance) -> Statement.Content {
      .grantRole(user: user, role: .custodian, expires: bench.soon, clearance: clearance)
    }
    #expect(try bench.code(grant(.notNeeded), by: bench.custodian) == .integrity)
    #expect(try bench.code(grant(.unapproved), by: bench.custodian) == .integrity)
    let approval = try bench.approve(
      SensitiveAction.content(user: user, role: .custodian), action: .custodian, by: bench.newcomer)
    #expect(try bench.code(grant(.approved(approval)), by: bench.custodian) == nil)
    #expect(
      try bench.code(.grantRole(user: user, role: .auditor, expires: bench.soon), by: bench.custodian) == nil)
    try bench.say(grant(.approved(approval)), by: bench.custodian)
    #expect(bench.governance.usedApprovals.count == 1)
  }

  @Test func `the last other approver goes by agreement only`() throws {
    var bench = try bench()
    let last = bench.newcomer.keyID
    let revoke = Statement.Content.revokeRole(user: last, role: .privacyOfficer)
    #expect(try bench.code(revoke, by: bench.custodian) == .integrity)
    #expect(try bench.code(.removeUser(last), by: bench.custodian) == .integrity)
    let content = SensitiveAction.content(user: last, role: .privacyOfficer)
    // The owner, a privacy officer too, cannot agree for him.
    let own = try bench.approve(content, action: .approverRemoval, by: bench.custodian)
    #expect(
      try bench.code(
        .revokeRole(user: last, role: .privacyOfficer, clearance: .approved(own)), by: bench.custodian)
        == .integrity)
    let agreed = try bench.approve(content, action: .approverRemoval, by: bench.newcomer)
    #expect(
      try bench.code(
        .revokeRole(user: last, role: .privacyOfficer, clearance: .approved(agreed)), by: bench.custodian)
        == nil)
    #expect(try bench.code(.removeUser(last, clearance: .approved(agreed)), by: bench.custodian) == nil)
    // With a further one, the first goes as everybody does.
    try bench.admit(bench.agent, to: .privacyOfficer)
    #expect(try bench.code(revoke, by: bench.custodian) == nil)
  }

  @Test func `statements with clearances read back as they were signed`() throws {
    let bench = try bench()
    let approval = try bench.approve(SensitiveAction.content(policy: policy), by: bench.newcomer)
    for clearance in [Clearance.notNeeded, .unapproved, .approved(approval)] {
      for content: Statement.Content in [
        .applyPolicy(hash: policy, clearance: clearance),
        .removeUser(bench.agent.keyID, clearance: clearance),
        .revokeRole(user: bench.agent.keyID, role: .agent, clearance: clearance),
        .grantRole(user: bench.agent.keyID, role: .agent, expires: bench.soon, clearance: clearance),
      ] {
        let statement = try bench.sign(content, by: bench.custodian)
        #expect(try Statement(statement.json).content == content)
      }
    }
    guard case .object(var both) = try bench.sign(apply(approval), by: bench.custodian).json else { return }
    both["unapproved"] = .bool(true)
    #expect(throws: VaultError(.integrity, "")) { _ = try Statement(.object(both)) }
  }
}

extension ChainBench {
  /// Enrols somebody who is not yet, and lets a role's holder confirm the grant.
  mutating func admit(_ user: SecretIdentity, to role: Role) throws {
    if governance.activeUser(user.keyID) == nil {
      try say(.addUser(Statement.Member(user.identity)), by: custodian)
    }
    let grant = try say(.grantRole(user: user.keyID, role: role, expires: soon), by: custodian)
    try say(.confirmRole(grant: grant.hash, user: user.keyID, role: role, epoch: 1), by: custodian)
  }

  /// An answer to a request of the owner's, made as custodian; it counts for an hour, or for so many days.
  func approve(
    _ content: JSONObject, action: SensitiveAction = .policyChange, by approver: SecretIdentity,
    _ verdict: Approval.Verdict = .approved, days: UInt64? = nil
  ) throws -> Approval {
    let subject = Approval.Subject(
      request: Digest32.randomSalt(), action: action, content: try action.digest(of: content),
      requester: custodian.keyID, role: .custodian)
    let expires = days.map { LogTime(nanoseconds: time.nanoseconds + $0 * 86_400_000_000_000) } ?? soon
    return try Approval.sign(
      verdict, to: subject, by: approver, time: time, expires: expires, vault: governance.vaultID)
  }
}
