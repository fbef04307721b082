internal import Sodium

/// What accounts are hashed under in memory: random for each import, so that nobody can make them collide.
enum ImportHashPurpose: KeyPurpose {
  static var byteCount: Int { 16 }
}

/// The customers of an import by account: no text becomes a `String`, nothing is allocated for one customer.
struct ImportAccounts {
  private struct Slot {
    var number: UInt32 = 0
    var tag: UInt32 = 0
  }

  private let arena: ImportArena
  private let key: SharedKey<ImportHashPurpose>
  private let group: UInt64
  private let groups: UInt64
  private var slots = [Slot](repeating: Slot(), count: 4096)
  /// Where each account lies: length u32 ‖ bytes.
  private var places: [UInt32] = []

  /// Accounts of one group; `key` is the same for all groups of an import.
  init(_ arena: ImportArena, key: SharedKey<ImportHashPurpose>, group: Int, of groups: Int) {
    self.arena = arena
    self.key = key
    self.group = UInt64(group)
    self.groups = UInt64(groups)
  }

  /// How many customers there are.
  var count: Int { places.count }

  /// The hash of an account: the first word finds its slot, the second its group.
  private func hash(_ account: Span<UInt8>) -> (UInt64, UInt64) {
    unsafe account.withUnsafeBufferPointer { bytes in
      unsafe key.key.withUnsafePointer {
        unsafe SipHash.hash128(key: $0, bytes.baseAddress, count: bytes.count)
      }
    }
  }

  /// The customer of an account, new or known; nil for one of another group.
  mutating func customer(_ account: Span<UInt8>) throws(VaultError) -> Int? {
    let hash = hash(account)
    guard groups == 1 || hash.1 % groups == group else { return nil }
    let tag = UInt32(truncatingIfNeeded: hash.0 >> 32)
    var slot = Int(truncatingIfNeeded: hash.0) & (slots.count - 1)
    while slots[slot].number != 0 {
      if slots[slot].tag == tag, equals(Int(slots[slot].number) - 1, account) {
        return Int(slots[slot].number) - 1
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    try arena.require(4 + account.count)
    places.append(UInt32(arena.end))
    arena.put(fixed: UInt32(account.count))
    arena.put(account)
    slots[slot] = Slot(number: UInt32(places.count), tag: tag)
    if places.count * 2 > slots.count { grow() }
    return places.count - 1
  }

  /// The bytes of a customer's account.
  func bytes(_ customer: Int) -> ArenaBytes {
    let place = Int(places[customer])
    return arena.lent(place + 4, count: Int(arena.fixed32(at: place)))
  }

  private func equals(_ customer: Int, _ account: Span<UInt8>) -> Bool {
    bytes(customer).withSpan { ConstantTime.equal($0, account) }
  }

  private mutating func grow() {
    slots = [Slot](repeating: Slot(), count: slots.count * 2)
    for customer in places.indices {
      let hash = bytes(customer).withSpan { self.hash($0) }
      var slot = Int(truncatingIfNeeded: hash.0) & (slots.count - 1)
      while slots[slot].number != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Slot(number: UInt32(customer + 1), tag: UInt32(truncatingIfNeeded: hash.0 >> 32))
    }
  }
}
