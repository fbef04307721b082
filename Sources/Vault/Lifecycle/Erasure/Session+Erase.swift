internal import AuditLog
internal import Sodium

extension Session {
  /// What erasing a customer came to, or would.
  public struct Erasure: Sendable {
    /// The customer.
    public let customer: Pseudonym
    /// Those who were merged into it, and are erased with it.
    public let merged: [Pseudonym]
    /// The classes that this erased, or would.
    public let classes: [DataClass]
    /// The classes that had been erased before.
    public let erasedBefore: [DataClass]
    /// The index of the entry that carries the statement; nil for a dry run, and where all was erased before.
    public let seq: UInt64?
    /// How many records were taken away, or would be, by class.
    public let records: [DataClass: Int]
    /// How many index entries were taken away, or would be.
    public let indexEntries: Int
    /// How many matching tags are kept, or would be, by which a later import recognizes the customer.
    public let tags: Int
  }

  /// Erases classes of a customer, and of all who were merged into it.
  ///
  /// In this order: an entry; a privacy officer's statement with the matching tags, durable; the customers' keys
  /// overwritten in place in the warden's file, synced; the rows taken away. From the statement on, every opening finishes
  /// what is left. It works on a full disk, from the ballast.
  ///
  /// - Throws: `.legalHold` where one of the classes is under a legal hold, with its reason; `.notFound`.
  public func eraseSubject(_ id: Pseudonym, _ classes: Set<DataClass>, purpose: String?, isDryRun: Bool)
    throws
    -> Erasure
  {
    var request = AccessRequest(
      .subjectErase, purpose: purpose, subject: .customer(id), classes: [.identity], searchesIndex: true)
    request.toleratesErased = true
    request.details = ["classes": Self.names(classes), "dry_run": .bool(isDryRun)]
    return try access(request) { context in
      try ErasurePlan(classes, context, environment.warden, at: environment.clock.now())
    } release: { receipt, context, plan in
      if let hold = plan.hold { try self.refuseErasure(hold, context, request) }
      let found = plan.identifiers(for: receipt)
      guard !isDryRun else { return plan.erasure(found, seq: nil, outcome: nil) }
      return try self.carryOut(plan, found, purpose: purpose)
    }
  }

  private static func names(_ classes: Set<DataClass>) -> JSONValue {
    .array(classes.sorted().map { .string($0.name) })
  }

  private func carryOut(_ plan: ErasurePlan, _ found: ErasurePlan.Identifiers, purpose: String?) throws
    -> Erasure
  {
    guard !plan.classes.isEmpty else { return plan.erasure(found, seq: nil, outcome: nil) }
    let ordered = try order(
      .subjectErase, about: plan.customer.pseudonym, kind: .erasure, purpose: purpose,
      details: ["tags": .integer(Int64(found.tags.count))], mayUseBallast: true
    ) { commit, seq in
      for tag in found.tags { try SuppressionTags.insert(tag, seq: seq, commit) }
      try commit.insert(Schema.erasureRun, Row([.integer(Int64(seq))]))
    } _: { members, _, _ in
      guard members == plan.members.sorted() else {
        throw VaultError(.busy, "the customer changed meanwhile", hint: "try again")
      }
      return .erase(members, plan.classes)
    }
    guard let seq = ordered.seq else { throw VaultError(.integrity, "an erasure has no entry") }
    isFinishingErasures = true
    defer { isFinishingErasures = false }
    let outcomes = try removeErased(digests: found.digests.map { [seq: $0] } ?? [:])
    return plan.erasure(found, seq: seq, outcome: outcomes[seq]?.outcome)
  }

  /// The second entry: denied, since the law wants it kept; and why.
  private func refuseErasure(
    _ hold: ErasurePlan.Hold, _ context: AccessContext, _ request: AccessRequest
  ) throws -> Never {
    var draft = EntryDraft(.access, request.action.rawValue)
    draft.purpose = context.purpose
    context.asked.name(in: &draft)
    draft.details = draft.details.merging(["hold": .string(String(hold.hold.seq))])
    draft.classes = hold.classes
    draft.outcome = .denied
    draft.phase = .result
    draft.ref = context.entry
    draft.ticket = ticket
    try record(draft, as: context.role)
    let names = hold.classes.map(\.name).joined(separator: ", ")
    let reason = hold.reason.map { ": \($0)" } ?? ""
    let until = hold.hold.until.map { " until \($0)" } ?? ""
    throw VaultError(
      .legalHold, "a legal hold keeps \(names)\(until)\(reason)",
      hint: "erase other classes with --class, or release it: crmvault subject release-hold")
  }
}
