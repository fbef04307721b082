import Sodium

/// A log published as a folder of files: C2SP tlog-tiles. Any static server can serve it; any reader can copy it.
///
/// Each file is written whole or not at all, and the checkpoint last, so that the folder always is a complete log.
/// Partial tiles of earlier checkpoints are left in place.
public struct TileDirectory: Sendable {
  /// The path of the folder.
  public let path: String

  var folder: Folder { Folder(path: path) }

  /// How many entries are asked of a source at once.
  private static let step: UInt64 = 4096

  /// The log in this folder, which need not exist before something is published.
  public init(path: String) { self.path = path }

  /// The signed checkpoint that was published last, unchecked; nil when there is none.
  public func note() throws(LogError) -> SignedNote? {
    guard let bytes = try folder.read("checkpoint", limit: 1 << 20) else { return nil }
    return try SignedNote(parsing: bytes)
  }

  /// Publishes the log up to a signed checkpoint, continuing what was published before.
  ///
  /// Only new entries are read, twice, in stretches: once to see that they lead from what is published to the
  /// checkpoint, once to write them. The tiles at the right edge of the folder must lead to the root that was published:
  /// with them the new root is rebuilt, so that nothing is published which does not continue the folder. Memory does not
  /// grow with the log.
  ///
  /// - Throws: `inconsistent` when the source does not have the checkpoint's root, or what was published is no prefix
  ///   of it, and `wrongOrigin` when it is another log: nothing is written then. `inputOutput`, and what the source
  ///   throws.
  public func publish(_ note: SignedNote, from source: some LogSource) throws(LogError) {
    let next = try Checkpoint(parsing: note.text)
    try folder.create()
    try folder.locked { () throws(LogError) in
      let edge = try edge(before: next)
      try Self.check(source, from: edge, to: next)
      var touched: Set<String> = []
      try write(source, from: edge, to: next, &touched)
      for name in touched { try folder.sync(name) }
      try folder.write(note.bytes, to: "checkpoint")
      try folder.sync("")
    }
  }

  /// The tiles at the right edge of what was published, which lead to its root.
  private func edge(before next: Checkpoint) throws(LogError) -> TileStack {
    guard let note = try note() else { return TileStack() }
    let published = try Checkpoint(parsing: note.text)
    guard published.origin.utf8.elementsEqual(next.origin.utf8) else {
      throw LogError(.wrongOrigin, "the folder holds the log \(published.origin)")
    }
    guard published.size <= next.size else {
      throw LogError(.inconsistent, "the folder holds \(published.size) entries, the log \(next.size)")
    }
    let edge = try TileStack(edgeAt: published.size) { (level, index, width) throws(LogError) in
      try tile(level: level, index: index, width: width)
    }
    guard edge.root == published.root else {
      throw LogError(.inconsistent, "the tiles of the folder do not lead to its checkpoint")
    }
    return edge
  }

  /// The bytes of a tile, from the full one where that took its place.
  func tile(level: Int, index: UInt64, width: Int) throws(LogError) -> [UInt8] {
    for width in [width, TilePath.width] {
      let path = try TilePath(.hashes(level: level), index: index, width: width)
      if let bytes = try folder.read(path.description, limit: 1 << 20) { return bytes }
    }
    throw LogError(.inconsistent, "a tile at the edge of the folder is missing: level \(level)")
  }

  /// Checks that a source leads from an edge to a checkpoint, before anything is written.
  private static func check(
    _ source: some LogSource, from edge: TileStack, to next: Checkpoint
  ) throws(LogError) {
    var stack = edge
    while stack.size < next.size {
      let end = min(next.size, stack.size + step)
      let hashes = try source.leafHashes(stack.size..<end)
      guard UInt64(hashes.count) == end - stack.size else {
        throw LogError(.inconsistent, "the log ends before its checkpoint")
      }
      for hash in hashes { _ = stack.append(hash) }
    }
    guard stack.root == next.root else {
      throw LogError(.inconsistent, "the log does not continue the folder to the root of its checkpoint")
    }
  }

  /// Writes the tiles and bundles that lie between an edge and a checkpoint.
  private func write(
    _ source: some LogSource, from edge: TileStack, to next: Checkpoint, _ touched: inout Set<String>
  ) throws(LogError) {
    guard edge.size < next.size else { return }
    let width = UInt64(TilePath.width)
    var stack = edge
    // The entries of the bundle at hand: those of its partial form are read again.
    var bundle = try source.keptEntries(edge.size / width * width..<edge.size)
    let before = edge.levels.first ?? []
    let isSame = zip(bundle, before).allSatisfy { entry, hash in
      entry.map { MerkleTree.leafHash($0) == hash } ?? true
    }
    guard bundle.count == before.count, isSame else {
      throw LogError(.inconsistent, "the entries before \(edge.size) are not those of the folder")
    }
    while stack.size < next.size {
      let range = stack.size..<min(next.size, stack.size + Self.step)
      let entries = try source.keptEntries(range)
      let hashes = entries.contains { $0 == nil } ? try source.leafHashes(range) : []
      guard UInt64(entries.count) == range.upperBound - range.lowerBound,
        hashes.isEmpty || hashes.count == entries.count
      else { throw LogError(.inconsistent, "the log ends before its checkpoint") }
      for (offset, entry) in entries.enumerated() {
        bundle.append(entry)
        let full = stack.append(entry.map { MerkleTree.leafHash($0) } ?? hashes[offset])
        if let tile = full.first {
          try write(bundle, index: tile.index, &touched)
          bundle.removeAll(keepingCapacity: true)
        }
        for tile in full { try write(tile, &touched) }
      }
    }
    guard stack.root == next.root else {
      throw LogError(.inconsistent, "the log changed while it was published")
    }
    if !bundle.isEmpty { try write(bundle, index: next.size / width, &touched) }
    for tile in stack.partial { try write(tile, &touched) }
  }

  /// A bundle that has lost entries is no bundle any more: what is left of it lies elsewhere, a gone entry without bytes.
  private func write(_ bundle: [[UInt8]?], index: UInt64, _ touched: inout Set<String>) throws(LogError) {
    let path = try TilePath(.entries, index: index, width: bundle.count)
    let isWhole = !bundle.contains { $0 == nil }
    try write(
      try EntryBundle.encode(bundle.map { $0 ?? [] }), to: isWhole ? path.description : path.kept, &touched)
  }

  private func write(_ tile: TileStack.Tile, _ touched: inout Set<String>) throws(LogError) {
    let path = try TilePath(.hashes(level: tile.level), index: tile.index, width: tile.hashes.count)
    try write(tile.bytes, to: path.description, &touched)
  }

  private func write(
    _ bytes: [UInt8], to name: String, _ touched: inout Set<String>
  ) throws(LogError) {
    var parent = name[..<(name.lastIndex(of: "/") ?? name.startIndex)]
    if !touched.contains(String(parent)) { try folder.makeFolder(String(parent)) }
    try folder.write(bytes, to: name)
    // Each folder above may be new as well, so its name must be made durable too.
    while touched.insert(String(parent)).inserted, let slash = parent.lastIndex(of: "/") {
      parent = parent[..<slash]
    }
  }
}
