internal import AuditLog

/// A walk through all customers: they are looked at range by range, and what is due is taken away in batches.
struct RetentionSweep {
  private static let step: UInt64 = 256

  /// What is known of a customer who stands for others too, until all of these were looked at.
  private struct Merged {
    var last: Int64?
    var classes: Set<DataClass> = []
  }

  let run: RetentionRun
  let isDryRun: Bool
  private(set) var counts = RetentionCounts()
  private(set) var inactive: [DataClass: Int] = [:]
  private(set) var touched: SubjectSet
  private let context: Session.AccessContext
  private let shield: RetentionShield
  private var pace = ImportPace()
  private var merged: [UInt64: Merged] = [:]

  init(
    _ run: RetentionRun, _ context: Session.AccessContext, _ shield: RetentionShield, isDryRun: Bool
  ) throws {
    self.run = run
    self.context = context
    self.shield = shield
    self.isDryRun = isDryRun
    touched = try SubjectSet(universe: context.universe)
  }

  mutating func run(
    _ session: Session, for receipt: borrowing AccessReceipt, progress: (Int) throws -> Void,
    inactive tell: (InactiveCustomer) throws -> Void
  ) throws {
    var due: [UInt64] = []
    let rule = session.environment.warden.pseudonyms()
    for first in stride(from: 0, to: context.universe, by: Int(Self.step)) {
      let range = first..<min(first + Self.step, context.universe)
      let records = try session.environment.store.read { try run.records(range, $0) }
      for ordinal in range {
        guard receipt.subjects.contains(ordinal), let own = records[ordinal] else { continue }
        let kept = shield.kept(of: ordinal)
        let finding = try run.examine(own, keeping: kept, for: receipt)
        try touched.insert(ordinal)
        if !finding.counts.isEmpty {
          due.append(ordinal)
          if isDryRun { counts.add(finding.counts) }
        }
        guard !shield.isMerged(ordinal) else {
          note(ordinal, own, finding.last)
          continue
        }
        let classes = run.inactive(own, since: finding.last, keeping: kept)
        try report(ordinal, classes, finding.last, rule, tell)
      }
      if due.count >= pace.customers { try apply(&due, session, for: receipt) }
      try progress(range.count)
    }
    try apply(&due, session, for: receipt)
    for (root, known) in merged.sorted(by: { $0.key < $1.key }) {
      let kept = shield.kept(of: root)
      let classes = run.limits.inactive(since: known.last).filter {
        known.classes.contains($0) && !kept.contains($0)
      }
      try report(root, classes, known.last, rule, tell)
    }
  }

  /// Keeps what was heard of a customer through one of those who were merged into it.
  private mutating func note(_ ordinal: UInt64, _ records: [DataClass: [SealedRecord]], _ last: Int64?) {
    var known = merged[shield.root(of: ordinal)] ?? Merged()
    if let last { known.last = max(known.last ?? last, last) }
    known.classes.formUnion(records.filter { !$0.value.isEmpty }.keys)
    merged[shield.root(of: ordinal)] = known
  }

  private mutating func report(
    _ ordinal: UInt64, _ classes: [DataClass], _ last: Int64?, _ rule: PseudonymRule,
    _ tell: (InactiveCustomer) throws -> Void
  ) throws {
    guard let last, !classes.isEmpty else { return }
    for dataClass in classes { inactive[dataClass, default: 0] += 1 }
    try tell(InactiveCustomer(pseudonym: rule.pseudonym(of: ordinal), classes: classes, last: last))
  }

  private mutating func apply(
    _ due: inout [UInt64], _ session: Session, for receipt: borrowing AccessReceipt
  ) throws {
    while !isDryRun, !due.isEmpty {
      let batch = Array(due.prefix(pace.customers))
      let done = try pace.measure(customers: batch.count) {
        try session.applyRetention(run, to: batch, context, shield.links, for: receipt)
      }
      counts.add(done)
      due.removeFirst(batch.count)
    }
    due.removeAll()
  }
}
