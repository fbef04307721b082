import Sodium

/// The tiles at the right edge of a growing tree, one a level. A full tile leaves the stack, and its root is the next
/// hash of the level above.
struct TileStack {
  /// A tile with its hashes: 256, or fewer at the edge.
  struct Tile {
    let level: Int
    let index: UInt64
    let hashes: [Digest32]
  }

  private(set) var levels: [[Digest32]] = []
  private(set) var size: UInt64 = 0

  /// Appends a leaf hash and returns the tiles that it fills, the lowest level first.
  mutating func append(_ leafHash: Digest32) -> [Tile] {
    var full: [Tile] = []
    var hash = leafHash
    var level = 0
    size += 1
    while true {
      if level == levels.count { levels.append([]) }
      levels[level].append(hash)
      guard levels[level].count == TilePath.width else { return full }
      hash = MerkleTree.root(of: levels[level])
      full.append(Tile(level: level, index: size >> UInt64(8 * (level + 1)) - 1, hashes: levels[level]))
      levels[level].removeAll(keepingCapacity: true)
      level += 1
    }
  }

  /// The partial tiles, the lowest level first.
  var partial: [Tile] {
    levels.indices.compactMap { level in
      levels[level].isEmpty
        ? nil : Tile(level: level, index: size >> UInt64(8 * (level + 1)), hashes: levels[level])
    }
  }

  /// The root of the tree: the peaks are those of the highest level's partial tile, then of each level below.
  var root: Digest32 {
    var peaks: [Digest32] = []
    for level in levels.reversed() {
      var range = CompactRange()
      for hash in level { range.append(hash) }
      peaks += range.peaks
    }
    guard var node = peaks.last else { return MerkleTree.emptyRoot }
    for left in peaks.dropLast().reversed() { node = MerkleTree.nodeHash(left, node) }
    return node
  }
}
