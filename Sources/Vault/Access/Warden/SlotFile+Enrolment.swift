internal import Sodium

extension SlotFile {
  /// Makes the keys of these ordinals and classes that are not there yet, durable on return.
  ///
  /// Everything is read and checked before anything is written: an erased or corrupt slot refuses the whole batch.
  /// Live slots are never written. A batch that fails half-way leaves live slots without a customer; the same call
  /// takes them up again.
  func enrol(_ ordinals: [UInt64], classes: [DataClass]) throws(WardenError) -> EnrolledKeys {
    let sorted = Set(ordinals).sorted()
    if let last = sorted.last { try SlotLayout.require(last) }
    return try withLock(exclusive: true) { () throws(WardenError) -> EnrolledKeys in
      let batch = EnrolledKeys.Batch(ordinals: sorted, classes: Set(classes).sorted())
      var keys = WipedPage(count: batch.count * 32)
      keys.withMutableSpan(0..<keys.count) { SecureRandom.fill(&$0) }
      let fresh = try takeLiveKeys(of: batch, into: &keys)
      do throws(SystemFailure) {
        try writeSlots(of: batch, keys, where: fresh)
        try file.synchronizeData()
      } catch { throw WardenError(error) }
      return EnrolledKeys(batch: batch, keys: keys)
    }
  }

  /// Overwrites random keys by those of live slots, and says which slots are unwritten.
  private func takeLiveKeys(
    of batch: EnrolledKeys.Batch, into keys: inout WipedPage
  ) throws(WardenError) -> [Bool] {
    var fresh = [Bool](repeating: false, count: batch.count)
    var page = WipedPage(count: SlotLayout.stretchByteCount)
    for dataClass in batch.classes {
      for run in batch.runs {
        try read(
          dataClass, batch.ordinals[run.lowerBound]..<batch.ordinals[run.upperBound - 1] + 1, into: &page)
        for index in run {
          let start = (index - run.lowerBound) * SlotLayout.slotByteCount
          let ordinal = batch.ordinals[index]
          let place = batch.place(dataClass, index)
          switch standing(in: page, at: start, of: dataClass, ordinal) {
          case .unwritten: fresh[place] = true
          case .live:
            let key = start + SlotLayout.keyStart
            keys.put(key..<key + 32, of: page, at: place * 32)
          case .erased:
            throw WardenError(.erased, "the \(dataClass.name) key of ordinal \(ordinal) was erased")
          case .corrupt:
            throw WardenError(
              .integrity,
              "the warden's file: the \(dataClass.name) slot of ordinal \(ordinal) fails its check")
          }
        }
      }
    }
    return fresh
  }

  /// Writes live slots for those places of a batch that are fresh: space first, then one `pwrite` for each run.
  private func writeSlots(
    of batch: EnrolledKeys.Batch, _ keys: borrowing WipedPage, where fresh: [Bool]
  ) throws(SystemFailure) {
    var page = WipedPage(count: SlotLayout.stretchByteCount)
    for dataClass in batch.classes {
      for run in batch.runs {
        var next = run.lowerBound
        while let first = (next..<run.upperBound).first(where: { fresh[batch.place(dataClass, $0)] }) {
          let end =
            (first..<run.upperBound).first { !fresh[batch.place(dataClass, $0)] } ?? run.upperBound
          for index in first..<end {
            let start = (index - first) * SlotLayout.slotByteCount
            let key = batch.place(dataClass, index) * 32
            page.put(key..<key + 32, of: keys, at: start + SlotLayout.keyStart)
            makeLive(in: &page, at: start, of: dataClass, batch.ordinals[index])
          }
          let offset = SlotLayout.offset(of: dataClass, batch.ordinals[first])
          let count = (end - first) * SlotLayout.slotByteCount
          try file.reserve(offset..<offset + UInt64(count))
          try file.write(page, 0..<count, at: offset)
          next = end
        }
      }
    }
  }
}
