package import Sodium

/// The tiles at the right edge of a growing tree, one a level. A full tile leaves the stack, and its root is the next
/// hash of the level above.
package struct TileStack {
  /// A tile with its hashes: 256, or fewer at the edge.
  package struct Tile {
    package let level: Int
    package let index: UInt64
    package let hashes: [Digest32]
    /// The root over a full tile, which is the next hash of the level above; nil at the edge.
    package var root: Digest32?

    /// What is written to the tile's file.
    package var bytes: [UInt8] {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(32 * hashes.count)
      for hash in hashes { bytes.append(hash) }
      return bytes
    }
  }

  private(set) var levels: [[Digest32]] = []
  package private(set) var size: UInt64 = 0

  /// The stack of the empty tree.
  init() {}

  /// The stack of a tree of this size, whose partial tiles are these, the lowest level first.
  ///
  /// - Throws: `malformed` unless each has as many hashes as the size asks for.
  init(size: UInt64, levels: [[Digest32]]) throws(LogError) {
    let isComplete = levels.count >= 8 || size >> UInt64(8 * levels.count) == 0
    guard isComplete, levels.indices.allSatisfy({ levels[$0].count == Self.partialWidth($0, size) }) else {
      throw LogError(.malformed, "the partial tiles do not fit a tree of \(size)")
    }
    self.size = size
    self.levels = levels
  }

  /// The stack of a tree of this size, whose tiles are read from somewhere.
  ///
  /// - Parameter read: the bytes of the tile of a level and index, which has at least so many hashes.
  package init(
    edgeAt size: UInt64, _ read: (_ level: Int, _ index: UInt64, _ width: Int) throws(LogError) -> [UInt8]
  ) throws(LogError) {
    var levels: [[Digest32]] = []
    while levels.count < 8, size >> UInt64(8 * levels.count) > 0 {
      let level = levels.count
      let width = Self.partialWidth(level, size)
      guard width > 0 else {
        levels.append([])
        continue
      }
      let bytes = try read(level, size >> UInt64(8 * (level + 1)), width)
      let hashes = try ProofPath.decode(bytes[...], limit: TilePath.width)
      guard hashes.count >= width else { throw LogError(.inconsistent, "a tile at the edge is too short") }
      levels.append(Array(hashes.prefix(width)))
    }
    try self.init(size: size, levels: levels)
  }

  /// How many hashes the partial tile of a level has in a tree of this size.
  static func partialWidth(_ level: Int, _ size: UInt64) -> Int {
    level < 8 ? Int(truncatingIfNeeded: size >> UInt64(8 * level) & 255) : 0
  }

  /// Appends a leaf hash and returns the tiles that it fills, the lowest level first.
  package mutating func append(_ leafHash: Digest32) -> [Tile] {
    var full: [Tile] = []
    var hash = leafHash
    var level = 0
    size += 1
    while true {
      if level == levels.count { levels.append([]) }
      levels[level].append(hash)
      guard levels[level].count == TilePath.width else { return full }
      hash = MerkleTree.root(of: levels[level])
      let index = size >> UInt64(8 * (level + 1)) - 1
      full.append(Tile(level: level, index: index, hashes: levels[level], root: hash))
      levels[level].removeAll(keepingCapacity: true)
      level += 1
    }
  }

  /// The partial tiles, the lowest level first.
  package var partial: [Tile] {
    levels.indices.compactMap { level in
      levels[level].isEmpty
        ? nil : Tile(level: level, index: size >> UInt64(8 * (level + 1)), hashes: levels[level])
    }
  }

  /// The root of the tree: the peaks are those of the highest level's partial tile, then of each level below.
  package var root: Digest32 {
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
