internal import AuditLog
internal import Sodium

/// Checks the rows of requests and of used approvals, without a key: every answer is signed by somebody of the vault
/// who is not the requester, and every use is of an approval.
///
/// Whether the approver had the role at the time is what the program that used it has checked, and what the chain checks
/// where a statement embeds it.
struct ApprovalVerification {
  let governance: Governance

  func run(_ reader: any StoreReader, _ report: inout VerificationReport) throws {
    try reader.scan(Schema.request, prefix: [], range: nil, descending: false) { row in
      guard let request = try? RequestRow(row) else {
        report.report(nil, .people, "a request is malformed")
        return true
      }
      if let answer = request.answer, !isSigned(answer) {
        report.report(nil, .people, "the answer to request \(request.number) does not verify")
      }
      return true
    }
    try reader.scan(Schema.usedApproval, prefix: [], range: nil, descending: false) { row in
      guard case .blob(let hash) = row.values[0], case .blob(let bytes) = row.values[2],
        let approval = try? Approval(bytes: bytes), approval.subject.request.bytes == hash,
        approval.verdict == .approved, isSigned(approval)
      else {
        report.report(nil, .people, "an approval that was used does not verify")
        return true
      }
      return true
    }
  }

  private func isSigned(_ answer: Approval) -> Bool {
    guard let user = governance.users[answer.by], answer.by != answer.subject.requester else { return false }
    return answer.isSigned(by: user.member.signingKey, in: governance.vaultID)
  }
}
