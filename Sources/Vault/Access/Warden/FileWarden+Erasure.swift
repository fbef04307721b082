internal import Sodium

extension FileWarden {
  /// See ``Warden/finish(_:)``.
  public func finish(_ erasures: [ErasureOrder]) throws(WardenError) {
    guard let newest = erasures.last else { return }
    let isDone = try slots.withLock(exclusive: false) { () throws(WardenError) in
      try currentHeader(Self.pages(of: slots.file)).isFinished(newest)
    }
    guard !isDone else { return }
    try slots.withLock(exclusive: true) { () throws(WardenError) in
      var pages = try Self.pages(of: slots.file)
      var header = try currentHeader(pages)
      // Of a file that knows none of them, or is an old copy, every one is gone through: an erased slot stays as it is.
      let start = erasures.lastIndex { header.isFinished($0) }.map { $0 + 1 } ?? 0
      for order in erasures[start...] { try slots.erase(order) }
      header.finish(newest)
      do throws(SystemFailure) {
        try pages.write(header.content, to: slots.file)
        try slots.file.synchronizeData()
      } catch { throw WardenError(error) }
    }
  }
}

extension SlotFile {
  /// Overwrites the keys of an erasure in place, durable on return. Slots without a key are marked too, so that none is
  /// ever made there.
  ///
  /// Keys go first and need no room; marks may.
  fileprivate func erase(_ order: ErasureOrder) throws(WardenError) {
    try mark(order) { $0 == .live || $0 == .corrupt }
    try mark(order) { $0 != .erased }
  }

  private func mark(_ order: ErasureOrder, where isMarked: (Standing) -> Bool) throws(WardenError) {
    var page = WipedPage(count: SlotLayout.slotByteCount)
    for ordinal in order.ordinals {
      try SlotLayout.require(ordinal)
      for dataClass in order.classes.sorted() {
        try read(dataClass, ordinal..<ordinal + 1, into: &page)
        guard isMarked(standing(in: page, at: 0, of: dataClass, ordinal)) else { continue }
        makeErased(in: &page, at: 0, of: dataClass, ordinal)
        do throws(SystemFailure) {
          try file.write(page, 0..<page.count, at: SlotLayout.offset(of: dataClass, ordinal))
        } catch { throw WardenError(error) }
      }
    }
    do throws(SystemFailure) { try file.synchronizeData() } catch { throw WardenError(error) }
  }
}
