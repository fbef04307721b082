internal import Anonymization
internal import AuditLog
internal import Scoring
internal import Sodium

/// A release that is about to be written down.
struct ReleaseIssue {
  let order: ExportOrder
  let gathering: ExportGathering
  let draft: ReleaseDraft
  /// Whom the access touched.
  let touched: SubjectSet
  /// Row by row the customer.
  let ordinals: [UInt64]
  /// Of a pseudonymized release: the two shares of its key, sealed.
  var shares: (officer: [UInt8], custodian: [UInt8])?

  /// What the receipt says: the draft's members and what the vault knows.
  func body(index: UInt64, vault: VaultID, policy: Policy, by identity: SecretIdentity, at time: LogTime)
    -> JSONObject
  {
    var body = draft.body
    body["v"] = 1
    body["kind"] = .string(order.kind.rawValue)
    body["release"] = .string(gathering.release.description)
    body["vault"] = .string(vault.description)
    body["index"] = .string(String(index))
    body["intent"] = .string(String(gathering.intent))
    body["t"] = .string(time.description)
    body["purpose"] = .string(gathering.purpose.name)
    body["legal_basis"] = .string(gathering.purpose.legalBasis)
    body["recipient"] = .string(order.recipient)
    body["notice"] = .string(gathering.notice)
    body["as_of"] = .string(gathering.asOf.description)
    body["policy"] = .string(policy.hashText)
    body["key"] = .string(Base64.encode(identity.identity.signingKey.bytes))
    // How many there are is a figure of the data, which an aggregate gives with noise only.
    guard order.kind != .aggregate else { return body }
    body["excluded"] = .object(
      gathering.excluded.reduce(into: JSONObject()) {
        // The receipt goes to the recipient: a small cell speaks of few people.
        let few = UInt64(SuppressedTable.threshold)
        $0[$1.reason] = .string($1.customers < few ? "<\(few)" : String($1.customers))
      })
    return body
  }
}

/// A release that is durable: its entry, and what its receipt says.
struct WrittenDown {
  let index: UInt64
  let body: JSONObject
}

extension Session {
  /// Writes down a release: the result of its intent, its entry, its row in the catalogue.
  func write(_ issue: ReleaseIssue, _ context: AccessContext) throws -> WrittenDown {
    let scoreKey = try environment.store.read { try context.keys.classKey(.score, $0) }
    return try commit(mayUseBallast: false) { commit, opened, _ in
      let clearance = try self.clearance(of: issue, context, commit, opened)
      try self.appendResult(issue, context, commit)
      let index = commit.nextIndex
      var body = issue.body(
        index: index, vault: opened.governance.vaultID, policy: opened.policy, by: environment.identity,
        at: environment.clock.now())
      if clearance == .unapproved { body["unapproved"] = true }
      var draft = EntryDraft(.change, SignedReceipt.action)
      draft.purpose = context.purpose
      draft.ref = context.entry
      draft.ticket = ticket
      let details: JSONObject = [
        "receipt": .string(Base64.encode(try SignedReceipt.hash(of: body).bytes)),
        "release": .string(issue.gathering.release.description),
      ]
      draft.details = .object(details.adding(clearance.details))
      let note = SealedNote(
        vault: opened.governance.vaultID, kind: .release, release: issue.gathering.release)
      let sealed = try note.seal(["body": .object(body)], with: scoreKey)
      try commit.insert(
        Schema.release,
        Row([
          .blob(issue.gathering.release.bytes), .integer(Int64(index)), .blob(sealed),
          issue.shares.map { .blob($0.officer) } ?? .null, issue.shares.map { .blob($0.custodian) } ?? .null,
        ]))
      commit.append(draft)
      return (WrittenDown(index: index, body: body), context.role)
    }
  }

  /// The second person's approval of a release above the risk limit, used up in the transaction that writes it down.
  private func clearance(
    of issue: ReleaseIssue, _ context: AccessContext, _ commit: Commit, _ opened: Opened
  ) throws -> Clearance {
    guard let approval = issue.draft.approval else { return .notNeeded }
    let need = ApprovalNeed(
      .exportAboveLimit, approval.content, as: context.role, text: approval.text)
    return try requireApproval(need, commit, opened, environment.clock.now())
  }

  private func appendResult(_ issue: ReleaseIssue, _ context: AccessContext, _ commit: Commit) throws {
    var draft = EntryDraft(.access, issue.order.kind.action.rawValue)
    draft.purpose = context.purpose
    draft.classes = Array(context.classes)
    draft.phase = .result
    draft.ref = context.entry
    draft.ticket = ticket
    guard issue.touched.universe > 0 else {
      commit.append(draft)
      return
    }
    let set = CommittedSet(issue.touched)
    draft.subjects = .set(set.reference(directory: try Directory.newestEnrolment(commit.writer)))
    draft.count = issue.touched.count
    commit.append(draft, set: set)
  }

  /// The receipt of a release that is durable.
  func receipt(_ written: WrittenDown, vault: VaultID) throws -> SignedReceipt {
    let (log, key) = try publicLog()
    let (row, _, proof) = try log.proven(written.index, try log.prover(), logKey: key)
    let message = try SignedReceipt.message(written.body, vault: vault.bytes)
    return SignedReceipt(
      body: written.body, signature: environment.identity.signing.sign(message.span), envelope: row.envelope,
      what: try openOwn(row), proof: proof)
  }
}
