public import Sodium

/// The keys of customers that were just enrolled, in memory that is wiped with it.
public final class EnrolledKeys: Sendable {
  /// Which keys these are, and in what order.
  struct Batch: Sendable {
    /// Ascending, each once.
    let ordinals: [UInt64]
    /// Ascending, each once.
    let classes: [DataClass]
    /// Stretches of `ordinals` that follow one another within one group of slots.
    let runs: [Range<Int>]

    init(ordinals: [UInt64], classes: [DataClass]) {
      self.ordinals = ordinals
      self.classes = classes
      var runs: [Range<Int>] = []
      var first = 0
      for index in ordinals.indices {
        let next = index + 1
        let isLast =
          next == ordinals.count || ordinals[next] != ordinals[index] + 1
          || ordinals[next].isMultiple(of: SlotLayout.groupCount)
        guard isLast else { continue }
        runs.append(first..<next)
        first = next
      }
      self.runs = runs
    }

    /// The number of keys.
    var count: Int { ordinals.count * classes.count }

    /// The place of the key of a class and an index of `ordinals`.
    func place(_ dataClass: DataClass, _ index: Int) -> Int {
      (classes.firstIndex(of: dataClass) ?? 0) * ordinals.count + index
    }
  }

  private let batch: Batch
  private let keys: WipedPage

  init(batch: Batch, keys: consuming WipedPage) {
    self.batch = batch
    self.keys = keys
  }

  /// A customer's key, in guarded memory of its own, or nil when it is not in the batch.
  public func key(of dataClass: DataClass, ordinal: UInt64) -> Key<CustomerKeyPurpose>? {
    guard let place = place(of: dataClass, ordinal) else { return nil }
    return keys.withSpan(place * 32..<place * 32 + 32) { try? Key.copying($0) }
  }

  /// A customer's 32 key bytes, without copying, or nil. Valid while this object is.
  package func pointer(of dataClass: DataClass, ordinal: UInt64) -> UnsafePointer<UInt8>? {
    guard let place = place(of: dataClass, ordinal) else { return nil }
    return unsafe keys.pointer(at: place * 32, count: 32)
  }

  private func place(of dataClass: DataClass, _ ordinal: UInt64) -> Int? {
    guard batch.classes.contains(dataClass) else { return nil }
    var low = 0
    var high = batch.ordinals.count
    while low < high {
      let middle = (low + high) / 2
      if batch.ordinals[middle] < ordinal { low = middle + 1 } else { high = middle }
    }
    guard low < batch.ordinals.count, batch.ordinals[low] == ordinal else { return nil }
    return batch.place(dataClass, low)
  }
}
