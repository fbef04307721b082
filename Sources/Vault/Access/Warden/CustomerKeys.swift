internal import Sodium

/// A page of customer keys of one class, lent by the warden for a receipt; wiped with it.
///
/// Holds up to ``capacity`` consecutive ordinals, 128 KiB, and is used again for the next page without allocating.
/// Keys of customers that the receipt does not name are wiped before the page is handed out. A slot's check is
/// verified when it is first used. For one thread at a time.
public struct CustomerKeys: ~Copyable, Sendable {
  /// The most ordinals of one page.
  public static let capacity = 2048

  /// The class of the keys.
  public private(set) var dataClass = DataClass.identity
  /// The ordinals of the page; those in it that the receipt does not name are withheld.
  public private(set) var ordinals: Range<UInt64> = 0..<0

  /// One byte for each slot, behind the slots.
  private static let standingStart = SlotLayout.stretchByteCount
  private var page = WipedPage(count: SlotLayout.stretchByteCount + capacity)
  private var source: SlotFile?

  /// What is known of a slot in the page.
  private enum Standing: UInt8 {
    case unchecked, unwritten, live, erased, withheld
  }

  /// An empty page.
  public init() {}

  /// The state of a customer's slot, or nil when the receipt does not name the customer.
  ///
  /// The ordinal must be within ``ordinals``. Throws `.integrity` when the slot fails its check.
  public mutating func state(of ordinal: UInt64) throws(WardenError) -> SlotState? {
    switch try standing(of: ordinal) {
    case .live: .live
    case .erased: .erased
    case .withheld: nil
    case .unwritten, .unchecked: .unwritten
    }
  }

  /// A customer's key, without copying: the hot path of every bulk read.
  ///
  /// The ordinal must be within ``ordinals``. Throws `.integrity` when the slot fails its check.
  package mutating func key(for ordinal: UInt64) throws(WardenError) -> LentKey {
    switch try standing(of: ordinal) {
    case .live:
      let start = slotStart(ordinal) + SlotLayout.keyStart
      return unsafe .live(page.pointer(at: start, count: 32))
    case .erased: return .erased
    case .withheld: return .withheld
    case .unwritten, .unchecked: return .unwritten
    }
  }

  /// As ``key(for:)``, but a live slot's check is left to the record: its seal commits to its key, so that no other
  /// key opens it. Where it does not open, ``key(for:)`` says whether the slot was at fault.
  @inline(__always)
  package mutating func keyToTry(for ordinal: UInt64) throws(WardenError) -> LentKey {
    precondition(ordinals.contains(ordinal), "an ordinal outside of the page")
    let place = Self.standingStart + Int(ordinal - ordinals.lowerBound)
    guard page.byte(at: place) == Standing.unchecked.rawValue,
      page.byte(at: slotStart(ordinal)) == SlotFile.Standing.live.rawValue
    else { return try key(for: ordinal) }
    return unsafe .live(page.pointer(at: slotStart(ordinal) + SlotLayout.keyStart, count: 32))
  }

  /// Fills the page from slots. `isLent` says for which ordinals; the others are wiped.
  mutating func load(
    _ dataClass: DataClass, _ ordinals: Range<UInt64>, from source: SlotFile, where isLent: (UInt64) -> Bool
  ) throws(WardenError) {
    precondition(ordinals.count <= Self.capacity, "a page has \(Self.capacity) keys")
    self.ordinals = 0..<0
    if let last = ordinals.last { try SlotLayout.require(last) }
    try source.read(dataClass, ordinals, into: &page)
    self.source = source
    self.dataClass = dataClass
    self.ordinals = ordinals
    for ordinal in ordinals {
      let lent = isLent(ordinal)
      if !lent { page.wipe(slotStart(ordinal)..<slotStart(ordinal) + SlotLayout.slotByteCount) }
      set(lent ? .unchecked : .withheld, for: ordinal)
    }
  }

  private func slotStart(_ ordinal: UInt64) -> Int {
    Int(ordinal - ordinals.lowerBound) * SlotLayout.slotByteCount
  }

  private mutating func set(_ standing: Standing, for ordinal: UInt64) {
    page.put(standing.rawValue, at: Self.standingStart + Int(ordinal - ordinals.lowerBound))
  }

  private mutating func standing(of ordinal: UInt64) throws(WardenError) -> Standing {
    precondition(ordinals.contains(ordinal), "an ordinal outside of the page")
    let place = Self.standingStart + Int(ordinal - ordinals.lowerBound)
    let known = Standing(rawValue: page.integer(at: place, as: UInt8.self)) ?? .unchecked
    guard known == .unchecked, let source else { return known }
    let found: Standing =
      switch try source.settledState(in: &page, at: slotStart(ordinal), of: dataClass, ordinal) {
      case .unwritten: .unwritten
      case .live: .live
      case .erased: .erased
      }
    set(found, for: ordinal)
    return found
  }
}

/// What a page of keys has for one customer.
@safe package enum LentKey {
  /// 32 key bytes, valid until the page is filled again or ends.
  case live(UnsafePointer<UInt8>)
  /// No key was ever made. Of a customer that is in the directory: the file was cut or is another one.
  case unwritten
  /// The key was erased.
  case erased
  /// The receipt does not name the customer.
  case withheld
}
