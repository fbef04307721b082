internal import Sodium

/// The slots of a series that one transaction changes. Each is enciphered at once, so that nothing plain waits here, and
/// each block is opened and sealed once, in ascending order.
final class SlotChanges {
  private static let noncesAtOnce = 128

  /// The series.
  let series: SlotSeries
  /// What becomes of each ordinal, in the order of the calls: where its slot begins in ``slots``, nil to empty it.
  private var changes: [(ordinal: UInt64, place: Int?)] = []
  private var slots: [UInt8] = []
  private var nonces: [UInt8] = []
  private var usedNonces = 0

  /// No change yet.
  init(_ series: SlotSeries) { self.series = series }

  /// Whether nothing is to be changed.
  var isEmpty: Bool { changes.isEmpty }

  /// Keeps a customer's content, of exactly the series' size, under a key of 32 bytes. What is said last counts.
  func put(_ content: Span<UInt8>, of ordinal: UInt64, customerKey: UnsafePointer<UInt8>) {
    precondition(content.count == series.contentCount, "a slot's content has its size")
    let place = slots.count
    changes.append((ordinal, place))
    slots.append(contentsOf: repeatElement(0, count: series.slotCount))
    let nonce = nextNonce()
    unsafe slots.withUnsafeMutableBufferPointer { slots in
      unsafe nonces.withUnsafeBufferPointer { nonces in
        unsafe content.withUnsafeBufferPointer { content in
          guard let out = slots.baseAddress, let nonceBase = nonces.baseAddress,
            let plain = content.baseAddress
          else { return }
          unsafe SlotCipher.encipher(
            plain, count: content.count, ordinal: ordinal, kind: series.kind, customerKey: customerKey,
            nonce: nonceBase + nonce, into: out + place)
        }
      }
    }
  }

  /// Empties a customer's slot.
  func clear(_ ordinal: UInt64) { changes.append((ordinal, nil)) }

  /// Writes every block that has a change, and forgets the changes.
  func write(vault: VaultID, key: SharedKey<ClassKeyPurpose>, _ commit: Commit) throws {
    let order = ascending()
    var block = SlottedBlock(series, containing: 0)
    var next = 0
    while next < order.count {
      let first = SlotSeries.first(containing: changes[order[next]].ordinal)
      var end = next
      while end < order.count, changes[order[end]].ordinal - first < SlottedBlock.ordinalCount { end += 1 }
      let old = try SlottedBlockRow.stored(series, first: first, commit.writer)
      if let old {
        try old.open(into: &block, vault: vault, classKey: key.key)
      } else {
        block.begin(first)
      }
      if apply(order[next..<end], to: &block) {
        let new = SlottedBlockRow(
          sealing: block, version: old.map { $0.version + 1 } ?? 0, vault: vault, classKey: key.key)
        if let old {
          try commit.update(Schema.block, from: old.row, to: new.row)
        } else {
          try commit.insert(Schema.block, new.row)
        }
      }
      next = end
    }
    changes.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
  }

  /// The places of the changes by ordinal, of one ordinal in the order of the calls. New customers come in order.
  private func ascending() -> [Int] {
    let isAscending = (1..<max(changes.count, 1)).allSatisfy {
      changes[$0 - 1].ordinal <= changes[$0].ordinal
    }
    guard !isAscending else { return Array(changes.indices) }
    return changes.indices.sorted { (changes[$0].ordinal, $0) < (changes[$1].ordinal, $1) }
  }

  /// Whether anything became different.
  private func apply(_ places: ArraySlice<Int>, to block: inout SlottedBlock) -> Bool {
    var isChanged = false
    for index in places {
      let change = changes[index]
      if let place = change.place {
        block.put(slots[place..<place + series.slotCount], at: change.ordinal)
        isChanged = true
      } else if block.clear(change.ordinal) {
        isChanged = true
      }
    }
    return isChanged
  }

  /// Where the next nonce begins: drawn many at a time, as a call to the system costs more than enciphering a slot.
  private func nextNonce() -> Int {
    let size = SlotCipher.nonceByteCount
    if usedNonces == nonces.count / size {
      nonces = SecureRandom.bytes(Self.noncesAtOnce * size)
      usedNonces = 0
    }
    usedNonces += 1
    return (usedNonces - 1) * size
  }
}
