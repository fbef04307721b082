internal import Sodium

/// A block of slots as the store holds it.
struct SlottedBlockRow {
  /// What the block is one of.
  let series: SlotSeries
  /// The first ordinal.
  let first: UInt64
  /// The block's version: 0 at first, one more with each write.
  let version: UInt64
  /// The sealed block.
  let sealed: [UInt8]

  /// The row of the block table.
  var row: Row { Row(series.rowPrefix + [.integer(Int64(first)), .integer(Int64(version)), .blob(sealed)]) }

  /// Reads a row of the series.
  ///
  /// - Throws: `.integrity` where it is not one that this program writes.
  init(_ row: Row, of series: SlotSeries) throws(VaultError) {
    guard row.values.count == 6, Array(row.values[..<3]) == series.rowPrefix,
      case .integer(let first) = row.values[3], first >= 0,
      SlotSeries.first(containing: UInt64(first)) == UInt64(first),
      case .integer(let version) = row.values[4], (0..<Int64.max).contains(version),
      case .blob(let sealed) = row.values[5]
    else { throw VaultError(.integrity, "a block of slots is malformed") }
    (self.series, self.first, self.version) = (series, UInt64(first), UInt64(version))
    self.sealed = sealed
  }

  /// Reads a row of whatever series; the size of its slots follows from its length.
  ///
  /// - Throws: `.integrity` where it is no block of slots.
  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 6, case .integer(let code) = row.values[0],
      let dataClass = UInt8(exactly: code).flatMap(DataClass.init(rawValue:)),
      case .integer(let kind) = row.values[1],
      let kind = UInt8(exactly: kind).flatMap(BlockAddress.Kind.init(rawValue:)),
      case .blob(let bytes) = row.values[2], let object = BlockAddress.Object(bytes),
      case .blob(let sealed) = row.values[5]
    else { throw VaultError(.integrity, "a block of slots is malformed") }
    let (slot, rest) = (sealed.count - CommittedSeal.overhead).quotientAndRemainder(
      dividingBy: Int(SlottedBlock.ordinalCount))
    guard rest == 0, slot > SlotCipher.overhead else {
      throw VaultError(.integrity, "a block of slots has another length")
    }
    try self.init(
      row, of: SlotSeries(dataClass, kind, object: object, contentCount: slot - SlotCipher.overhead))
  }

  /// The block's next version under another epoch's key of its class: the slots are carried over unopened.
  ///
  /// - Throws: as opening it does.
  func resealed(
    vault: VaultID, from old: borrowing Key<ClassKeyPurpose>, to new: borrowing Key<ClassKeyPurpose>
  ) throws(RecordError) -> SlottedBlockRow {
    var block = SlottedBlock(series, containing: first)
    try open(into: &block, vault: vault, classKey: old)
    return SlottedBlockRow(sealing: block, version: version + 1, vault: vault, classKey: new)
  }

  /// Seals a block under its class's key of the epoch that is written.
  init(
    sealing block: borrowing SlottedBlock, version: UInt64, vault: VaultID,
    classKey: borrowing Key<ClassKeyPurpose>
  ) {
    (series, first, self.version) = (block.series, block.firstOrdinal, version)
    sealed = block.seal(vault: vault, version: version, classKey: classKey, epoch: KeyChain.epoch)
  }

  /// Opens the seal into a block of the series.
  func open(
    into block: inout SlottedBlock, vault: VaultID, classKey: borrowing Key<ClassKeyPurpose>
  ) throws(RecordError) {
    try block.load(sealed, first: first, version: version, vault: vault, classKey: classKey)
  }

  /// The block that begins with an ordinal, or nil.
  static func stored(_ series: SlotSeries, first: UInt64, _ reader: any StoreReader) throws
    -> SlottedBlockRow?
  {
    try reader.row(Schema.block, key: series.rowPrefix + [.integer(Int64(first))]).map {
      try SlottedBlockRow($0, of: series)
    }
  }

  /// Visits the blocks that hold any of these ordinals, in ascending order; `body` returns false to stop.
  static func scan(
    _ series: SlotSeries, _ ordinals: Range<UInt64>, _ reader: any StoreReader,
    _ body: (SlottedBlockRow) throws -> Bool
  ) throws {
    guard !ordinals.isEmpty else { return }
    let first = SlotSeries.first(containing: ordinals.lowerBound)
    try reader.scan(
      Schema.block, prefix: series.rowPrefix, range: Int64(first)..<Int64(ordinals.upperBound),
      descending: false
    ) { row in try body(try SlottedBlockRow(row, of: series)) }
  }
}
