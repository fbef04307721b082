internal import AuditLog
public import Scoring
internal import Sodium

/// The composite scores of everybody, by ordinal, and who has none and why. Written down in the log before it exists.
public struct CompositeRun: Sendable {
  /// The customers whose factors were gathered, ascending.
  public let ordinals: [UInt64]
  /// Their factors, by column.
  public let columns: CompositeColumns
  /// Their scores, a NaN where there is none.
  public let scores: [Double]
  /// What they were held against; nil where nobody has the factors.
  public let norms: FrozenNorms?
  /// The days that were looked at.
  public let window: Window
  /// How events became factors.
  public let definitions: FactorDefinitions
  /// The purpose.
  public let purpose: String
  /// The index of the entry that announced the run, and of the one that tells what it touched.
  public let entries: (intent: UInt64, result: UInt64)
  /// Customers without a score, by reason, as in ``ScoredCustomers``.
  public let excluded: [(reason: String, customers: UInt64)]
  /// What became of payments in other currencies.
  public let foreign: ForeignPayments

  /// How many customers have scores.
  public var count: Int { scores.count { !$0.isNaN } }
}

extension Session {
  /// Scores everybody by a composite: an intent in the log, then the scan on several threads, then what it touched, and
  /// only then the scores.
  ///
  /// - Parameters:
  ///   - plan: window and definitions; its model is not asked.
  ///   - specification: the composite.
  ///   - norms: norms that were frozen, or nil for those of the run's own customers.
  ///   - rule: which local days are purchase occasions.
  ///   - purpose: a purpose of the policy, or nil for the role's default.
  ///   - threads: how many to use; one for each processor by default. The scores do not depend on it.
  public func scoreComposite(
    _ plan: ScorePlan, _ specification: CompositeSpecification, norms: FrozenNorms? = nil,
    rule: OccasionRule = .spend, purpose: String?, threads: Int? = nil
  ) throws -> CompositeRun {
    let request = AccessRequest(.scoreRun, purpose: purpose, subject: .everybody, classes: [.behavior])
    return try access(request) { context in
      (try context.work(environment.warden), try context.keys.classKey(.behavior, context.reader))
    } release: { receipt, context, prepared in
      guard case .many(let subjects) = receipt.subjects, let purpose = context.purpose else {
        throw VaultError(.notPermitted, "the access that was granted does not cover every customer")
      }
      let job = CompositeJob(
        plan: plan, specification: specification, rule: rule, work: prepared.0, classKey: prepared.1,
        minorDigits: try plan.minorDigits(of: context.settings),
        days: try LocalDays(zone: context.settings.zone), subjects: subjects)
      let blocks = try BlockScan(
        universe: subjects.universe, store: environment.store, rule: environment.warden.pseudonyms()
      ).run(
        threads: threads ?? WorkerThreads.processors, links: { (block: CompositeBlock) in block.links }
      ) { (share: BlockScan.Share<CompositeBlock>) in
        var worker = CompositeWorker(job, merged: share.merged, isWhole: share.isWhole)
        while let block = share.next() { share.put(try worker.gather(block, share.store, for: receipt)) }
      }
      var touched = subjects
      let untouched = blocks.flatMap(\.untouched)
      try requireOrdered(untouched)
      for ordinal in untouched { touched.remove(ordinal) }
      let result = try recordResult(of: context, .scoreRun, touched: touched)
      let foreign = blocks.reduce(into: ForeignPayments()) { $0 += $1.foreign }
      try foreign.require(plan)
      let left = try leftOut(blocks.reduce(0) { $0 + $1.withheld }, purpose, context)
      return try CompositeRun(
        blocks, job, norms: norms, purpose: purpose.name, entries: (context.entry, result), left, foreign)
    }
  }

  /// Visits the customers of a composite run in ascending order of ordinals, each with its place and its pseudonym.
  public func visitCustomers(_ run: CompositeRun, _ body: (Pseudonym, Int) throws -> Void) throws {
    for start in stride(from: 0, to: run.ordinals.count, by: 4096) {
      let places = start..<min(start + 4096, run.ordinals.count)
      for (place, pseudonym) in zip(places, try pseudonyms(of: Array(run.ordinals[places]))) {
        try body(pseudonym, place)
      }
    }
  }
}

extension CompositeRun {
  /// Puts blocks together, and scores.
  fileprivate init(
    _ blocks: [CompositeBlock], _ job: CompositeJob, norms: FrozenNorms?, purpose: String,
    entries: (intent: UInt64, result: UInt64), _ left: [(reason: String, customers: UInt64)],
    _ foreign: ForeignPayments
  ) throws {
    var columns = CompositeColumns(job.specification)
    var ordinals: [UInt64] = []
    let count = blocks.reduce(0) { $0 + $1.ordinals.count }
    columns.reserve(count)
    ordinals.reserveCapacity(count)
    var excluded: [String: UInt64] = [:]
    for block in blocks {
      ordinals += block.ordinals
      columns.append(contentsOf: block.columns)
      for (reason, customers) in block.excluded { excluded[reason, default: 0] += customers }
    }
    let norms = try norms ?? columns.norms("run", asOf: job.plan.window.through)
    var scores = [Double](repeating: .nan, count: ordinals.count)
    if let norms {
      let missing: [CompositeFactor: Int]
      (scores, missing) = columns.scores(try CompositeModel(job.specification, norms: norms))
      for (factor, customers) in missing {
        excluded["missing:\(factor.rawValue)", default: 0] += UInt64(customers)
      }
    } else if let first = job.specification.terms.first, !ordinals.isEmpty {
      excluded["missing:\(first.factor.rawValue)", default: 0] += UInt64(ordinals.count)
    }
    self.init(
      ordinals: ordinals, columns: columns, scores: scores, norms: norms, window: job.plan.window,
      definitions: job.plan.definitions, purpose: purpose, entries: entries,
      excluded: excluded.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + left, foreign: foreign)
  }

  /// The scores in a form that can be saved.
  ///
  /// - Parameter norms: the name of the frozen norms that they were held against, or nil.
  public func toSave(norms: String? = nil) -> ScoresToSave {
    let run = self
    let terms = columns.specification.terms
    return ScoresToSave(
      model: CompositeModel.about, window: window, definitions: definitions, norms: norms, purpose: purpose,
      entry: entries.intent, excluded: excluded,
      columns: terms.map { $0.factor == .recency ? "recency_days" : $0.factor.rawValue } + ["composite"]
    ) { body in
      for (place, ordinal) in run.ordinals.enumerated() where !run.scores[place].isNaN {
        try body(ordinal) { $0 < terms.count ? run.columns.value(place, $0) : run.scores[place] }
      }
    }
  }
}
