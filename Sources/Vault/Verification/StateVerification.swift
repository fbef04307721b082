internal import AuditLog
internal import Sodium
internal import Synchronization

/// Recomputes the state commitment over every row of every committed table, in constant memory.
enum StateVerification {
  /// What was added up, and what it must come to.
  struct Result: Sendable {
    /// The digest of the sum over all rows.
    let digest: Digest32
    /// The `state` of the log's last envelope in the same snapshot.
    let expected: Digest32
    /// How many rows were added up.
    let rows: Int
    /// How many rows the tables say they have.
    let counted: Int
  }

  /// A part of a table.
  private struct Piece: Sendable {
    let table: Table
    let prefix: [Value]
    let range: Range<Int64>?
  }

  /// What one connection saw.
  private struct Share: Sendable {
    var sum = LtHash()
    var rows = 0
    var counted = 0
    var state = LogVerifier.noStatement
    /// The hash of the newest checkpoint: who saw the same one saw the same rows.
    var snapshot = LogVerifier.noStatement
  }

  /// Adds up all rows, on several connections at once.
  ///
  /// Every connection reads in one transaction. They must see the same newest checkpoint, as every change comes with
  /// one; if somebody commits in between, it begins anew, at last on one connection alone.
  static func run(_ store: any Store, workers: Int, progress: @escaping @Sendable (Int) -> Void) async throws
    -> Result
  {
    for workers in [workers, workers, 1] {
      let shares = try await shares(store, workers: max(1, workers), progress)
      guard let first = shares.first, shares.allSatisfy({ $0.snapshot == first.snapshot }) else { continue }
      var sum = LtHash()
      for share in shares { sum.add(share.sum) }
      return Result(
        digest: sum.digest, expected: first.state, rows: shares.reduce(0) { $0 + $1.rows },
        counted: first.counted)
    }
    throw VaultError(.busy, "the vault is being written to without a pause")
  }

  private static func shares(
    _ store: any Store, workers: Int, _ progress: @escaping @Sendable (Int) -> Void
  ) async throws -> [Share] {
    let pieces = try store.read { Self.pieces(universe: Int64(try Directory.universe($0)), workers: workers) }
    let next = NextPiece()
    return try await withThrowingTaskGroup(of: Share.self) { group in
      for _ in 0..<workers {
        let connection = workers == 1 ? store : try store.readingConnection()
        group.addTask {
          let share = try connection.read { try Self.share($0, pieces, next, progress) }
          if workers > 1 { try connection.close() }
          return share
        }
      }
      var shares: [Share] = []
      for try await share in group { shares.append(share) }
      return shares
    }
  }

  private static func share(
    _ reader: any StoreReader, _ pieces: [Piece], _ next: NextPiece, _ progress: (Int) -> Void
  ) throws -> Share {
    var share = Share()
    var size: Int64 = 0
    try reader.scan(Schema.checkpoint, prefix: [], range: nil, descending: true) { row in
      let newest = try CheckpointRow(row)
      size = newest.size
      share.snapshot = SHA256.hash(newest.note)
      return false
    }
    guard size > 0, let row = try reader.row(Schema.entry, key: [.integer(size - 1)]) else {
      throw VaultError(.integrity, "the log's last entry is missing")
    }
    share.state = try Session.envelope(try EntryRow(row)).state
    for table in Schema.tables where table.isCommitted { share.counted += try reader.count(table) }
    while let piece = next.take(of: pieces) {
      var told = share.rows
      try reader.scan(piece.table, prefix: piece.prefix, range: piece.range, descending: false) { row in
        share.sum.add(StateCommitment.encode(row, of: piece.table).span)
        share.rows += 1
        if share.rows - told >= 4096 {
          progress(share.rows - told)
          told = share.rows
        }
        // Pages that a hostile file lists twice would be walked without end.
        return share.rows <= share.counted
      }
      progress(share.rows - told)
    }
    return share
  }

  /// Every row of every committed table once; the records and the directory in stretches of ordinals.
  private static func pieces(universe: Int64, workers: Int) -> [Piece] {
    var pieces: [Piece] = []
    let stretches = max(1, min(Int64(workers) * 4, universe / 1024))
    let bounds = (1..<stretches).map { universe / stretches * $0 }
    let ordinals = zip([Int64.min] + bounds, bounds + [Int64.max]).map { $0..<$1 }
    for table in Schema.tables where table.isCommitted && table != Schema.record && table != Schema.directory
    {
      pieces.append(Piece(table: table, prefix: [], range: nil))
    }
    pieces += ordinals.map { Piece(table: Schema.directory, prefix: [], range: $0) }
    var next = Int64.min
    for code in DataClass.allCases.map({ Int64($0.rawValue) }).sorted() {
      pieces.append(Piece(table: Schema.record, prefix: [], range: next..<code))
      pieces += ordinals.map { Piece(table: Schema.record, prefix: [.integer(code)], range: $0) }
      next = code + 1
    }
    pieces.append(Piece(table: Schema.record, prefix: [], range: next..<Int64.max))
    return pieces
  }

  /// Hands out pieces to whoever is free.
  private final class NextPiece: Sendable {
    private let index = Atomic<Int>(0)

    func take(of pieces: [Piece]) -> Piece? {
      let taken = index.add(1, ordering: .relaxed).oldValue
      return taken < pieces.count ? pieces[taken] : nil
    }
  }
}
