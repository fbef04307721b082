import Sodium

/// Verifies a published folder of tiles with nothing but public keys, on several cores: the tree is rebuilt from the
/// bytes of the entries, and no tile is believed for itself.
public struct PublishedLog: Sendable {
  /// The folder.
  public let directory: TileDirectory

  /// What was found in the files, apart from what the verifier finds in the entries.
  public private(set) var problems: [Problem] = []

  /// The log in this folder.
  public init(_ directory: TileDirectory) { self.directory = directory }

  /// An entry of a bundle, or what is left of it.
  private enum Item: Sendable {
    case entry(ReadEntry)
    case gone(Digest32)

    var leafHash: Digest32 {
      switch self {
      case .entry(let entry): entry.leafHash
      case .gone(let leaf): leaf
      }
    }
  }

  /// A bundle of entries that was read, with what its bytes alone say.
  private struct Piece: Sendable {
    let index: UInt64
    var entries: [Item] = []
    var problems: [Problem] = []
  }

  /// Feeds every entry of the folder to a verifier, in order; several bundles are read at once.
  ///
  /// Every tile of the size is compared with what the entries lead to. It goes on after a problem in a tile, and stops
  /// where entries cannot be read.
  ///
  /// - Parameters:
  ///   - size: how many entries the checkpoint says there are.
  ///   - verifier: takes the entries; its tree afterwards is theirs.
  ///   - onEntry: is told each envelope after the verifier has taken it; nil for an entry that is gone, of which the folder
  ///     has the leaf's hash alone: whether it may be is for the caller to say.
  public mutating func verify(
    size: UInt64, into verifier: inout LogVerifier, workers: Int,
    _ onEntry: (UInt64, Envelope?) -> Void = { _, _ in }
  ) async {
    let directory = directory
    let count = size / UInt64(TilePath.width) + (size % UInt64(TilePath.width) == 0 ? 0 : 1)
    var stack = TileStack()
    var waiting: [UInt64: Piece] = [:]
    var next: UInt64 = 0
    var isWhole = true
    await withTaskGroup(of: Piece.self) { group in
      var started: UInt64 = 0
      func start() {
        guard started < count else { return }
        let index = started
        started += 1
        group.addTask { Self.read(index, of: size, in: directory) }
      }
      for _ in 0..<max(1, workers) * 4 { start() }
      while isWhole, next < count {
        while waiting[next] == nil, let piece = await group.next() { waiting[piece.index] = piece }
        guard let piece = waiting.removeValue(forKey: next) else { break }
        start()
        next += 1
        problems += piece.problems
        isWhole = !piece.entries.isEmpty
        for item in piece.entries {
          let seq = verifier.tree.size
          switch item {
          case .entry(let entry):
            if let envelope = verifier.consume(seq: seq, entry) { onEntry(seq, envelope) }
          case .gone(let leaf):
            verifier.consume(seq: seq, prunedLeaf: leaf)
            onEntry(seq, nil)
          }
          // The tiles of the leaf hashes were compared where they were read.
          for tile in stack.append(item.leafHash) where tile.level > 0 { check(tile) }
        }
      }
      group.cancelAll()
    }
    if isWhole { for tile in stack.partial where tile.level > 0 { check(tile) } }
  }

  private mutating func check(_ tile: TileStack.Tile) {
    do throws(LogError) { try directory.check(tile) } catch {
      let first = tile.index << UInt64(min(8 * (tile.level + 1), 63))
      problems.append(Problem(seq: first, code: .tile, text: error.reason))
    }
  }

  /// The entries of a bundle; where there is none any more, what is left of them.
  private static func items(_ index: UInt64, _ width: Int, _ directory: TileDirectory) throws(LogError)
    -> [Item]
  {
    do throws(LogError) {
      return try directory.bundle(index, width: width).map { .entry(ReadEntry($0.span)) }
    } catch {
      guard error.code == .inputOutput else { throw error }
      return try directory.kept(index, width: width).map { entry, leaf in
        entry.map { .entry(ReadEntry($0.span)) } ?? .gone(leaf)
      }
    }
  }

  private static func read(_ index: UInt64, of size: UInt64, in directory: TileDirectory) -> Piece {
    var piece = Piece(index: index)
    let first = index * UInt64(TilePath.width)
    let width = TilePath.width(level: 0, index: index, size: size)
    do throws(LogError) {
      piece.entries = try items(index, width, directory)
    } catch {
      piece.problems.append(Problem(seq: first, code: .tile, text: error.reason))
      return piece
    }
    let tile = TileStack.Tile(level: 0, index: index, hashes: piece.entries.map(\.leafHash))
    do throws(LogError) { try directory.check(tile) } catch {
      piece.problems.append(Problem(seq: first, code: .tile, text: error.reason))
    }
    return piece
  }
}

extension Problem.Code {
  /// A published file that is missing, malformed, or not what the entries lead to.
  public static let tile = Self("tile")
}
