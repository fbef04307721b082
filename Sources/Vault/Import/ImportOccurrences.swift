/// Counts equal contents among one customer's events, and recognizes digests seen before: by walking while there
/// are few, which is nearly always.
struct ImportOccurrences {
  private static let walkLimit = 48
  private var contents: [UInt128] = []
  private var counts: [UInt128: UInt32] = [:]
  private var digests: [UInt64] = []
  private var digestSet: Set<UInt64> = []

  /// Begins the next customer.
  mutating func begin() {
    contents.removeAll(keepingCapacity: true)
    digests.removeAll(keepingCapacity: true)
    if !counts.isEmpty { counts.removeAll() }
    if !digestSet.isEmpty { digestSet.removeAll() }
  }

  /// How often this content (16 bytes) came before.
  mutating func occurrence(of content: ArenaBytes) -> UInt32 {
    let content = unsafe content.raw.loadUnaligned(as: UInt128.self)
    if counts.isEmpty {
      if contents.count < Self.walkLimit {
        var count: UInt32 = 0
        for known in contents where known == content { count += 1 }
        contents.append(content)
        return count
      }
      for known in contents { counts[known, default: 0] += 1 }
    }
    let count = counts[content, default: 0]
    counts[content] = count + 1
    return count
  }

  /// Whether this digest is new.
  mutating func isNew(_ digest: UInt64) -> Bool {
    if digestSet.isEmpty {
      if digests.count < Self.walkLimit {
        if digests.contains(digest) { return false }
        digests.append(digest)
        return true
      }
      digestSet = Set(digests)
    }
    return digestSet.insert(digest).inserted
  }
}
