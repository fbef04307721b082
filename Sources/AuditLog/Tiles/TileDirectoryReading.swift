package import Sodium

extension TileDirectory: LogSource {
  /// The entries of a range, from the bundles of the published checkpoint's size. Their hashes are not checked here:
  /// `check(keys:origin:)` does that, and so does whoever rebuilds the tree from them.
  ///
  /// - Throws: `inputOutput` when a bundle is missing, `outOfBounds` when the range leaves the published log.
  public func entries(_ range: Range<UInt64>) throws(LogError) -> [[UInt8]] {
    guard let note = try note() else { throw LogError(.inputOutput, "there is no checkpoint in \(path)") }
    return try entries(range, size: try Checkpoint(parsing: note.text).size)
  }

  /// The entries of a range of a log of this size.
  func entries(_ range: Range<UInt64>, size: UInt64) throws(LogError) -> [[UInt8]] {
    guard range.upperBound <= size else {
      throw LogError(.outOfBounds, "entries up to \(range.upperBound) of a log of \(size)")
    }
    var entries: [[UInt8]] = []
    var next = range.lowerBound
    while next < range.upperBound {
      let index = next / UInt64(TilePath.width)
      let bundle = try bundle(index, width: TilePath.width(level: 0, index: index, size: size))
      let start = index * UInt64(TilePath.width)
      let end = min(range.upperBound, start + UInt64(bundle.count))
      entries += bundle[Int(next - start)..<Int(end - start)]
      next = end
    }
    return entries
  }

  /// Checks the whole folder against the log's keys and nothing else: the checkpoint's signature, the tree rebuilt
  /// from the entries, its root, and every tile that belongs to this size, byte by byte.
  ///
  /// - Parameter body: is lent every entry in order, for further checks.
  /// - Returns: the checkpoint.
  /// - Throws: `inconsistent` for a tile or a root that is not what the entries hash to; `malformed`,
  ///   `badSignature`, `unsigned`, `wrongOrigin`, `inputOutput`.
  @discardableResult
  public func check(
    keys: [LogVerifierKey], origin: String, _ body: (UInt64, [UInt8]) throws(LogError) -> Void = { _, _ in }
  ) throws(LogError) -> Checkpoint {
    guard let note = try note() else { throw LogError(.inputOutput, "there is no checkpoint in \(path)") }
    let checkpoint = try Checkpoint.open(note, origin: origin, keys: keys).checkpoint
    var stack = TileStack()
    while stack.size < checkpoint.size {
      let index = stack.size / UInt64(TilePath.width)
      let width = TilePath.width(level: 0, index: index, size: checkpoint.size)
      for entry in try bundle(index, width: width) {
        try body(stack.size, entry)
        for tile in stack.append(MerkleTree.leafHash(entry)) { try check(tile) }
      }
    }
    for tile in stack.partial { try check(tile) }
    guard stack.root == checkpoint.root else {
      throw LogError(.inconsistent, "the entries do not lead to the root of the checkpoint")
    }
    return checkpoint
  }

  /// Holds a tile's file against the hashes that its entries lead to.
  func check(_ tile: TileStack.Tile) throws(LogError) {
    let path = try TilePath(.hashes(level: tile.level), index: tile.index, width: tile.hashes.count)
    let bytes = tile.bytes
    guard let found = try folder.read(path.description, limit: 1 << 20) else {
      throw LogError(.inputOutput, "the tile \(path) is missing")
    }
    guard found == bytes else {
      throw LogError(.inconsistent, "the tile \(path) is not what its entries hash to")
    }
  }

  package func bundle(_ index: UInt64, width: Int) throws(LogError) -> [[UInt8]] {
    let path = try TilePath(.entries, index: index, width: width)
    if let bytes = try folder.read(path.description, limit: Self.bundleLimit) {
      return try EntryBundle.decode(bytes, count: width)
    }
    // The full bundle takes the place of a partial one.
    let full = try TilePath(.entries, index: index)
    guard width < TilePath.width, let bytes = try folder.read(full.description, limit: Self.bundleLimit)
    else {
      throw LogError(.inputOutput, "the entry bundle \(path) is missing")
    }
    return Array(try EntryBundle.decode(bytes, count: TilePath.width).prefix(width))
  }

  /// What is left of a bundle that has lost entries to a retention policy, with the hashes of all its leaves; nil for an
  /// entry that is gone.
  package func kept(_ index: UInt64, width: Int) throws(LogError) -> [(entry: [UInt8]?, leaf: Digest32)] {
    for stored in Set([width, TilePath.width]).sorted() {
      let path = try TilePath(.entries, index: index, width: stored)
      guard let bytes = try folder.read(path.kept, limit: Self.bundleLimit) else { continue }
      let entries = try EntryBundle.decode(bytes, count: stored).prefix(width)
      let hashes = try tile(level: 0, index: index, width: width)
      guard hashes.count >= 32 * width else { throw LogError(.malformed, "a tile of hashes is cut off") }
      return try entries.enumerated().map { offset, entry throws(LogError) in
        guard let leaf = Digest32(Array(hashes[32 * offset..<32 * (offset + 1)])) else {
          throw LogError(.malformed, "a tile of hashes is cut off")
        }
        return entry.isEmpty ? (nil, leaf) : (entry, MerkleTree.leafHash(entry))
      }
    }
    throw LogError(
      .inputOutput, "the entry bundle \(try TilePath(.entries, index: index, width: width)) is missing")
  }

  /// 256 entries of the greatest length.
  private static let bundleLimit = TilePath.width * (Envelope.byteLimit + 2)
}
