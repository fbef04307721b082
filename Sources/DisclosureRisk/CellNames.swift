/// Gives the different cells of a column numbers, in the order in which they come.
struct CellNames {
  private(set) var texts: [[UInt8]] = []
  private var slots = [UInt32](repeating: 0, count: 64)
  private var hashes: [UInt64] = []

  /// The number of a cell.
  mutating func number(_ bytes: Span<UInt8>) -> UInt32 {
    let hash = Self.hash(bytes)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let known = Int(slots[slot]) - 1
      if hashes[known] == hash, Self.isSame(texts[known], bytes) { return UInt32(known) }
      slot = (slot + 1) & (slots.count - 1)
    }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for index in bytes.indices { text.append(bytes[index]) }
    texts.append(text)
    hashes.append(hash)
    slots[slot] = UInt32(texts.count)
    if texts.count * 2 > slots.count { grow() }
    return UInt32(texts.count - 1)
  }

  /// The cells as texts.
  var strings: [String] { texts.map { String(decoding: $0, as: UTF8.self) } }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(number + 1)
    }
  }

  /// FNV-1a, its bits mixed once more.
  private static func hash(_ bytes: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    return hash ^ (hash >> 29)
  }

  private static func isSame(_ known: [UInt8], _ bytes: Span<UInt8>) -> Bool {
    guard known.count == bytes.count else { return false }
    for index in bytes.indices where known[index] != bytes[index] { return false }
    return true
  }
}
