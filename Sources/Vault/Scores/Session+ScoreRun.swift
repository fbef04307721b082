internal import AuditLog
public import Scoring
internal import Sodium

extension Session {
  /// Scores every customer whom the purpose may reach: an intent in the log, then the scan, then what it touched,
  /// and only then the scores.
  ///
  /// Customers who are added meanwhile are counted and not scored. A run that fails or is killed leaves the intent
  /// standing, which says "all of them".
  ///
  /// - Parameters:
  ///   - plan: model, window and definitions.
  ///   - purpose: a purpose of the policy, or nil for the role's default.
  ///   - threads: how many to use; one for each processor by default. The scores do not depend on it.
  /// - Throws: `.integrity` where a record, a key or the directory does not fit; nothing is scored then.
  public func scoreEverybody(_ plan: ScorePlan, purpose: String?, threads: Int? = nil) throws
    -> ScoredCustomers
  {
    let request = AccessRequest(.scoreRun, purpose: purpose, subject: .everybody, classes: [.behavior])
    return try access(request) { context in
      try context.keys.classKey(.behavior, context.reader)
    } release: { receipt, context, classKey in
      guard case .many(let subjects) = receipt.subjects, let purpose = context.purpose else {
        throw VaultError(.notPermitted, "the access that was granted does not cover every customer")
      }
      guard let currency = CurrencyCode(context.settings.currency) else {
        throw VaultError(.integrity, "the vault's currency is no currency")
      }
      let job = ScoreScan.Job(
        plan: plan, minorDigits: try plan.minorDigits(of: context.settings),
        days: try LocalDays(zone: context.settings.zone), currency: currency, vault: context.vaultID,
        classKey: classKey, warden: environment.warden, subjects: subjects)
      let outcomes = try ScoreScan(job, environment.store).run(
        threads: threads ?? WorkerThreads.processors, for: receipt)
      let run = try ScoreRun(
        model: plan.model, window: plan.window, definitions: plan.definitions, blocks: outcomes.map(\.scores))
      var touched = subjects
      let untouched = outcomes.flatMap(\.untouched)
      try requireOrdered(untouched)
      for ordinal in untouched { touched.remove(ordinal) }
      let result = try recordResult(of: context, .scoreRun, touched: touched)
      return ScoredCustomers(
        run: run, purpose: purpose.name, entries: (context.entry, result),
        excluded: try excluded(run, outcomes, purpose, context))
    }
  }

  /// Refuses a directory that calls somebody erased whom no statement erases.
  func requireOrdered(_ untouched: [UInt64]) throws {
    try readPublic { reader, opened in
      for ordinal in untouched where !opened.governance.subjects.isErased(ordinal) {
        guard try Directory.entry(ordinal, reader)?.state != .erased else {
          throw VaultError(
            .integrity,
            "the directory calls a customer erased, and no statement of a privacy officer orders it",
            hint: "crmvault verify tells more; keep a copy as evidence")
        }
      }
    }
  }

  private func excluded(
    _ run: ScoreRun, _ outcomes: [ScoreScan.Outcome], _ purpose: Purpose, _ context: AccessContext
  ) throws -> [(reason: String, customers: UInt64)] {
    var excluded = run.excluded.map { (reason: $0.exclusion.reason, customers: UInt64($0.customers)) }
    excluded += try leftOut(outcomes.reduce(0) { $0 + $1.withheld }, purpose, context)
    return excluded
  }

  /// Customers whom the purpose's rule leaves out, whose data is restricted or erased, and those who came after the
  /// intent.
  ///
  /// - Parameter withheld: how many customers the receipt does not name, for whatever reason.
  func leftOut(_ withheld: UInt64, _ purpose: Purpose, _ context: AccessContext) throws -> [(
    reason: String, customers: UInt64
  )] {
    var excluded: [(reason: String, customers: UInt64)] = []
    let spared = context.spared
    let ruled = withheld - min(withheld, spared.restricted + spared.erased)
    if ruled > 0 { excluded.append((purpose.rule == .consent ? "not-consented" : "objected", ruled)) }
    if spared.restricted > 0 { excluded.append(("restricted", spared.restricted)) }
    if spared.erased > 0 { excluded.append(("erased", spared.erased)) }
    let newer = try environment.store.read { reader in
      try reader.surveyDirectory(ordinals: Int64(context.universe)..<Int64.max).count
    }
    if newer > 0 { excluded.append(("newer", UInt64(newer))) }
    return excluded
  }

  /// Visits the scores in ascending order of ordinals, each with its customer's pseudonym.
  ///
  /// - Parameters:
  ///   - scored: what ``scoreEverybody(_:purpose:threads:)`` gave.
  ///   - limit: the most rows to visit.
  ///   - body: runs outside of any transaction, so that it may take its time.
  public func visitScores(
    _ scored: ScoredCustomers, limit: Int? = nil, _ body: (Pseudonym, ScoreRow) throws -> Void
  ) throws {
    var left = limit ?? .max
    for block in scored.run.blocks where left > 0 && block.count > 0 {
      let rows = (0..<min(block.count, left)).map { block[$0] }
      left -= rows.count
      let pseudonyms = try pseudonyms(rows)
      for (row, pseudonym) in zip(rows, pseudonyms) { try body(pseudonym, row) }
    }
  }

  /// The pseudonyms of the rows of one block.
  private func pseudonyms(_ rows: [ScoreRow]) throws -> [Pseudonym] {
    try pseudonyms(of: rows.map(\.ordinal))
  }

  /// The pseudonyms of ascending ordinals.
  func pseudonyms(of ordinals: [UInt64]) throws -> [Pseudonym] {
    guard let first = ordinals.first, let last = ordinals.last else { return [] }
    let rule = environment.warden.pseudonyms()
    var pseudonyms: [Pseudonym] = []
    pseudonyms.reserveCapacity(ordinals.count)
    try environment.store.read { reader in
      try reader.scan(
        Schema.directory, prefix: [], range: Int64(first)..<Int64(last) + 1, descending: false
      ) { row in
        let entry = try Directory.entry(row)
        if pseudonyms.count < ordinals.count, entry.ordinal == ordinals[pseudonyms.count] {
          try rule.check(entry)
          pseudonyms.append(entry.pseudonym)
        }
        return true
      }
    }
    guard pseudonyms.count == ordinals.count else {
      throw VaultError(.integrity, "the directory has lost a customer who was scored")
    }
    return pseudonyms
  }
}
