internal import Sodium

/// 128 customers' slots under one seal: what is small and read in bulk.
///
/// The seal opens with the class key and shows which slots are taken; a slot opens with its customer's key alone. So
/// one customer changes without opening the others, whose slots are carried over as they are, and who erases a
/// customer's key erases the slot wherever a copy of the block lies.
///
/// The same memory serves one block after another.
struct SlottedBlock: ~Copyable {
  /// Ordinals in a block.
  static let ordinalCount: UInt64 = 128
  private static let personal: StaticString = "crmvault-block-1"

  /// What the block is one of.
  let series: SlotSeries
  /// The first ordinal, a multiple of 128.
  private(set) var firstOrdinal: UInt64
  /// The slots, enciphered.
  private var slots: WipedPage

  /// A block in which every slot is empty.
  init(_ series: SlotSeries, containing ordinal: UInt64) {
    self.series = series
    firstOrdinal = SlotSeries.first(containing: ordinal)
    slots = WipedPage(count: series.byteCount)
  }

  /// Begins another block of the series in this one's place, with every slot empty.
  mutating func begin(_ first: UInt64) {
    firstOrdinal = first
    slots.wipe(0..<slots.count)
  }

  // MARK: - The seal

  /// The sealed block, under the class's key of this epoch and a fresh nonce.
  borrowing func seal(
    vault: VaultID, version: UInt64, classKey: borrowing Key<ClassKeyPurpose>, epoch: UInt32
  ) -> [UInt8] {
    let address = series.address(first: firstOrdinal, version: version)
    return AssociatedData.withBytes(of: address, vault: vault, epoch: epoch) { data in
      slots.withSpan(0..<slots.count) { slots in
        CommittedSeal.seal(
          slots, classKey: classKey, personal: Self.personal, epoch: epoch, associatedData: data, pad: false)
      }
    }
  }

  /// Opens the seal of another block of the series in this one's place. Needs no receipt: slots stay enciphered.
  ///
  /// - Throws: `.wrongKey`, `.forged`, `.unknownFormat`, `.malformed` (of the length); the slots are empty then.
  mutating func load(
    _ sealed: [UInt8], first: UInt64, version: UInt64, vault: VaultID,
    classKey: borrowing Key<ClassKeyPurpose>
  ) throws(RecordError) {
    firstOrdinal = first
    do throws(RecordError) {
      let epoch = try RecordOpener.epoch(of: sealed.span)
      guard sealed.count == CommittedSeal.sealedCount(series.byteCount, pad: false) else {
        throw RecordError(.malformed, "a block of slots has another length")
      }
      let address = series.address(first: first, version: version)
      let count = open(sealed, address, epoch, vault, classKey)
      if let failure = CommittedSeal.Failure(rawValue: count) { throw RecordError(failure) }
    } catch {
      slots.wipe(0..<slots.count)
      throw error
    }
  }

  private func open(
    _ sealed: [UInt8], _ address: BlockAddress, _ epoch: UInt32, _ vault: VaultID,
    _ classKey: borrowing Key<ClassKeyPurpose>
  ) -> Int {
    let out = unsafe slots.raw(0..<slots.count)
    guard let out = out.baseAddress else { return CommittedSeal.Failure.truncated.rawValue }
    return AssociatedData.withBytes(of: address, vault: vault, epoch: epoch) { data in
      unsafe data.withUnsafeBufferPointer { data in
        unsafe sealed.withUnsafeBufferPointer { sealed in
          unsafe classKey.withUnsafePointer { classKey in
            unsafe CommittedSeal.rawOpen(
              sealed.baseAddress, count: sealed.count, classKey: classKey, customerKey: nil,
              personal: Self.personal.utf8Start, associatedData: data.baseAddress,
              associatedCount: data.count,
              pad: false, into: out.assumingMemoryBound(to: UInt8.self))
          }
        }
      }
    }
  }

  // MARK: - Slots

  /// Whether the block has a place for an ordinal.
  func holds(_ ordinal: UInt64) -> Bool { SlotSeries.first(containing: ordinal) == firstOrdinal }

  /// Whether anything is kept of a customer; false for an ordinal of another block.
  @inline(__always)
  func isPresent(_ ordinal: UInt64) -> Bool {
    guard holds(ordinal) else { return false }
    return unsafe SlotCipher.isPresent(slot(ordinal))
  }

  /// Puts an enciphered slot in its place.
  mutating func put(_ slot: ArraySlice<UInt8>, at ordinal: UInt64) {
    precondition(holds(ordinal) && slot.count == series.slotCount, "a slot has its place and size")
    unsafe slots.raw(range(ordinal)).copyBytes(from: slot)
  }

  /// Empties a slot; false where it was empty.
  mutating func clear(_ ordinal: UInt64) -> Bool {
    guard isPresent(ordinal) else { return false }
    slots.wipe(range(ordinal))
    return true
  }

  /// Adds a customer's content to `content`; false where the slot is empty.
  ///
  /// - Throws: `.outOfScope` before anything is deciphered, `.forged` where the slot is not this customer's.
  func read(
    _ ordinal: UInt64, customerKey: borrowing Key<CustomerKeyPurpose>, for receipt: borrowing AccessReceipt,
    into content: inout WipedBytes
  ) throws(RecordError) -> Bool {
    guard receipt.classes.contains(series.dataClass), receipt.subjects.contains(ordinal) else {
      throw RecordError(.outOfScope, "the access that was granted does not cover this customer's slot")
    }
    guard isPresent(ordinal) else { return false }
    var plain = WipedBytes(capacity: 8 + series.contentCount)
    try unsafe customerKey.withUnsafePointer { (key) throws(RecordError) in
      try unsafe plain.appendUnsafe(upTo: 8 + series.contentCount) { out throws(RecordError) in
        try unsafe rawRead(ordinal, key, into: out)
        return 8 + series.contentCount
      }
    }
    plain.withBytes { content.append($0.extracting(8..<8 + series.contentCount)) }
    return true
  }

  /// Writes ordinal and content, 8 bytes and `contentCount`, of a slot that is present to `out`: **only for code that
  /// holds a receipt** and has checked class and ordinal against it. The key has 32 bytes.
  ///
  /// - Throws: `.forged` where the slot is not this customer's.
  @inline(__always)
  func rawRead(
    _ ordinal: UInt64, _ key: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<UInt8>
  ) throws(RecordError) {
    let isOwn = unsafe SlotCipher.decipher(
      slot(ordinal), count: series.contentCount, ordinal: ordinal, kind: series.kind, customerKey: key,
      into: out)
    guard isOwn else { throw RecordError(.forged, "a slot is not that of its customer") }
  }

  @inline(__always)
  private func range(_ ordinal: UInt64) -> Range<Int> {
    let start = Int(ordinal - firstOrdinal) * series.slotCount
    return start..<start + series.slotCount
  }

  /// Where a slot lies: the page refuses what is outside of it.
  @inline(__always)
  private func slot(_ ordinal: UInt64) -> UnsafePointer<UInt8> {
    unsafe slots.pointer(at: range(ordinal).lowerBound, count: series.slotCount)
  }
}
