internal import AuditLog
internal import Sodium

/// What stands in the way: thrown out of a commit, which then asks for the approval in one of its own.
struct MissingApproval: Error {
  let need: ApprovalNeed
}

extension Session {
  /// Demands a second person's approval, inside the commit of what needs it; uses it up.
  ///
  /// Where none waits, the commit is rolled back, a request is made in another one (unless the same is asked already),
  /// and `.approvalRequired`, which names it, is thrown out of ``commit(mayUseBallast:_:)``.
  ///
  /// - Returns: by what right it is done: what the statement or the entry is to say.
  func requireApproval(_ need: ApprovalNeed, _ commit: Commit, _ opened: Opened, _ time: LogTime) throws
    -> Clearance
  {
    let governance = commit.governance
    guard governance.hadSecondPerson else { return .unapproved }
    guard need.action.isDemandedByChain || opened.policy.approvals.actions.contains(need.action) else {
      return .notNeeded
    }
    let content = try need.action.digest(of: need.content)
    var found: Approval?
    try RequestRow.scan(commit.writer) { row in
      guard let answer = row.answer, answer.subject.action == need.action,
        answer.subject.content == content, try !row.isUsed(commit.writer, governance),
        (try? governance.check(
          answer, covers: need.action, content, by: environment.identity.keyID, onlyBy: need.onlyBy, at: time))
          != nil
      else { return true }
      found = answer
      return false
    }
    guard let approval = found else { throw MissingApproval(need: need) }
    var draft = EntryDraft(.change, Action.requestUse.rawValue)
    draft.details = .object(
      Clearance.approved(approval).details.adding(["for": .string(need.action.rawValue)]))
    draft.ticket = ticket
    let entry = commit.append(draft)
    try commit.insert(
      Schema.usedApproval,
      Row([
        .blob(approval.subject.request.bytes), .integer(Int64(entry)), .blob(approval.bytes),
      ]))
    return .approved(approval)
  }

  /// Asks for what is missing, in a commit of its own, and says so.
  func askForApproval(_ missing: MissingApproval) throws -> VaultError {
    let made = try makeRequest(missing.need, note: nil)
    let who =
      missing.need.onlyBy == nil
      ? Self.article(Approval.role(answering: missing.need.role)) : "the one who is to leave"
    let what =
      made.isNew ? "request \(made.number) was made for it" : "request \(made.number) waits for an answer"
    return VaultError(
      .approvalRequired, "\(missing.need.action.rawValue) needs a second person's approval: \(what)",
      hint: "\(who) answers it: crmvault request approve \(made.number); then give this command again",
      request: made.number)
  }

  private static func article(_ role: Role) -> String {
    role == .custodian ? "another custodian" : "a privacy officer"
  }
}
