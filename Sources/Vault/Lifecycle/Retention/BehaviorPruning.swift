internal import Sodium

/// A customer's behavior without some of its events: new chunks, sealed, that take the places of the old ones.
struct BehaviorPruning {
  /// How many events were left out.
  let removed: Int
  private let old: [SealedRecord]
  private let new: [SealedRecord]

  /// Copies what is kept, chunk by chunk; one chunk is open at a time, beside the first.
  ///
  /// - Parameters:
  ///   - statistics: adds up what is kept; what it held is forgotten.
  ///   - slots: takes what that comes to, where anything was left out.
  init(
    _ records: [SealedRecord], _ work: RecordWork, statistics: StatisticsFeed, into slots: SlotChanges,
    for receipt: borrowing AccessReceipt, dropping isDropped: (BehaviorEvent) -> Bool
  ) throws {
    old = records
    guard let ordinal = records.first?.address.ordinal else {
      removed = 0
      new = []
      return
    }
    let key = try work.warden.key(of: .behavior, ordinal: ordinal, for: receipt)
    let chunks = OpenChunks(work.currency)
    statistics.reset()
    var removed = 0
    var kept = 0
    try work.events(records, for: receipt) { event, texts in
      guard !isDropped(event) else {
        removed += 1
        return
      }
      kept += 1
      statistics.add(event, texts)
      try chunks.append(event, texts) { plaintext, chunk in
        try work.seal(plaintext, at: Self.address(ordinal, chunk, records), customerKey: key)
      }
    }
    self.removed = removed
    guard removed > 0, kept > 0 else {
      if removed > 0 { slots.clear(ordinal) }
      new = []
      return
    }
    unsafe key.withUnsafePointer { unsafe statistics.put(into: slots, ordinal, customerKey: $0) }
    new = try chunks.finish(total: kept) { plaintext, chunk in
      try work.seal(plaintext, at: Self.address(ordinal, chunk, records), customerKey: key)
    }
  }

  /// Puts the new chunks in the places of the old ones.
  func write(_ commit: Commit) throws {
    guard removed > 0 else { return }
    for (index, record) in new.enumerated() {
      if index < old.count {
        try commit.update(Schema.record, from: old[index].row, to: record.row)
      } else {
        try commit.insert(Schema.record, record.row)
      }
    }
    for record in old.dropFirst(new.count) {
      try commit.remove(Schema.record, key: Array(record.row.values.prefix(Schema.record.keyCount)))
    }
  }

  private static func address(_ ordinal: UInt64, _ chunk: UInt32, _ old: [SealedRecord]) -> RecordAddress {
    let version = Int(chunk) < old.count ? old[Int(chunk)].address.version + 1 : 0
    return RecordAddress(.behavior, ordinal: ordinal, chunk: chunk, version: version)
  }

  /// The chunks under way: the first waits to the end, for it names the others.
  private final class OpenChunks {
    typealias Seal = (borrowing WipedBytes, UInt32) throws -> SealedRecord

    private let currency: CurrencyCode
    private var first: BehaviorAppender
    private var last: BehaviorAppender?
    private var sealed: [SealedRecord] = []

    init(_ currency: CurrencyCode) {
      self.currency = currency
      first = BehaviorAppender(currency: currency)
    }

    func append(_ event: BehaviorEvent, _ texts: BehaviorDictionary, _ seal: Seal) throws {
      if try add(event, texts) { return }
      try close(seal)
      last = BehaviorAppender(currency: currency)
      guard try add(event, texts) else {
        throw VaultError(.integrity, "an event of a customer does not fit into a chunk")
      }
    }

    func finish(total: Int, _ seal: Seal) throws -> [SealedRecord] {
      try close(seal)
      let manifest = BehaviorChunk.Manifest(versions: sealed.map(\.address.version), totalEvents: total)
      var plaintext = WipedBytes(capacity: 256)
      first.encode(manifest: manifest, into: &plaintext)
      return [try seal(plaintext, 0)] + sealed
    }

    /// False where the chunk has no room.
    private func add(_ event: BehaviorEvent, _ texts: BehaviorDictionary) throws -> Bool {
      do {
        let outcome =
          last == nil ? try first.adopt(event, texts: texts) : try last?.adopt(event, texts: texts)
        switch outcome {
        case .added?: return true
        case .full?: return false
        case .duplicate?, nil: throw VaultError(.integrity, "a customer has an event twice")
        }
      } catch let error as RecordError where error.code == .full {
        return false
      }
    }

    private func close(_ seal: Seal) throws {
      guard let chunk = last.take() else { return }
      var plaintext = WipedBytes(capacity: 256)
      chunk.encode(manifest: nil, into: &plaintext)
      sealed.append(try seal(plaintext, UInt32(sealed.count + 1)))
    }
  }
}
