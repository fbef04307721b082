/// Where slots lie in the warden's file: groups of 2,048 ordinals, in each a stretch of 128 KiB per class.
enum SlotLayout {
  /// The bytes of a slot: state u8 ‖ class u8 ‖ 6 zero ‖ ordinal u64 ‖ key (32) ‖ SipHash-2-4-128 (16).
  static let slotByteCount = 64
  /// Where a slot's key starts.
  static let keyStart = 16
  /// Where a slot's check starts.
  static let checkStart = 48
  /// The ordinals of a group.
  static let groupCount: UInt64 = 2048
  /// The bytes of a group's slots of one class.
  static let stretchByteCount = 131_072
  /// The bytes of a group: room for eight classes.
  static let groupByteCount = 8 * UInt64(stretchByteCount)
  /// Where the slots start, behind the two headers.
  static let start: UInt64 = 8192
  /// Ordinals below this one have a slot: 2^40, so that no offset leaves the range of a file.
  static let ordinalLimit: UInt64 = 1 << 40

  /// The offset of a slot in the file.
  static func offset(of dataClass: DataClass, _ ordinal: UInt64) -> UInt64 {
    let stretch = (ordinal / groupCount) * 8 + UInt64(dataClass.rawValue)
    return start + stretch * UInt64(stretchByteCount) + (ordinal % groupCount) * UInt64(slotByteCount)
  }

  /// Refuses an ordinal that no warden's file has room for: only a changed directory can name one.
  static func require(_ ordinal: UInt64) throws(WardenError) {
    guard ordinal < ordinalLimit else {
      throw WardenError(.integrity, "an ordinal is beyond what a vault can hold")
    }
  }

  /// The group of the last slot in a file of this size, or nil when it has no slots.
  static func lastGroup(fileSize: UInt64) -> UInt64? {
    fileSize > start ? (fileSize - start - 1) / groupByteCount : nil
  }
}
