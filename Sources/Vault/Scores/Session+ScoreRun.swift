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
    try scan(plan, purpose: purpose, threads: threads) { outcomes, excluded, purpose, entries, _ in
      let run = try ScoreRun(
        model: plan.model, window: plan.window, definitions: plan.definitions, blocks: outcomes.map(\.scores))
      return ScoredCustomers(run: run, purpose: purpose, entries: entries, excluded: try excluded(run))
    }
  }

  /// Gathers what every customer whom the purpose may reach comes to, for a model over many customers: an intent in the
  /// log, then the scan, then what it touched, and only then the histories.
  ///
  /// - Parameters:
  ///   - plan: a plan that gathers; its model is not asked.
  ///   - purpose: a purpose of the policy, or nil for the role's default.
  ///   - threads: how many to use; one for each processor by default.
  /// - Throws: as ``scoreEverybody(_:purpose:threads:)``.
  public func gatherEverybody(_ plan: ScorePlan, purpose: String?, threads: Int? = nil) throws
    -> GatheredCustomers
  {
    precondition(plan.gathers != nil, "the plan gathers nothing")
    return try scan(plan, purpose: purpose, threads: threads) {
      outcomes, excluded, purpose, entries, digits in
      let run = try ScoreRun(
        model: plan.model, window: plan.window, definitions: plan.definitions, blocks: outcomes.map(\.scores))
      return GatheredCustomers(
        customers: outcomes.flatMap(\.gathered), purpose: purpose, entries: entries,
        excluded: try excluded(run),
        minorDigits: digits)
    }
  }

  private typealias Exclusions = (ScoreRun) throws -> [(reason: String, customers: UInt64)]

  /// Reads everybody's behavior behind the gate, and writes down what was touched before anything is made of it.
  private func scan<Result>(
    _ plan: ScorePlan, purpose: String?, threads: Int?,
    _ finish: ([ScoreScan.Outcome], Exclusions, String, (intent: UInt64, result: UInt64), Int) throws ->
      Result
  ) throws -> Result {
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
      let digits = try plan.minorDigits(of: context.settings)
      let job = ScoreScan.Job(
        plan: plan, minorDigits: digits, days: try LocalDays(zone: context.settings.zone), currency: currency,
        vault: context.vaultID, classKey: classKey, warden: environment.warden, subjects: subjects)
      let outcomes = try ScoreScan(job, environment.store).run(
        threads: threads ?? WorkerThreads.processors, for: receipt)
      var touched = subjects
      for outcome in outcomes { for ordinal in outcome.untouched { touched.remove(ordinal) } }
      let result = try recordResult(of: context, .scoreRun, touched: touched)
      return try finish(
        outcomes,
        { run in try excluded(run, outcomes, purpose, universe: context.universe) },
        purpose.name, (context.entry, result), digits)
    }
  }

  private func excluded(
    _ run: ScoreRun, _ outcomes: [ScoreScan.Outcome], _ purpose: Purpose, universe: UInt64
  ) throws -> [(reason: String, customers: UInt64)] {
    var excluded = run.excluded.map { (reason: $0.exclusion.reason, customers: UInt64($0.customers)) }
    let withheld = outcomes.reduce(0) { $0 + $1.withheld }
    if withheld > 0 { excluded.append((purpose.rule == .consent ? "not-consented" : "objected", withheld)) }
    let newer = try environment.store.read { reader in
      try reader.surveyDirectory(ordinals: Int64(universe)..<Int64.max).count
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

  /// Visits gathered customers in ascending order of ordinals, each with its place among them and its pseudonym.
  ///
  /// - Parameters:
  ///   - gathered: what ``gatherEverybody(_:purpose:threads:)`` gave.
  ///   - limit: the most customers to visit.
  ///   - body: runs outside of any transaction.
  public func visitCustomers(
    _ gathered: GatheredCustomers, limit: Int? = nil, _ body: (Pseudonym, Int) throws -> Void
  ) throws {
    let count = min(limit ?? .max, gathered.customers.count)
    for start in stride(from: 0, to: count, by: 4096) {
      let places = start..<min(start + 4096, count)
      let pseudonyms = try pseudonyms(of: gathered.customers[places].map(\.ordinal))
      for (place, pseudonym) in zip(places, pseudonyms) { try body(pseudonym, place) }
    }
  }

  /// The pseudonyms of ascending ordinals.
  private func pseudonyms(of ordinals: [UInt64]) throws -> [Pseudonym] {
    guard let first = ordinals.first, let last = ordinals.last else { return [] }
    let rule = environment.warden.pseudonyms()
    var pseudonyms: [Pseudonym] = []
    pseudonyms.reserveCapacity(ordinals.count)
    try environment.store.read { reader in
      try reader.scan(
        Schema.directory, prefix: [], range: Int64(first)..<Int64(last) + 1, descending: false
      ) { row in
        let entry = try Directory.entry(row)
        try rule.check(entry)
        if pseudonyms.count < ordinals.count, entry.ordinal == ordinals[pseudonyms.count] {
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
