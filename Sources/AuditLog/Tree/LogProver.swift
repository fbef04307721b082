public import Sodium

/// Makes proofs from the entries of a log.
///
/// It reads the log once, from its entry bytes, and keeps the root of each full tile: 32 bytes for 256 entries. A
/// proof reads the one tile again that its leaf is in; so thousands of proofs cost little more than one.
public final class LogProver<Source: LogSource> {
  /// How many leaf hashes are asked of a source at once.
  private static var step: UInt64 { 4096 }

  /// Where entries are read from.
  public let source: Source

  /// How many entries the tree has.
  public let size: UInt64

  /// The root over all of them, as their bytes lead to it.
  public let root: Digest32

  /// By level of tiles: the root of each full tile.
  private var roots: [[Digest32]] = []
  private var last: (tile: UInt64, hashes: [Digest32])?

  /// Reads the first `size` entries of a log.
  ///
  /// - Throws: `inconsistent` when there are fewer, and what the source throws.
  public init(_ source: Source, size: UInt64) throws(LogError) {
    self.source = source
    self.size = size
    var stack = TileStack()
    var roots: [[Digest32]] = []
    while stack.size < size {
      let end = min(size, stack.size + Self.step)
      let hashes = try source.leafHashes(stack.size..<end)
      guard UInt64(hashes.count) == end - stack.size else { throw Self.short }
      for hash in hashes {
        for tile in stack.append(hash) {
          if tile.level == roots.count { roots.append([]) }
          if let root = tile.root { roots[tile.level].append(root) }
        }
      }
    }
    root = stack.root
    self.roots = roots
  }

  /// The inclusion proof of an entry, the leaf's sibling first.
  ///
  /// - Parameter older: the size of the tree to prove it in; nil for the whole.
  /// - Throws: `outOfBounds` when there is no such entry, or no such size.
  public func inclusionProof(of index: UInt64, in older: UInt64? = nil) throws(LogError) -> [Digest32] {
    let size = older ?? self.size
    guard size <= self.size else {
      throw LogError(.outOfBounds, "a tree of \(self.size) has no size \(size)")
    }
    return try MerkleTree.inclusionProof(index: index, size: size) { level, index throws(LogError) in
      try node(level, index)
    }
  }

  /// The consistency proof from an older size to this one.
  ///
  /// - Throws: `outOfBounds` when that is larger.
  public func consistencyProof(from older: UInt64) throws(LogError) -> [Digest32] {
    try MerkleTree.consistencyProof(from: older, to: size) { level, index throws(LogError) in
      try node(level, index)
    }
  }

  /// The tree as it was at an older size.
  ///
  /// - Throws: `outOfBounds` when that is larger.
  public func range(at older: UInt64) throws(LogError) -> CompactRange {
    guard older <= size else { throw LogError(.outOfBounds, "a tree of \(size) has no size \(older)") }
    var peaks: [Digest32] = []
    var start: UInt64 = 0
    for level in (0..<64).reversed() where older >> UInt64(level) & 1 == 1 {
      peaks.append(try node(level, start >> UInt64(level)))
      start += 1 << UInt64(level)
    }
    return try CompactRange(size: older, peaks: peaks)
  }

  /// The hashes of a tile as it is at this size; none where there is no such tile.
  public func tile(level: Int, index: UInt64) throws(LogError) -> [Digest32] {
    let width = TilePath.width(level: level, index: index, size: size)
    guard width > 0 else { return [] }
    let first = index * UInt64(TilePath.width)
    guard level > 0 else { return try leafHashes(ofTile: index) }
    return Array(roots[level - 1][Int(first)..<Int(first) + width])
  }

  /// The root of a full subtree: the 2^level leaves from index · 2^level on.
  private func node(_ level: Int, _ index: UInt64) throws(LogError) -> Digest32 {
    let width = 1 << (level % 8)
    let (first, overflow) = index.multipliedReportingOverflow(by: UInt64(width))
    let row: [Digest32]
    let start: Int
    if level < 8 {
      row = try leafHashes(ofTile: first / UInt64(TilePath.width))
      start = Int(first % UInt64(TilePath.width))
    } else {
      row = level / 8 <= roots.count ? roots[level / 8 - 1] : []
      start = Int(clamping: first)
    }
    guard !overflow, start <= row.count, width <= row.count - start else {
      throw LogError(.outOfBounds, "a node is not in a tree of \(size)")
    }
    return width == 1 ? row[start] : MerkleTree.root(of: Array(row[start..<start + width]))
  }

  private func leafHashes(ofTile tile: UInt64) throws(LogError) -> [Digest32] {
    if let last, last.tile == tile { return last.hashes }
    let start = tile * UInt64(TilePath.width)
    guard start < size else { throw LogError(.outOfBounds, "a tile is not in a tree of \(size)") }
    let hashes = try source.leafHashes(start..<min(size, start + UInt64(TilePath.width)))
    // What is read a second time may have changed since: the first reading counts.
    if Int(tile) < roots.first?.count ?? 0, MerkleTree.root(of: hashes) != roots[0][Int(tile)] {
      throw LogError(.inconsistent, "the entries from \(start) on changed while they were read")
    }
    last = (tile, hashes)
    return hashes
  }

  private static var short: LogError { LogError(.inconsistent, "the log ends before its size") }
}
