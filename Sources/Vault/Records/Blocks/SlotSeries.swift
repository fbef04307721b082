/// The blocks that belong together: one kind of slot, of one object, under one class's key, all of one size.
struct SlotSeries: Hashable, Sendable {
  /// The class whose key seals the blocks, and whose customer keys encipher the slots.
  let dataClass: DataClass
  /// What a slot holds.
  let kind: BlockAddress.Kind
  /// The score set or release that the slots belong to; none for statistics.
  let object: BlockAddress.Object
  /// Bytes of content in each slot.
  let contentCount: Int

  /// A series. The size must be the same whenever its blocks are opened.
  init(_ dataClass: DataClass, _ kind: BlockAddress.Kind, object: BlockAddress.Object, contentCount: Int) {
    self.dataClass = dataClass
    self.kind = kind
    self.object = object
    self.contentCount = contentCount
  }

  /// Bytes of a slot.
  var slotCount: Int { SlotCipher.overhead + contentCount }
  /// Bytes of a block's plaintext.
  var byteCount: Int { Int(SlottedBlock.ordinalCount) * slotCount }

  /// The first ordinal of the block that holds an ordinal.
  static func first(containing ordinal: UInt64) -> UInt64 { ordinal & ~(SlottedBlock.ordinalCount - 1) }

  /// The address of the block that begins with an ordinal.
  func address(first: UInt64, version: UInt64) -> BlockAddress {
    BlockAddress(dataClass, kind: kind, object: object, firstOrdinal: first, version: version)
  }

  /// What the keys of the series' rows begin with.
  var rowPrefix: [Value] {
    [.integer(Int64(dataClass.rawValue)), .integer(Int64(kind.rawValue)), .blob(object.bytes)]
  }
}
