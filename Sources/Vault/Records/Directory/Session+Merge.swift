internal import AuditLog
internal import Sodium

extension Session {
  /// What a merge, or taking one back, came to.
  public struct MergeOutcome: Sendable {
    /// The customer that stands for both, or did.
    public let customer: Pseudonym
    /// The customer that was merged into it, or stands for itself again.
    public let merged: Pseudonym
    /// The purposes for which consents became stricter.
    public let purposes: [String]
  }

  /// Merges one customer into another: a link in the directory. Records keep their places, readers follow the link, and
  /// the strictest consents of both hold from then on.
  ///
  /// - Throws: `.notFound`, `.exists` where one of the two was merged already, `.usage` for the same customer twice; each is
  ///   an entry.
  public func mergeCustomer(_ source: Pseudonym, into target: Pseudonym, purpose: String?) throws
    -> MergeOutcome
  {
    var request = AccessRequest(
      .customerMerge, purpose: purpose, subject: .customer(target), classes: [.consent])
    request.alongside = source
    // Consents that are erased stay so; nothing is recorded there.
    request.toleratesErased = true
    return try rewrite(request) { commit, context, customer, _, receipt, draft in
      let directory = context.opened.directory(commit.writer, environment.warden)
      guard let other = try directory.entry(of: source), other.state == .live,
        let row = try commit.writer.row(Schema.directory, key: [.integer(Int64(other.ordinal))])
      else { throw VaultError(.busy, "a customer changed meanwhile", hint: "try again") }
      let purposes = try self.tightenConsents(commit, context, for: receipt)
      let merged = DirectoryEntry(
        ordinal: other.ordinal, pseudonym: other.pseudonym, state: .merged, mergedInto: customer.ordinal)
      try commit.update(Schema.directory, from: row, to: Directory.row(merged))
      let link = MergeLink(
        from: other.ordinal, into: customer.ordinal, seq: commit.nextIndex, directory.rule)
      try commit.insert(Schema.mergeLink, link.row)
      draft.details = draft.details.merging(["stricter": .array(purposes.map { .string($0) })])
      return MergeOutcome(customer: customer.pseudonym, merged: source, purposes: purposes)
    }
  }

  private func tightenConsents(
    _ commit: Commit, _ context: AccessContext, for receipt: borrowing AccessReceipt
  ) throws -> [String] {
    let members = context.members.filter { !context.subjects.erasedClasses(of: $0).contains(.consent) }
    guard !members.isEmpty else { return [] }
    let work = try ConsentWork(members, commit, context, environment.warden, for: receipt)
    let records = try members.map { try work.consents(of: $0, for: receipt) }
    let changes = try StrictestConsent.changes(
      records, time: environment.clock.seconds, actor: environment.identity.keyID.value)
    for (ordinal, changes) in zip(members, changes) { try work.record(changes, of: ordinal, for: receipt) }
    return Set(changes.joined().map(\.purpose)).sorted()
  }

  /// Takes a merge back: the customer stands for itself again. Consents stay as strict as the merge made them.
  ///
  /// - Throws: `.notFound` for a customer who is not merged.
  public func splitCustomer(_ id: Pseudonym, purpose: String?) throws -> MergeOutcome {
    let verdict: Verdict<MergeOutcome> = try change(
      AccessRequest(.customerSplit, purpose: purpose, subject: .customer(id))
    ) { commit, context, draft in
      draft.subjects = .one(id.description)
      let directory = context.opened.directory(commit.writer, environment.warden)
      let found = try directory.entry(of: id)
      guard let entry = found, let target = entry.mergedInto,
        let link = try MergeLink.find(from: entry.ordinal, into: target, commit.writer),
        let customer = try directory.customer(at: target)
      else {
        draft.outcome = .error(code: found == nil ? "not_found" : "not_merged")
        draft.kind = .access
        return .refused(
          VaultError(
            .notFound, found == nil ? "there is no customer with this id" : "this customer is not merged",
            hint: "crmvault customer list shows the ids and states"))
      }
      let single = DirectoryEntry(
        ordinal: entry.ordinal, pseudonym: entry.pseudonym, state: .live, mergedInto: nil)
      try commit.update(Schema.directory, from: Directory.row(entry), to: Directory.row(single))
      try commit.remove(Schema.mergeLink, key: link.key)
      draft.subjects = .one(customer.pseudonym.description)
      draft.details = ["merged": .array([.string(id.description)])]
      return .granted(MergeOutcome(customer: customer.pseudonym, merged: id, purposes: []))
    }
    switch verdict {
    case .granted(let outcome): return outcome
    case .refused(let error): throw error
    }
  }
}
