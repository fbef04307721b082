// For `SubjectSet.contains`: without this import a set would be searched through as any sequence is.
internal import AuditLog
internal import Scoring
internal import Sodium

/// One thread's part of a run: its keys, its plaintext, its history; all used again from block to block, and wiped
/// when it goes.
struct BlockWorker: ~Copyable {
  /// A read transaction ends after so many sealed bytes, well under 100 ms, and the next goes on behind it.
  private static let transactionBytes = 8 << 20
  /// With so many customers of one block whose statistics do not tell, the rest of it is read record by record.
  private static let mostSingles = 8

  private let job: ScoreScan.Job
  private let merged: [UInt64: [UInt64]]
  private let isWhole: Bool
  private var keys = CustomerKeys()
  private var opener: ChunkOpener
  private var statistics: StatisticsPage
  /// The customer's who is looked at, in the same memory each time.
  private var known = CustomerStatistics()
  private let usesStatistics: Bool
  /// Sealed bytes of the transaction under way.
  private var bytes = 0

  /// - Parameter isWhole: whether the directory has every ordinal below the universe.
  init(_ job: ScoreScan.Job, merged: [UInt64: [UInt64]], isWhole: Bool) {
    self.job = job
    self.merged = merged
    self.isWhole = isWhole
    opener = ChunkOpener(job)
    statistics = StatisticsPage(vault: job.vault, classKey: job.classKey)
    usesStatistics = job.plan.usesStatistics && CustomerStatistics.suffice(for: job.plan.definitions)
  }

  /// Scores the customers of one block.
  mutating func score(_ index: UInt64, _ store: any Store, for receipt: borrowing AccessReceipt) throws
    -> ScoreScan.Outcome
  {
    let first = index * ScoreBlock.ordinals
    let end = min(first + ScoreBlock.ordinals, job.universe)
    var block = try BlockProgress(index, job)
    while block.next < end {
      try store.read { reader in
        bytes = 0
        let directory = try DirectoryRange(block.next..<end, isWhole: isWhole, reader)
        let rows = usesStatistics ? try StatisticsPage.rows(block.next..<end, reader) : []
        for row in rows {
          guard try scan(upTo: max(row.first, block.next), directory, &block, reader, for: receipt) else {
            return
          }
          let ordinals = block.next..<min(row.first + SlottedBlock.ordinalCount, end)
          guard try read(row, ordinals, directory, &block, reader, for: receipt) else { return }
        }
        _ = try scan(upTo: end, directory, &block, reader, for: receipt)
      }
    }
    return block.finish()
  }

  // MARK: - Statistics

  /// Scores the customers of one statistics block; false where the transaction's share of bytes is used up.
  private mutating func read(
    _ row: SlottedBlockRow, _ ordinals: Range<UInt64>, _ directory: DirectoryRange,
    _ block: inout BlockProgress, _ reader: any StoreReader, for receipt: borrowing AccessReceipt
  ) throws -> Bool {
    try statistics.open(row)
    var singles = 0
    for ordinal in ordinals {
      if case .live = directory[ordinal] {
        guard job.subjects.contains(ordinal) else {
          block.outcome.withheld += 1
          block.next = ordinal + 1
          continue
        }
        if try score(ordinal, &block, for: receipt) { continue }
      }
      guard bytes < Self.transactionBytes else { return false }
      singles += 1
      let upper = singles > Self.mostSingles ? ordinals.upperBound : ordinal + 1
      guard try scan(upTo: upper, directory, &block, reader, for: receipt) else { return false }
      if upper == ordinals.upperBound { break }
    }
    return true
  }

  /// Scores a customer from the statistics; false where they do not tell, and the events must.
  @inline(__always)
  private mutating func score(
    _ ordinal: UInt64, _ block: inout BlockProgress, for receipt: borrowing AccessReceipt
  ) throws -> Bool {
    guard statistics.isPresent(ordinal), merged.isEmpty || merged[ordinal] == nil else { return false }
    try loadKeys(ordinal, for: receipt)
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
    try block.scorer.add(ordinal, known, job.plan.definitions)
    block.next = ordinal + 1
    return true
  }

  // MARK: - Events

  /// Scores customers up to an ordinal from their events; false where the transaction's share of bytes is used up before.
  private mutating func scan(
    upTo end: UInt64, _ directory: DirectoryRange, _ block: inout BlockProgress, _ reader: any StoreReader,
    for receipt: borrowing AccessReceipt
  ) throws -> Bool {
    guard block.next < end else { return true }
    try scan(block.next..<end, directory, &block, reader, for: receipt)
    return block.next >= end
  }

  /// Scores customers in ascending order until the range or the transaction's share of bytes is used up.
  private mutating func scan(
    _ ordinals: Range<UInt64>, _ directory: DirectoryRange, _ block: inout BlockProgress,
    _ reader: any StoreReader, for receipt: borrowing AccessReceipt
  ) throws {
    do {
      try unsafe reader.scanRecords(
        class: DataClass.behavior.rawValue, ordinals: Int64(ordinals.lowerBound)..<Int64(ordinals.upperBound)
      ) { ordinal, chunk, version, sealed in
        let ordinal = UInt64(ordinal)
        if ordinal != opener.ordinal {
          try finish(&block, reader, for: receipt)
          if bytes >= Self.transactionBytes { throw TransactionShare() }
          try passOver(block.next..<ordinal, directory, &block, reader, for: receipt)
          try begin(ordinal, directory, &block, for: receipt)
        }
        bytes += sealed.count
        guard let key = unsafe opener.key else { return }
        do {
          try unsafe opener.add(chunk, version, sealed, key)
        } catch {
          // A damaged slot is told from a damaged record.
          _ = try keys.key(for: ordinal)
          throw error
        }
      }
    } catch is TransactionShare {
      return
    }
    try finish(&block, reader, for: receipt)
    try passOver(block.next..<ordinals.upperBound, directory, &block, reader, for: receipt)
  }

  /// Goes to a customer who has records.
  private mutating func begin(
    _ ordinal: UInt64, _ directory: DirectoryRange, _ block: inout BlockProgress,
    for receipt: borrowing AccessReceipt
  ) throws {
    opener.begin(ordinal, hashingProducts: merged[ordinal] != nil)
    switch directory[ordinal] {
    case .live: break
    case .merged(let target):
      block.outcome.links.append((ordinal, target))
      return
    case .erased: throw VaultError(.integrity, "an erased customer still has a record")
    case .unknown: throw VaultError(.integrity, "a record belongs to no customer of the directory")
    }
    try loadKeys(ordinal, for: receipt)
    switch try keys.keyToTry(for: ordinal) {
    case .live(let key): unsafe opener.key = key
    case .withheld: break
    case .unwritten, .erased:
      throw WardenError(.integrity, "the file of customer keys has no key of a customer who has records")
    }
  }

  /// Sees to it that a customer's key is on the page of keys.
  @inline(__always)
  private mutating func loadKeys(_ ordinal: UInt64, for receipt: borrowing AccessReceipt) throws {
    guard !keys.ordinals.contains(ordinal) else { return }
    let size = UInt64(CustomerKeys.capacity)
    let first = ordinal / size * size
    try job.warden.load(&keys, of: .behavior, in: first..<min(first + size, job.universe), for: receipt)
  }

  /// Ends the customer who is under way, if there is one, with the events of those who were merged into it.
  private mutating func finish(
    _ block: inout BlockProgress, _ reader: any StoreReader, for receipt: borrowing AccessReceipt
  ) throws {
    guard let ordinal = opener.ordinal else { return }
    let isOpened = opener.isOpened
    let isMerged = block.outcome.links.last?.source == ordinal
    try opener.end()
    block.next = ordinal + 1
    if isMerged { return }
    guard isOpened else {
      block.outcome.withheld += 1
      return
    }
    try add(ordinal, &block, reader, for: receipt)
  }

  /// Customers between two records: those of the directory have no events.
  private mutating func passOver(
    _ ordinals: Range<UInt64>, _ directory: DirectoryRange, _ block: inout BlockProgress,
    _ reader: any StoreReader, for receipt: borrowing AccessReceipt
  ) throws {
    for ordinal in ordinals {
      switch directory[ordinal] {
      case .live where job.subjects.contains(ordinal):
        opener.feed.reset()
        try add(ordinal, &block, reader, for: receipt)
      case .live: block.outcome.withheld += 1
      case .merged(let target): block.outcome.links.append((ordinal, target))
      case .erased, .unknown: block.outcome.untouched.append(ordinal)
      }
    }
    block.next = max(block.next, ordinals.upperBound)
  }

  /// Scores a customer whose own events are in the history.
  private mutating func add(
    _ ordinal: UInt64, _ block: inout BlockProgress, _ reader: any StoreReader,
    for receipt: borrowing AccessReceipt
  ) throws {
    for source in merged[ordinal] ?? [] {
      guard job.subjects.contains(source) else {
        // Half of a history would be a wrong score.
        block.outcome.withheld += 1
        return
      }
      try addEvents(of: source, reader, for: receipt)
    }
    block.foreign.add(opener.feed)
    try block.scorer.add(ordinal, &opener.feed.history)
  }

  /// Adds the events of a customer who was merged into the present one.
  private mutating func addEvents(
    of source: UInt64, _ reader: any StoreReader, for receipt: borrowing AccessReceipt
  ) throws {
    let records = try SealedRecord.all(.behavior, source, reader)
    guard !records.isEmpty else { return }
    let key = try job.warden.key(of: .behavior, ordinal: source, for: receipt)
    opener.begin(source, hashingProducts: true, keepingHistory: true)
    try unsafe key.withUnsafePointer { key in
      for record in records {
        try unsafe record.sealed.withUnsafeBytes { sealed in
          try unsafe opener.add(Int64(record.address.chunk), Int64(record.address.version), sealed, key)
        }
      }
    }
    try opener.end()
  }

  /// Ends a transaction before its range is done.
  private struct TransactionShare: Error {}
}

/// A block while it is scored.
struct BlockProgress {
  /// The first ordinal that is not done.
  var next: UInt64
  var scorer: BlockScorer
  var foreign = ForeignPayments()
  var outcome: (withheld: UInt64, untouched: [UInt64], links: [(source: UInt64, target: UInt64)]) = (
    0, [], []
  )

  init(_ index: UInt64, _ job: ScoreScan.Job) throws(ScoringError) {
    next = index * ScoreBlock.ordinals
    let end = min(next + ScoreBlock.ordinals, job.universe)
    scorer = try BlockScorer(
      block: index, model: job.plan.model, minorDigits: job.minorDigits, expecting: Int(end - next))
  }

  consuming func finish() -> ScoreScan.Outcome {
    ScoreScan.Outcome(
      scores: scorer.finish(), withheld: outcome.withheld, untouched: outcome.untouched, links: outcome.links,
      foreign: foreign)
  }
}

/// What the directory says of a range of ordinals; one count where all are there and live.
struct DirectoryRange {
  enum Standing {
    case live, erased, unknown
    case merged(UInt64)
  }

  private let ordinals: Range<UInt64>
  /// The entries by ordinal, or nil where every ordinal of the range is a live customer.
  private var entries: [UInt64: DirectoryEntry]?

  /// - Parameter isWhole: whether the directory has every ordinal: rows are never taken away.
  init(_ ordinals: Range<UInt64>, isWhole: Bool, _ reader: any StoreReader) throws {
    self.ordinals = ordinals
    let range = Int64(ordinals.lowerBound)..<Int64(ordinals.upperBound)
    if isWhole {
      guard try reader.hasGoneCustomers(ordinals: range) else { return }
    } else {
      let survey = try reader.surveyDirectory(ordinals: range)
      guard survey.count != ordinals.count || survey.highestState != DirectoryEntry.State.live.rawValue else {
        return
      }
    }
    var entries: [UInt64: DirectoryEntry] = [:]
    try reader.scan(Schema.directory, prefix: [], range: range, descending: false) { row in
      let entry = try Directory.entry(row)
      entries[entry.ordinal] = entry
      return true
    }
    self.entries = entries
  }

  @inline(__always)
  subscript(_ ordinal: UInt64) -> Standing {
    guard let entries else { return ordinals.contains(ordinal) ? .live : .unknown }
    guard let entry = entries[ordinal] else { return .unknown }
    switch entry.state {
    case .live: return .live
    case .erased: return .erased
    case .merged: return entry.mergedInto.map { .merged($0) } ?? .unknown
    }
  }
}
