internal import Sodium

/// The blocks of one series in a vault: what reads, empties and removes them.
struct SlottedBlocks {
  /// The series.
  let series: SlotSeries
  let vault: VaultID
  let classKey: SharedKey<ClassKeyPurpose>

  /// Adds one customer's content to `content`; false where nothing is kept of the customer, also after the
  /// customer's key was erased.
  ///
  /// - Throws: `.integrity` for a block that does not open, `.notPermitted` where the receipt does not cover it.
  func read(
    _ ordinal: UInt64, _ reader: any StoreReader, _ warden: any Warden, for receipt: borrowing AccessReceipt,
    into content: inout WipedBytes
  ) throws -> Bool {
    let first = SlotSeries.first(containing: ordinal)
    guard let row = try SlottedBlockRow.stored(series, first: first, reader) else { return false }
    var block = SlottedBlock(series, containing: ordinal)
    try row.open(into: &block, vault: vault, classKey: classKey.key)
    guard block.isPresent(ordinal) else { return false }
    do {
      let key = try warden.key(of: series.dataClass, ordinal: ordinal, for: receipt)
      return try block.read(ordinal, customerKey: key, for: receipt, into: &content)
    } catch let error as WardenError where error.code == .erased {
      return false
    }
  }

  /// Visits everybody of a range of whom something is kept, and whom the receipt names, in ascending order; the
  /// content lies in the same memory each time. Whose key was erased is passed over.
  ///
  /// The range should be small enough for a short transaction: 4,096 ordinals take a few milliseconds.
  func visit(
    _ ordinals: Range<UInt64>, _ reader: any StoreReader, _ warden: any Warden,
    _ keys: inout CustomerKeys, for receipt: borrowing AccessReceipt,
    _ body: (UInt64, Span<UInt8>) throws -> Void
  ) throws {
    var rows: [SlottedBlockRow] = []
    try SlottedBlockRow.scan(series, ordinals, reader) { row in
      rows.append(row)
      return true
    }
    var block = SlottedBlock(series, containing: 0)
    let page = WipedPage(count: 8 + series.contentCount)
    for row in rows {
      try row.open(into: &block, vault: vault, classKey: classKey.key)
      let end = min(row.first + SlottedBlock.ordinalCount, ordinals.upperBound)
      for ordinal in max(row.first, ordinals.lowerBound)..<end where block.isPresent(ordinal) {
        guard receipt.classes.contains(series.dataClass), receipt.subjects.contains(ordinal) else { continue }
        if keys.dataClass != series.dataClass || !keys.ordinals.contains(ordinal) {
          let size = UInt64(CustomerKeys.capacity)
          let first = ordinal / size * size
          try warden.load(&keys, of: series.dataClass, in: first..<first + size, for: receipt)
        }
        guard case .live(let key) = try keys.key(for: ordinal) else { continue }
        try unsafe block.rawRead(ordinal, key, into: page.bytes)
        try page.withSpan(8..<8 + series.contentCount) { try body(ordinal, $0) }
      }
    }
  }

  /// Empties slots, as an erasure does: whoever's they were, the class key is enough.
  func clear(_ ordinals: some Sequence<UInt64>, _ commit: Commit) throws {
    let changes = SlotChanges(series)
    for ordinal in ordinals { changes.clear(ordinal) }
    try changes.write(vault: vault, key: classKey, commit)
  }

  /// Removes up to so many blocks of the series, in one short transaction; returns how many there were.
  static func remove(_ series: SlotSeries, atMost limit: Int, _ commit: Commit) throws -> Int {
    var keys: [[Value]] = []
    try SlottedBlockRow.scan(series, 0..<UInt64(Int64.max), commit.writer) { row in
      keys.append(series.rowPrefix + [.integer(Int64(row.first))])
      return keys.count < limit
    }
    for key in keys { try commit.remove(Schema.block, key: key) }
    return keys.count
  }
}

extension WipedPage {
  /// All of its memory, as bytes to be written. Valid while the page is.
  fileprivate var bytes: UnsafeMutablePointer<UInt8> {
    guard let base = unsafe raw(0..<count).baseAddress else { preconditionFailure("a page has an address") }
    return unsafe base.assumingMemoryBound(to: UInt8.self)
  }
}
