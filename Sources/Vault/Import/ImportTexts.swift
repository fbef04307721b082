internal import Sodium

/// The texts of an import that occur again and again (products, channels, sources of consents): each is kept once.
struct ImportTexts {
  private struct Entry {
    let place: UInt32
    let count: UInt32
    let hash: UInt64
  }

  private let arena: ImportArena
  private var entries: [Entry] = []
  private var slots = [UInt32](repeating: 0, count: 1024)

  init(_ arena: ImportArena) { self.arena = arena }

  /// How many different texts there are.
  var count: Int { entries.count }

  /// The number of a text, from 1; 0 for an empty one.
  mutating func number(of text: Span<UInt8>) throws(VaultError) -> UInt32 {
    guard !text.isEmpty else { return 0 }
    let hash = unsafe text.withUnsafeBytes { unsafe BehaviorDictionary.hash($0) }
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if entry.hash == hash, equals(entry, text) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    try arena.require(text.count)
    entries.append(Entry(place: UInt32(arena.end), count: UInt32(text.count), hash: hash))
    arena.put(text)
    slots[slot] = UInt32(entries.count)
    if entries.count * 2 > slots.count { grow() }
    return UInt32(entries.count)
  }

  /// The bytes of a text by its number.
  func bytes(_ number: UInt32) -> ArenaBytes {
    let entry = entries[Int(number) - 1]
    return arena.lent(Int(entry.place), count: Int(entry.count))
  }

  private func equals(_ entry: Entry, _ text: Span<UInt8>) -> Bool {
    guard Int(entry.count) == text.count else { return false }
    return arena.lent(Int(entry.place), count: text.count).withSpan { ConstantTime.equal($0, text) }
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for (index, entry) in entries.enumerated() {
      var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(index + 1)
    }
  }
}
