public import Sodium

extension FileWarden {
  /// See ``Warden/load(_:of:in:for:)``.
  public func load(
    _ keys: inout CustomerKeys, of dataClass: DataClass, in ordinals: Range<UInt64>,
    for receipt: borrowing AccessReceipt
  ) throws(WardenError) {
    try require(dataClass, in: receipt)
    let subjects = receipt.subjects
    switch subjects {
    case .none: throw Self.customerNotNamed
    case .one(let only):
      guard ordinals.contains(only) else { throw Self.customerNotNamed }
    case .few(let members):
      guard members.contains(where: ordinals.contains) else { throw Self.customerNotNamed }
    case .many: break
    }
    try keys.load(dataClass, ordinals, from: slots) { subjects.contains($0) }
  }

  /// See ``Warden/key(of:ordinal:for:)``.
  public func key(
    of dataClass: DataClass, ordinal: UInt64, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Key<CustomerKeyPurpose> {
    try require(dataClass, in: receipt)
    guard receipt.subjects.contains(ordinal) else { throw Self.customerNotNamed }
    try SlotLayout.require(ordinal)
    var page = WipedPage(count: SlotLayout.slotByteCount)
    try slots.read(dataClass, ordinal..<ordinal + 1, into: &page)
    switch try slots.settledState(in: &page, at: 0, of: dataClass, ordinal) {
    case .live:
      let range = SlotLayout.keyStart..<SlotLayout.keyStart + 32
      do {
        return try page.withSpan(range) { (bytes) throws(SodiumError) in try Key.copying(bytes) }
      } catch { throw WardenError(.integrity, "the warden's file: a key has the wrong length") }
    case .erased: throw WardenError(.erased, "the \(dataClass.name) key of ordinal \(ordinal) was erased")
    case .unwritten:
      throw WardenError(
        .integrity, "the warden's file has no \(dataClass.name) key of ordinal \(ordinal)")
    }
  }

  /// See ``Warden/enrol(_:classes:for:)``.
  public func enrol(
    _ ordinals: [UInt64], classes: [DataClass], for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> EnrolledKeys {
    for dataClass in classes { try require(dataClass, in: receipt) }
    for ordinal in ordinals where !receipt.covers(enrolmentOf: ordinal) { throw Self.customerNotNamed }
    return try slots.enrol(ordinals, classes: classes)
  }

  /// See ``Warden/indexDigest(inner:epoch:for:)``.
  public func indexDigest(
    inner: Digest32, epoch: UInt32, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Digest32 {
    try requireSearch(receipt)
    let key = try indexKey(epoch: epoch)
    return inner.withSpan { BLAKE2b.keyed256(key: key.key, $0) }
  }

  /// See ``Warden/pseudonyms()``.
  public func pseudonyms() -> PseudonymRule { PseudonymRule(matchingKey: matchingKey) }

  /// See ``Warden/matchingDigest(inner:for:)``.
  public func matchingDigest(
    inner: Digest32, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Digest32 {
    try requireSearch(receipt)
    return inner.withSpan { BLAKE2b.keyed256(key: matchingKey, $0) }
  }

  private static var customerNotNamed: WardenError {
    WardenError(.notPermitted, "the receipt does not name this customer")
  }

  private func require(_ dataClass: DataClass, in receipt: borrowing AccessReceipt) throws(WardenError) {
    guard receipt.isCleared else {
      throw WardenError(.notPermitted, "the receipt lacks the second person's approval that it needs")
    }
    guard receipt.classes.contains(dataClass) else {
      throw WardenError(.notPermitted, "the receipt does not name the class \(dataClass.name)")
    }
  }

  private func requireSearch(_ receipt: borrowing AccessReceipt) throws(WardenError) {
    guard receipt.maySearch || receipt.mayEnrol else {
      throw WardenError(.notPermitted, "the receipt allows no search by identifier")
    }
  }
}
