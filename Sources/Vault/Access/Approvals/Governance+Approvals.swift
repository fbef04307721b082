internal import AuditLog
internal import Sodium

extension Governance {
  /// The active users who may answer a request that `requester` makes in `role`: never the requester, under no role.
  func approvers(of requester: KeyID, as role: Role) -> [KeyID] {
    (members[Approval.role(answering: role)] ?? []).subtracting([requester]).sorted()
  }

  /// Checks that an approval covers this and no more.
  ///
  /// - Parameters:
  ///   - content: what is to be done exactly.
  ///   - requester: who is about to do it.
  ///   - onlyBy: the one person who may have approved it, or nil for whoever answers such requests.
  ///   - time: when it is done.
  /// - Throws: `.notPermitted` with the reason.
  func check(
    _ approval: Approval, covers action: SensitiveAction, _ content: Digest32, by requester: KeyID,
    onlyBy: KeyID? = nil, at time: LogTime
  ) throws(VaultError) {
    let subject = approval.subject
    guard approval.verdict == .approved else { throw refusal("was denied") }
    guard subject.action == action, subject.content == content else { throw refusal("is for something else") }
    guard subject.requester == requester, approval.by != requester else {
      throw refusal("is not for its user by a second person")
    }
    guard roles(of: requester).contains(subject.role) else {
      throw refusal("was asked for in a role that its user does not have")
    }
    try checkSignature(approval, onlyBy: onlyBy)
    guard approval.time <= time, time <= approval.expires else { throw refusal("has expired") }
    guard !usedApprovals.contains(subject.request) else { throw refusal("was used before") }
  }

  /// Checks who signed an answer, and that its time is within the limit.
  func checkSignature(_ approval: Approval, onlyBy: KeyID? = nil) throws(VaultError) {
    guard let approver = activeUser(approval.by) else { throw refusal("is by nobody of this vault") }
    let role = Approval.role(answering: approval.subject.role)
    guard onlyBy.map({ $0 == approval.by }) ?? (members[role]?.contains(approval.by) == true) else {
      throw refusal("is by somebody who may not give it")
    }
    guard approval.by != approval.subject.requester else {
      throw refusal("is by the one who asked for it")
    }
    guard approval.isSigned(by: approver.member.signingKey, in: vaultID) else {
      throw refusal("has a signature that does not verify")
    }
    guard approval.expires.nanoseconds <= approval.time.nanoseconds &+ Approval.longestLifetime else {
      throw refusal("would count for too long")
    }
  }

  /// Whether taking a role from a user leaves `custodian`, who orders it, without anybody to approve what he asks for;
  /// then that user must agree.
  func isLastApprover(_ user: KeyID, _ role: Role, orderedBy custodian: KeyID) -> Bool {
    guard hadSecondPerson, user != custodian, members[role]?.contains(user) == true else { return false }
    switch role {
    case .privacyOfficer: return approvers(of: custodian, as: .custodian) == [user]
    case .custodian:
      return members[.privacyOfficer]?.contains(custodian) == true
        && approvers(of: custodian, as: .privacyOfficer) == [user]
    default: return false
    }
  }

  private func refusal(_ why: String) -> VaultError {
    VaultError(.notPermitted, "the approval \(why)")
  }
}

extension SensitiveAction {
  /// What a change of the policy asks for.
  static func content(policy: Digest32) -> JSONObject { ["policy": .string(Base64.encode(policy.bytes))] }

  /// What making somebody a custodian, or taking an approver's role, asks for.
  static func content(user: KeyID, role: Role) -> JSONObject {
    ["user": .string(user.description), "role": .string(role.name)]
  }
}
