internal import Scoring
internal import Sodium

/// One statistics block after another, opened for a run: a customer's slot is deciphered into a page that is wiped with
/// it. Allocates nothing for a customer.
struct StatisticsPage: ~Copyable {
  private let vault: VaultID
  private let classKey: SharedKey<ClassKeyPurpose>
  private var block = SlottedBlock(.statistics, containing: 0)
  private let page = WipedPage(count: 8 + StatisticsSlot.byteCount)

  init(vault: VaultID, classKey: SharedKey<ClassKeyPurpose>) {
    self.vault = vault
    self.classKey = classKey
  }

  /// The blocks of a range of ordinals.
  static func rows(_ ordinals: Range<UInt64>, _ reader: any StoreReader) throws -> [SlottedBlockRow] {
    var rows: [SlottedBlockRow] = []
    try SlottedBlockRow.scan(.statistics, ordinals, reader) { row in
      rows.append(row)
      return true
    }
    return rows
  }

  /// Opens a block's seal.
  mutating func open(_ row: SlottedBlockRow) throws(RecordError) {
    try row.open(into: &block, vault: vault, classKey: classKey.key)
  }

  /// Whether anything is kept of a customer.
  @inline(__always)
  func isPresent(_ ordinal: UInt64) -> Bool { block.isPresent(ordinal) }

  /// Reads a present customer's statistics; false where only the events tell: **only for code that holds a receipt** and
  /// has checked class and ordinal against it. The key has 32 bytes.
  @inline(__always)
  func read(
    _ ordinal: UInt64, _ key: UnsafePointer<UInt8>, into statistics: inout CustomerStatistics
  ) throws(RecordError) -> Bool {
    let memory = unsafe page.raw(0..<page.count)
    guard let base = memory.baseAddress else { return false }
    try unsafe block.rawRead(ordinal, key, into: base.assumingMemoryBound(to: UInt8.self))
    return try unsafe StatisticsSlot.decode(UnsafeRawBufferPointer(rebasing: memory[8...]), into: &statistics)
  }
}
