/// Numbers each distinct key in the order in which it first comes: an open-addressing table for plain words,
/// several times faster than a `Dictionary`, whose hash is keyed against attackers who choose the keys.
struct DistinctKeys {
  /// The distinct keys, in the order of their first coming.
  private(set) var keys: [UInt64] = []
  /// A place in `keys`, or -1.
  private var slots: [Int32]
  private var mask: Int

  init(expecting expected: Int = 64) {
    var size = 128
    while size < expected * 2 { size *= 2 }
    slots = Array(repeating: -1, count: size)
    mask = size - 1
  }

  /// The number of a key, a new one where it has not come before.
  @inline(__always)
  mutating func number(of key: UInt64) -> Int32 {
    var slot = Self.hash(key) & mask
    while true {
      let place = slots[slot]
      if place < 0 { break }
      if keys[Int(place)] == key { return place }
      slot = (slot + 1) & mask
    }
    let place = Int32(truncatingIfNeeded: keys.count)
    keys.append(key)
    slots[slot] = place
    if keys.count * 2 > slots.count { grow() }
    return place
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    mask = slots.count - 1
    for (place, key) in keys.enumerated() {
      var slot = Self.hash(key) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(truncatingIfNeeded: place)
    }
  }

  @inline(__always)
  private static func hash(_ key: UInt64) -> Int {
    let mixed = (key ^ key >> 32) &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed >> 24)
  }
}
