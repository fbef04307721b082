/// A log published as a folder of files: C2SP tlog-tiles. Any static server can serve it; any reader can copy it.
///
/// Each file is written whole or not at all, and the checkpoint last, so that the folder always is a complete log.
/// Partial tiles of earlier checkpoints are left in place.
public struct TileDirectory: Sendable {
  /// The path of the folder.
  public let path: String

  var folder: Folder { Folder(path: path) }

  /// How many leaf hashes are asked of a source at once.
  private static let step: UInt64 = 16_384

  /// The log in this folder, which need not exist before something is published.
  public init(path: String) { self.path = path }

  /// The signed checkpoint that was published last, unchecked; nil when there is none.
  public func note() throws(LogError) -> SignedNote? {
    guard let bytes = try folder.read("checkpoint", limit: 1 << 20) else { return nil }
    return try SignedNote(parsing: bytes)
  }

  /// Publishes the log up to a signed checkpoint, continuing what was published before.
  ///
  /// Reads every leaf hash of the source, since what is in the folder proves nothing, but only those entries whose
  /// bundle is to be written. Holds 32 bytes for each entry that is new.
  ///
  /// - Throws: `inconsistent` when the source does not have the checkpoint's root, or what was published is no prefix
  ///   of it, and `wrongOrigin` when it is another log: nothing is written then. `inputOutput`, and what the source
  ///   throws.
  public func publish(_ note: SignedNote, from source: some LogSource) throws(LogError) {
    let next = try Checkpoint(parsing: note.text)
    try folder.create()
    try folder.locked { () throws(LogError) in
      let published = try self.note().map { (note) throws(LogError) in try Checkpoint(parsing: note.text) }
      let tiles = try Self.tiles(of: source, after: published, upTo: next)
      var touched: Set<String> = []
      for tile in tiles where tile.level == 0 {
        try writeBundle(tile, source, &touched)
      }
      for tile in tiles {
        let content = TilePath.Content.hashes(level: tile.level)
        var bytes: [UInt8] = []
        for hash in tile.hashes { bytes.append(hash) }
        try write(bytes, to: try TilePath(content, index: tile.index, width: tile.hashes.count), &touched)
      }
      for name in touched { try folder.sync(name) }
      try folder.write(note.bytes, to: "checkpoint")
      try folder.sync("")
    }
  }

  /// The tiles that `next` has and `published` has not, after checking that the source leads to both.
  private static func tiles(
    of source: some LogSource, after published: Checkpoint?, upTo next: Checkpoint
  ) throws(LogError) -> [TileStack.Tile] {
    if let published {
      guard published.origin.utf8.elementsEqual(next.origin.utf8) else {
        throw LogError(.wrongOrigin, "the folder holds the log \(published.origin)")
      }
      guard published.size <= next.size else {
        throw LogError(.inconsistent, "the folder holds \(published.size) entries, the log \(next.size)")
      }
    }
    let before = published?.size ?? 0
    var stack = TileStack()
    var tiles: [TileStack.Tile] = []
    while true {
      if stack.size == before, let published, stack.root != published.root {
        throw LogError(.inconsistent, "what the folder holds is not the beginning of this log")
      }
      guard stack.size < next.size else { break }
      let limit = stack.size < before ? before : next.size
      let end = min(limit, stack.size + step)
      let hashes = try source.leafHashes(stack.size..<end)
      guard UInt64(hashes.count) == end - stack.size else {
        throw LogError(.inconsistent, "the log ends before its checkpoint")
      }
      for hash in hashes {
        let full = stack.append(hash)
        if stack.size > before { tiles += full }
      }
    }
    guard stack.root == next.root else {
      throw LogError(.inconsistent, "the log does not have the root of its checkpoint")
    }
    return before < next.size ? tiles + stack.partial : []
  }

  /// Writes the entries whose leaf hashes are this tile.
  private func writeBundle(
    _ tile: TileStack.Tile, _ source: some LogSource, _ touched: inout Set<String>
  ) throws(LogError) {
    let start = tile.index * UInt64(TilePath.width)
    let entries = try source.entries(start..<(start + UInt64(tile.hashes.count)))
    guard entries.map({ MerkleTree.leafHash($0) }) == tile.hashes else {
      throw LogError(.inconsistent, "the entries from \(start) on are not those of the tree")
    }
    try write(
      try EntryBundle.encode(entries),
      to: try TilePath(.entries, index: tile.index, width: tile.hashes.count), &touched)
  }

  private func write(
    _ bytes: [UInt8], to path: TilePath, _ touched: inout Set<String>
  ) throws(LogError) {
    let name = path.description
    var parent = name[..<(name.lastIndex(of: "/") ?? name.startIndex)]
    if !touched.contains(String(parent)) { try folder.makeFolder(String(parent)) }
    try folder.write(bytes, to: name)
    // Each folder above may be new as well, so its name must be made durable too.
    while touched.insert(String(parent)).inserted, let slash = parent.lastIndex(of: "/") {
      parent = parent[..<slash]
    }
  }
}
