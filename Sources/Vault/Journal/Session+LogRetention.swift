internal import AuditLog
internal import Sodium

extension Session {
  /// What the policy says of the log's end, and what is gone already.
  public struct LogRetention: Sendable {
    /// The policy's rules.
    public let rules: LogRules
    /// How many entries the log has.
    public let size: UInt64
    /// The minimum index: entries below may be gone.
    public let prunedBelow: UInt64
    /// The entries whose *who* may be gone.
    public let erasedWho: [Range<UInt64>]
    /// The entries whose *what* may be gone.
    public let erasedWhat: [Range<UInt64>]
    /// The minimum index that is due now; nil where nothing is.
    public var duePruning: UInt64? { pruning?.end }
    /// The entries whose *who* is due now; nil where none is.
    public let dueWho: Range<UInt64>?

    let pruning: Due?
    let who: Due?
  }

  /// The end of what is due, all of it from before a time.
  struct Due: Sendable {
    let end: UInt64
    let before: LogTime
  }

  /// What applying the retention policy came to.
  public struct LogRetentionOutcome: Sendable {
    /// How it stands after it, or would; nothing is due any more.
    public let retention: LogRetention
    /// How many entries were reduced to their leaves' hashes.
    public let prunedEntries: Int
    /// How many parts were reduced to their ciphertexts' hashes.
    public let erasedParts: Int
  }

  /// How the log's retention stands.
  public func logRetention() throws -> LogRetention {
    let (rules, retired, head) = try readPublic { _, opened in
      (opened.policy.log, opened.governance.retired, opened.log.head)
    }
    let erased = retired.erased[.who] ?? []
    let due = try boundary(rules.entryDays, from: retired.prunedBelow, head)
    let doneWho = erased.first.flatMap { $0.lowerBound == 0 ? $0.upperBound : nil } ?? 0
    let dueWho = try boundary(rules.whoDays, from: doneWho, head)
    return LogRetention(
      rules: rules, size: head.size, prunedBelow: retired.prunedBelow, erasedWho: erased,
      erasedWhat: retired.erased[.what] ?? [], dueWho: dueWho.map { doneWho..<$0.end }, pruning: due,
      who: dueWho)
  }

  /// Applies the retention policy: states what goes, in entries of their own, then takes it away. The tree, every proof
  /// and every checkpoint stay as they are.
  ///
  /// - Throws: `.notPermitted` where the policy states no retention for the log: then nothing ever goes.
  public func applyLogRetention() throws -> LogRetentionOutcome {
    let plan = try logRetention()
    try govern(.auditRetention, details: Self.details(plan), kind: .erasure) { commit, opened, time in
      guard opened.policy.log.hasRetention else {
        throw VaultError(
          .notPermitted, "the policy states no retention for the log: nothing of it is taken away",
          hint: "state one in the policy: log: {retention: {who: 3y, entries: 10y}}")
      }
      var statements: [(Statement, Action, String)] = []
      func state(_ content: Statement.Content) throws {
        statements.append(
          (try commit.state(content, by: self.environment.identity, at: time), .auditRetention, ""))
      }
      if let due = plan.pruning { try state(.pruneLog(below: due.end, before: due.before)) }
      if let entries = plan.dueWho, let due = plan.who {
        try state(.erasePart(.who, entries, before: due.before))
      }
      if statements.isEmpty { self.appendNothingDue(to: commit) }
      return ((), statements)
    }
    return try reduce()
  }

  /// Erases a part of one entry, as the policy's retention or a person's right asks.
  ///
  /// - Throws: `.notFound` for an entry that is not there; `.notPermitted` for the *what* of an entry on which proofs of
  ///   customers rest.
  public func eraseLogPart(_ part: Statement.LogPart, of seq: UInt64) throws -> LogRetentionOutcome {
    let details: JSONValue = ["part": .string(part.rawValue), "seq": .string(String(seq))]
    try govern(.auditErase, details: details, kind: .erasure) { commit, opened, time in
      guard let row = try commit.writer.row(Schema.entry, key: [.integer(Int64(clamping: seq))]),
        let entry = try? EntryRow(row), entry.prunedLeaf == nil, seq < opened.log.head.size
      else { throw VaultError(.notFound, "there is no entry \(seq) with such a part") }
      guard !entry.lacks(part) else {
        throw VaultError(.exists, "the \(part.rawValue) of entry \(seq) was erased already")
      }
      let enrols = try commit.writer.row(Schema.enrolment, key: [.integer(entry.seq)]) != nil
      guard part == .who || !enrols else {
        throw VaultError(
          .notPermitted, "the what of entry \(seq) names customers that were added: later proofs rest on it")
      }
      let statement = try commit.state(
        .erasePart(part, seq..<seq + 1, before: nil), by: self.environment.identity, at: time)
      return ((), [(statement, .auditErase, "")])
    }
    return try reduce()
  }

  // MARK: -

  private func reduce() throws -> LogRetentionOutcome {
    let (retired, size) = try readPublic { _, opened in (opened.governance.retired, opened.log.head.size) }
    let outcome = try LogReduction(store: environment.store).run(retired, upTo: size)
    return LogRetentionOutcome(
      retention: try logRetention(), prunedEntries: outcome.prunedEntries, erasedParts: outcome.erasedParts)
  }

  private func appendNothingDue(to commit: Commit) {
    var draft = EntryDraft(.log, Action.auditRetention.rawValue)
    draft.details = ["due": .string("nothing")]
    draft.ticket = ticket
    commit.append(draft)
  }

  private static func details(_ plan: LogRetention) -> JSONValue {
    var details = JSONObject()
    details["below"] = plan.duePruning.map { .string(String($0)) }
    details["who_from"] = plan.dueWho.map { .string(String($0.lowerBound)) }
    details["who_to"] = plan.dueWho.map { .string(String($0.upperBound)) }
    return .object(details)
  }

  /// The first entry, from `start` on, that is younger than so many days: all before it are older, whatever clocks did.
  /// Nil when that is `start` itself.
  private func boundary(_ days: Int?, from start: UInt64, _ head: LogHead) throws -> Due? {
    guard let days else { return nil }
    let now = environment.clock.now().nanoseconds
    let age = LogRules.nanoseconds(days: days)
    guard now > age else { return nil }
    let limit = LogTime(nanoseconds: now - age)
    var end = start
    while end < head.size {
      let stretch = try environment.store.read { reader in
        try LogStretch(
          reader, from: Int64(end), limit: min(StoredLog.step, Int(head.size - end)), withCheckpoints: false)
      }
      guard !stretch.entries.isEmpty else { break }
      for row in stretch.entries {
        if row.prunedLeaf == nil, try Self.envelope(row).time >= limit {
          return end > start ? Due(end: end, before: limit) : nil
        }
        end += 1
      }
    }
    return end > start ? Due(end: end, before: limit) : nil
  }
}
