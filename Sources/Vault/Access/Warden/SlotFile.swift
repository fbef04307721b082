internal import Sodium

/// The slots of a warden's file: reads them, checks them, and finds the highest.
final class SlotFile: Sendable {
  /// What a slot in memory turned out to be.
  enum Standing: UInt8 {
    case unwritten, live, erased, corrupt
  }

  let file: PositionedFile
  private let checkKey: Key<SlotCheckPurpose>

  init(file: PositionedFile, checkKey: consuming Key<SlotCheckPurpose>) {
    self.file = file
    self.checkKey = checkKey
  }

  /// Runs `body` while no one else changes the file.
  func withLock<Result: ~Copyable>(
    exclusive: Bool, _ body: () throws(WardenError) -> Result
  ) throws(WardenError) -> Result {
    try file.withLock(exclusive: exclusive, { WardenError($0) }, body)
  }

  /// Reads the slots of consecutive ordinals of a class into a page: one `pread` for each group that they touch.
  func read(
    _ dataClass: DataClass, _ ordinals: Range<UInt64>, into page: inout WipedPage
  ) throws(WardenError) {
    var first = ordinals.lowerBound
    while first < ordinals.upperBound {
      let end = min((first / SlotLayout.groupCount + 1) * SlotLayout.groupCount, ordinals.upperBound)
      let start = Int(first - ordinals.lowerBound) * SlotLayout.slotByteCount
      let range = start..<start + Int(end - first) * SlotLayout.slotByteCount
      do { try file.read(into: &page, range, at: SlotLayout.offset(of: dataClass, first)) } catch {
        throw WardenError(error)
      }
      first = end
    }
  }

  /// What the slot at an offset of a page is. All zero is unwritten; whatever else lacks a good check is corrupt.
  func standing(
    in page: borrowing WipedPage, at offset: Int, of dataClass: DataClass, _ ordinal: UInt64
  ) -> Standing {
    let state = page.integer(at: offset, as: UInt8.self)
    guard state == Standing.live.rawValue || state == Standing.erased.rawValue else {
      return page.isZero(offset..<offset + SlotLayout.slotByteCount) ? .unwritten : .corrupt
    }
    let check = check(in: page, at: offset)
    let stored = offset + SlotLayout.checkStart
    let difference =
      (check.0 ^ page.integer(at: stored, as: UInt64.self).byteSwapped)
      | (check.1 ^ page.integer(at: stored + 8, as: UInt64.self).byteSwapped)
    guard difference == 0, page.integer(at: offset + 1, as: UInt8.self) == dataClass.rawValue,
      page.integer(at: offset + 8, as: UInt64.self) == ordinal
    else { return .corrupt }
    return state == Standing.live.rawValue ? .live : .erased
  }

  /// As ``standing(in:at:of:_:)``, but a slot that looks corrupt is read once more while nobody writes, since it
  /// may have been read in the middle of a write; then it is `.integrity`.
  func settledState(
    in page: inout WipedPage, at offset: Int, of dataClass: DataClass, _ ordinal: UInt64
  ) throws(WardenError) -> SlotState {
    if let state = SlotState(standing(in: page, at: offset, of: dataClass, ordinal)) { return state }
    var again = WipedPage(count: SlotLayout.slotByteCount)
    try withLock(exclusive: false) { () throws(WardenError) in
      try read(dataClass, ordinal..<ordinal + 1, into: &again)
    }
    page.put(0..<again.count, of: again, at: offset)
    guard let state = SlotState(standing(in: page, at: offset, of: dataClass, ordinal)) else {
      throw WardenError(
        .integrity, "the warden's file: the \(dataClass.name) slot of ordinal \(ordinal) fails its check")
    }
    return state
  }

  /// Makes the slot at an offset of a page a live one around the key that lies there already.
  func makeLive(in page: inout WipedPage, at offset: Int, of dataClass: DataClass, _ ordinal: UInt64) {
    make(.live, in: &page, at: offset, of: dataClass, ordinal)
  }

  /// Makes the slot at an offset of a page an erased one: nothing of a key is left in it.
  func makeErased(in page: inout WipedPage, at offset: Int, of dataClass: DataClass, _ ordinal: UInt64) {
    page.wipe(offset + SlotLayout.keyStart..<offset + SlotLayout.checkStart)
    make(.erased, in: &page, at: offset, of: dataClass, ordinal)
  }

  private func make(
    _ standing: Standing, in page: inout WipedPage, at offset: Int, of dataClass: DataClass, _ ordinal: UInt64
  ) {
    page.put(standing.rawValue, at: offset)
    page.put(dataClass.rawValue, at: offset + 1)
    page.wipe(offset + 2..<offset + 8)
    page.put(ordinal, at: offset + 8)
    let check = check(in: page, at: offset)
    page.put(check.0.byteSwapped, at: offset + SlotLayout.checkStart)
    page.put(check.1.byteSwapped, at: offset + SlotLayout.checkStart + 8)
  }

  /// The highest ordinal with any slot that is not all zero, from the end of the file downwards.
  func highestOrdinal() throws(WardenError) -> UInt64? {
    let size: UInt64
    do { size = try file.size() } catch { throw WardenError(error) }
    guard let last = SlotLayout.lastGroup(fileSize: size) else { return nil }
    var page = WipedPage(count: SlotLayout.stretchByteCount)
    for group in stride(from: Int64(last), through: 0, by: -1) {
      let first = UInt64(group) * SlotLayout.groupCount
      var highest: UInt64?
      for dataClass in DataClass.allCases {
        try read(dataClass, first..<first + SlotLayout.groupCount, into: &page)
        for index in stride(from: Int(SlotLayout.groupCount) - 1, through: 0, by: -1) {
          let start = index * SlotLayout.slotByteCount
          guard !page.isZero(start..<start + SlotLayout.slotByteCount) else { continue }
          highest = max(highest ?? 0, first + UInt64(index))
          break
        }
      }
      if let highest { return highest }
    }
    return nil
  }

  /// The SipHash-2-4-128 of the first 48 bytes of a slot, as two words whose bytes are little-endian.
  private func check(in page: borrowing WipedPage, at offset: Int) -> (UInt64, UInt64) {
    let slot = unsafe page.pointer(at: offset, count: SlotLayout.checkStart)
    return unsafe checkKey.withUnsafePointer {
      unsafe SipHash.hash128(key: $0, slot, count: SlotLayout.checkStart)
    }
  }
}

extension SlotState {
  /// The state of a slot with a good check, or nil.
  init?(_ standing: SlotFile.Standing) {
    switch standing {
    case .unwritten: self = .unwritten
    case .live: self = .live
    case .erased: self = .erased
    case .corrupt: return nil
    }
  }
}
