internal import Sodium

/// A customer's behavior while events are added: the last chunk is continued, a full one is followed by another,
/// and chunk 0, which names number and versions of the others, is written again whenever one of them is.
final class BehaviorWork {
  private final class Chunk {
    var appender: BehaviorAppender
    let record: SealedRecord?
    var isChanged: Bool
    init(_ appender: consuming BehaviorAppender, record: SealedRecord?) {
      self.appender = appender
      self.record = record
      isChanged = record == nil
    }
  }

  private let currency: CurrencyCode
  /// Versions of every chunk but the first.
  private var versions: [UInt64]
  private var totalEvents: Int
  /// Chunk 0, the last stored chunk if it is another, and the new ones.
  private var zero: Chunk
  private var tail: [Chunk] = []
  /// Digests of chunks that are not open for appending.
  private var others: Set<UInt64> = []
  /// What all events come to, those that are there and those that are added.
  private let statistics: StatisticsFeed

  /// Opens a customer's chunks.
  ///
  /// - Parameter statistics: adds the customer's events up; what it held is forgotten.
  init(
    _ records: [SealedRecord], _ work: RecordWork, statistics: StatisticsFeed,
    for receipt: borrowing AccessReceipt
  ) throws {
    currency = work.currency
    self.statistics = statistics
    statistics.reset()
    guard let first = records.first else {
      versions = []
      totalEvents = 0
      zero = Chunk(BehaviorAppender(currency: work.currency), record: nil)
      return
    }
    versions = records.dropFirst().map(\.address.version)
    var total = 0
    var others: Set<UInt64> = []
    try work.events(records, for: receipt) { event, texts in
      statistics.add(event, texts)
      total += 1
      others.insert(event.digest)
    }
    totalEvents = total
    self.others = records.count > 1 ? others : []
    zero = try Self.chunk(first, work, for: receipt)
    if let last = records.last, records.count > 1 { tail = [try Self.chunk(last, work, for: receipt)] }
  }

  private static func chunk(_ record: SealedRecord, _ work: RecordWork, for receipt: borrowing AccessReceipt)
    throws
    -> Chunk
  {
    let plaintext = try work.open(record, for: receipt)
    let appender = try plaintext.withBytes { bytes throws(RecordError) in
      try BehaviorAppender.continuing(bytes, currency: work.currency)
    }
    return Chunk(appender, record: record)
  }

  private var current: Chunk { tail.last ?? zero }

  /// Whether an event of this digest is there already.
  func contains(digest: UInt64) -> Bool {
    others.contains(digest) || current.appender.contains(digest: digest)
  }

  /// Adds an event; `make` interns its texts in the chunk that takes it. False for a duplicate.
  func append(digest: UInt64, _ make: (inout BehaviorAppender) throws(RecordError) -> BehaviorEvent) throws
    -> Bool
  {
    guard !contains(digest: digest) else { return false }
    switch try add(make, to: current) {
    case .added: return true
    case .duplicate: return false
    case .full: break
    }
    // The digests of a chunk that is full stay known.
    others.formUnion(current.appender.allDigests)
    tail.append(Chunk(BehaviorAppender(currency: currency), record: nil))
    versions.append(0)
    guard try add(make, to: current) == .added else {
      throw VaultError(.badInput, "an event does not fit into a chunk")
    }
    return true
  }

  private func add(
    _ make: (inout BehaviorAppender) throws(RecordError) -> BehaviorEvent, to chunk: Chunk
  ) throws -> BehaviorAppender.Outcome {
    guard chunk.appender.count < BehaviorChunk.eventLimit else { return .full }
    let event: BehaviorEvent
    do {
      event = try make(&chunk.appender)
    } catch {
      if error.code == .full { return .full }
      throw error
    }
    let outcome = try chunk.appender.append(event)
    if outcome == .added {
      chunk.isChanged = true
      totalEvents += 1
      statistics.add(event, product: Self.product(of: event, in: chunk.appender))
    }
    return outcome
  }

  /// The hash of a transaction's product, 0 where there is none.
  private static func product(of event: BehaviorEvent, in appender: borrowing BehaviorAppender) -> UInt64 {
    guard case .transaction(let payment) = event.detail, let index = payment.product else { return 0 }
    return appender.hash(of: index)
  }

  /// Puts what all events come to into the customer's slot.
  func putStatistics(into changes: SlotChanges, ordinal: UInt64, key: UnsafePointer<UInt8>) {
    unsafe statistics.put(into: changes, ordinal, customerKey: key)
  }

  /// Seals and writes what changed.
  func write(ordinal: UInt64, key: borrowing Key<CustomerKeyPurpose>, _ work: RecordWork, _ commit: Commit)
    throws
  {
    try unsafe key.withUnsafePointer { try unsafe write(ordinal: ordinal, key: $0, work, commit) }
  }

  /// The same under a key of 32 bytes in memory.
  func write(ordinal: UInt64, key: UnsafePointer<UInt8>, _ work: RecordWork, _ commit: Commit) throws {
    let firstOfTail = versions.count - tail.count
    for (offset, chunk) in tail.enumerated() where chunk.isChanged {
      let index = firstOfTail + offset
      if let record = chunk.record { versions[index] = record.address.version + 1 }
      try unsafe write(chunk, UInt32(index + 1), versions[index], manifest: nil, ordinal, key, work, commit)
    }
    guard zero.isChanged || tail.contains(where: \.isChanged) else { return }
    let version = zero.record.map { $0.address.version + 1 } ?? 0
    let manifest = BehaviorChunk.Manifest(versions: versions, totalEvents: totalEvents)
    try unsafe write(zero, 0, version, manifest: manifest, ordinal, key, work, commit)
  }

  private func write(
    _ chunk: Chunk, _ number: UInt32, _ version: UInt64, manifest: BehaviorChunk.Manifest?, _ ordinal: UInt64,
    _ key: UnsafePointer<UInt8>, _ work: RecordWork, _ commit: Commit
  ) throws {
    var plaintext = WipedBytes(capacity: 256)
    chunk.appender.encode(manifest: manifest, into: &plaintext)
    let sealed = try unsafe work.seal(
      plaintext, at: RecordAddress(.behavior, ordinal: ordinal, chunk: number, version: version),
      customerKey: key)
    if let old = chunk.record {
      try commit.update(Schema.record, from: old.row, to: sealed.row)
    } else {
      try commit.insert(Schema.record, sealed.row)
    }
  }
}
