internal import AuditLog
internal import Scoring
internal import Sodium

/// What a composite run reads; the same for every thread.
struct CompositeJob {
  let plan: ScorePlan
  let specification: CompositeSpecification
  let rule: OccasionRule
  let work: RecordWork
  let classKey: SharedKey<ClassKeyPurpose>
  let minorDigits: Int
  let days: LocalDays
  /// The customers that may be opened.
  let subjects: SubjectSet
}

/// The customers of one block with the factors of a composite.
struct CompositeBlock: Sendable {
  var ordinals: [UInt64] = []
  var columns: CompositeColumns
  /// Customers of whom nothing is made, by reason.
  var excluded: [String: UInt64] = [:]
  /// Payments in other currencies.
  var foreign = ForeignPayments()
  /// Customers whom the purpose's rule leaves out.
  var withheld: UInt64 = 0
  /// Ordinals of which nothing was opened though the receipt names them: never given, or erased.
  var untouched: [UInt64] = []
  /// Customers that were merged into another one.
  var links: [BlockScan.Link] = []
}

/// One thread's part of a composite run: from statistics where they tell, else from the events.
struct CompositeWorker: ~Copyable {
  /// A read transaction covers so many ordinals, well under 100 ms also where every customer's events are needed.
  private static let ordinalsAtOnce: UInt64 = 1024

  private let job: CompositeJob
  private let merged: [UInt64: [UInt64]]
  private let isWhole: Bool
  private let usesStatistics: Bool
  private var keys = CustomerKeys()
  private var statistics: StatisticsPage
  /// The customer's who is looked at, in the same memory each time.
  private var known = CustomerStatistics()
  private var gathered: GatherScan

  init(_ job: CompositeJob, merged: [UInt64: [UInt64]], isWhole: Bool) {
    (self.job, self.merged, self.isWhole) = (job, merged, isWhole)
    usesStatistics = job.plan.usesStatistics && CustomerStatistics.suffice(for: job.plan.definitions)
    statistics = StatisticsPage(vault: job.work.vault, classKey: job.classKey)
    gathered = GatherScan(
      job.plan, GatherPlan(rule: job.rule), work: job.work, minorDigits: job.minorDigits, days: job.days)
  }

  /// Gathers the customers of one block of 4,096 ordinals.
  mutating func gather(_ index: UInt64, _ store: any Store, for receipt: borrowing AccessReceipt) throws
    -> CompositeBlock
  {
    let first = index * ScoreBlock.ordinals
    let end = min(first + ScoreBlock.ordinals, job.subjects.universe)
    var block = CompositeBlock(columns: CompositeColumns(job.specification))
    block.columns.reserve(Int(end - first))
    block.ordinals.reserveCapacity(Int(end - first))
    for start in stride(from: first, to: end, by: Int(Self.ordinalsAtOnce)) {
      let ordinals = start..<min(start + Self.ordinalsAtOnce, end)
      try store.read { reader in try gather(ordinals, &block, reader, for: receipt) }
    }
    (block.excluded, block.foreign) = gathered.takeCounts()
    return block
  }

  private mutating func gather(
    _ ordinals: Range<UInt64>, _ block: inout CompositeBlock, _ reader: any StoreReader,
    for receipt: borrowing AccessReceipt
  ) throws {
    let directory = try DirectoryRange(ordinals, isWhole: isWhole, reader)
    let rows = usesStatistics ? try StatisticsPage.rows(ordinals, reader) : []
    var (next, opened) = (0, UInt64.max)
    for ordinal in ordinals {
      if next < rows.count, rows[next].first <= ordinal {
        try statistics.open(rows[next])
        opened = rows[next].first
        next += 1
      }
      switch directory[ordinal] {
      case .live where !job.subjects.contains(ordinal): block.withheld += 1
      case .live:
        let isKept = opened == SlotSeries.first(containing: ordinal)
        if isKept, try takeStatistics(ordinal, &block, for: receipt) { continue }
        try takeEvents(ordinal, &block, reader, for: receipt)
      case .merged(let target): block.links.append((ordinal, target))
      case .erased, .unknown:
        guard try SealedRecord.all(.behavior, ordinal, reader).isEmpty else {
          throw VaultError(
            .integrity, "a record belongs to no customer of the directory, or to an erased one")
        }
        block.untouched.append(ordinal)
      }
    }
  }

  /// Takes a customer's statistics; false where they do not tell.
  @inline(__always)
  private mutating func takeStatistics(
    _ ordinal: UInt64, _ block: inout CompositeBlock, for receipt: borrowing AccessReceipt
  ) throws -> Bool {
    guard statistics.isPresent(ordinal), merged.isEmpty || merged[ordinal] == nil else { return false }
    if !keys.ordinals.contains(ordinal) {
      let size = UInt64(CustomerKeys.capacity)
      let first = ordinal / size * size
      let page = first..<min(first + size, job.subjects.universe)
      try job.work.warden.load(&keys, of: .behavior, in: page, for: receipt)
    }
    guard case .live(let key) = try keys.keyToTry(for: ordinal) else { return false }
    let isTold: Bool
    do {
      isTold = try unsafe statistics.read(ordinal, key, into: &known)
    } catch {
      // A damaged slot of the warden's is told from a damaged one of the block.
      _ = try keys.key(for: ordinal)
      throw error
    }
    // Payments in other currencies are converted one by one, by the rates of their days.
    guard isTold, known.isWithin(job.plan.window), known.otherCurrencyEvents == 0 else { return false }
    take(
      ordinal, try known.factors(job.plan.definitions, minorDigits: job.minorDigits),
      known.occasions(job.rule, asOf: job.plan.window.through), &block)
    return true
  }

  /// Takes what a customer's events come to, with those of who was merged into it.
  private mutating func takeEvents(
    _ ordinal: UInt64, _ block: inout CompositeBlock, _ reader: any StoreReader,
    for receipt: borrowing AccessReceipt
  ) throws {
    let sources = merged[ordinal] ?? []
    guard sources.allSatisfy(job.subjects.contains) else {
      // Half of a history would be a wrong one.
      block.withheld += 1
      return
    }
    let records = try ([ordinal] + sources).map { try SealedRecord.all(.behavior, $0, reader) }
    guard let customer = try gathered.takeOne(ordinal, records, for: receipt) else { return }
    take(ordinal, customer.factors, customer.occasions, &block)
  }

  @inline(__always)
  private func take(
    _ ordinal: UInt64, _ factors: Factors, _ occasions: Occasions?, _ block: inout CompositeBlock
  ) {
    block.ordinals.append(ordinal)
    block.columns.append(factors, occasions)
  }
}
