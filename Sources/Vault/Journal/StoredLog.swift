internal import AuditLog
internal import Sodium

/// The log in a store, read stretch by stretch in short transactions, as far as a verified head reaches.
struct StoredLog {
  static let step = 2048

  let store: any Store
  let head: LogHead

  /// Visits every entry in order with its envelope and its session, and holds the whole against the head. Entries that
  /// were pruned count for the tree and are not shown.
  ///
  /// - Throws: `.integrity` at the end when the tree over what was visited is not the head's.
  func visit(_ body: (EntryRow, SessionRow?) throws -> Void) throws {
    try visitStretches { stretch, _ in
      for row in stretch.entries { try body(row, stretch.sessions[row.session]) }
    }
  }

  /// Visits the entries behind a tree, stretch by stretch, each with the tree that it leads to, and holds the whole
  /// against the head. Entries that were pruned count for the tree and are not in the stretches.
  ///
  /// - Throws: `.integrity` at the end when the tree over what was visited is not the head's.
  func visitStretches(
    from start: CompactRange = CompactRange(), _ body: (LogStretch, CompactRange) throws -> Void
  ) throws {
    var range = start
    while range.size < head.size {
      let from = Int64(range.size)
      var stretch = try store.read {
        try LogStretch(
          $0, from: from, limit: min(Self.step, Int(head.size - range.size)), withCheckpoints: false)
      }
      guard !stretch.entries.isEmpty else { break }
      for row in stretch.entries {
        guard row.seq == Int64(range.size) else { throw Self.gap(range.size) }
        range.append(row.leafHash)
      }
      stretch.entries.removeAll { $0.prunedLeaf != nil }
      try body(stretch, range)
    }
    guard range == head.range else {
      throw VaultError(
        .integrity, "the entries of the log do not lead to its checkpoint",
        hint: "crmvault audit verify says where; keep this copy as evidence")
    }
  }

  /// Visits the entries behind a tree, once all of them were held against the head: none reaches `body` that is not
  /// the one that was verified, also where somebody changes the store in between.
  func visitVerified(
    from start: CompactRange = CompactRange(), _ body: (LogStretch, CompactRange) throws -> Void
  ) throws {
    var roots: [Digest32] = []
    try visitStretches(from: start) { roots.append($1.root) }
    var next = 0
    try visitStretches(from: start) { stretch, tree in
      guard next < roots.count, roots[next] == tree.root else {
        throw VaultError(
          .integrity, "the log changed while it was read: its entries are not those of a moment before")
      }
      next += 1
      try body(stretch, tree)
    }
  }

  /// Holds all entries against the head before any of them is shown.
  func verify() throws { try visit { _, _ in } }

  /// The root of the tree that the log had at a size.
  func root(at size: UInt64) throws -> Digest32 {
    var range = CompactRange()
    while range.size < size {
      let next = min(size, range.size + UInt64(Self.step))
      for leaf in try leafHashes(range.size..<next) { range.append(leaf) }
    }
    return range.root
  }

  /// One entry's rows.
  func entry(_ seq: UInt64) throws -> (row: EntryRow, session: SessionRow?) {
    try store.read { reader in
      guard let row = try reader.row(Schema.entry, key: [.integer(Int64(seq))]) else { throw Self.gap(seq) }
      let entry = try EntryRow(row)
      return (entry, try SessionRow.find(entry.session, reader))
    }
  }

  /// Reads entries of the verified tree again, in the order of the pointers, some hundred in a transaction; `body` gets
  /// the place of each pointer. Entries that were pruned since are passed over.
  ///
  /// - Throws: `.integrity` where one has become another since.
  func read(_ pointers: [LogPointer], _ body: (Int, EntryRow, SessionRow?) throws -> Void) throws {
    for start in stride(from: 0, to: pointers.count, by: 256) {
      let batch = pointers[start..<min(start + 256, pointers.count)]
      let rows = try store.read { reader in
        var sessions: [Int64: SessionRow] = [:]
        return try batch.map { pointer in
          guard let row = try reader.row(Schema.entry, key: [.integer(Int64(pointer.seq))]) else {
            throw Self.gap(pointer.seq)
          }
          let entry = try EntryRow(row)
          try pointer.check(entry)
          if sessions[entry.session] == nil {
            sessions[entry.session] = try SessionRow.find(entry.session, reader)
          }
          return (entry, sessions[entry.session])
        }
      }
      for (offset, (row, session)) in rows.enumerated() where row.prunedLeaf == nil {
        try body(start + offset, row, session)
      }
    }
  }

  /// The envelopes of a range.
  ///
  /// - Throws: `.notFound` where one was pruned.
  func envelopes(_ range: Range<UInt64>) throws -> [[UInt8]] {
    try map(range) { row in
      guard row.prunedLeaf == nil else { throw Self.pruned(UInt64(row.seq)) }
      return row.envelope
    }
  }

  /// The envelopes of a range; nil for an entry that was pruned.
  func keptEnvelopes(_ range: Range<UInt64>) throws -> [[UInt8]?] {
    try map(range) { $0.prunedLeaf == nil ? $0.envelope : nil }
  }

  /// The hashes of the leaves of a range: what is left of every entry.
  func leafHashes(_ range: Range<UInt64>) throws -> [Digest32] { try map(range, \.leafHash) }

  /// What `body` makes of each row of a range, none of which may be missing.
  private func map<Element>(_ range: Range<UInt64>, _ body: (EntryRow) throws -> Element) throws -> [Element]
  {
    guard !range.isEmpty else { return [] }
    return try store.read { reader in
      var made: [Element] = []
      var next = range.lowerBound
      try reader.scan(
        Schema.entry, prefix: [], range: Int64(range.lowerBound)..<Int64(range.upperBound), descending: false
      ) { row in
        let entry = try EntryRow(row)
        guard entry.seq == Int64(next) else { throw Self.gap(next) }
        next += 1
        made.append(try body(entry))
        return true
      }
      guard next == range.upperBound else { throw Self.gap(next) }
      return made
    }
  }

  /// Reads the whole log once, held against the head: what proofs of its entries are made from.
  func prover() throws -> LogProver<LogStoreSource> {
    let source = LogStoreSource(log: self)
    let prover: LogProver<LogStoreSource>
    do throws(LogError) { prover = try LogProver(source, size: head.size) } catch {
      throw source.failure ?? error
    }
    guard prover.root == head.range.root else {
      throw VaultError(
        .integrity, "the entries of the log do not lead to its checkpoint",
        hint: "crmvault audit verify says where; keep this copy as evidence")
    }
    return prover
  }

  /// An entry with the proof that it is under the head, checked for the very bytes that are returned.
  func proven(_ seq: UInt64, _ prover: LogProver<LogStoreSource>, logKey: LogVerifierKey) throws -> (
    row: EntryRow, session: SessionRow?, proof: TLogProof
  ) {
    let hashes: [Digest32]
    do throws(LogError) { hashes = try prover.inclusionProof(of: seq) } catch {
      throw prover.source.failure ?? error
    }
    let proof = TLogProof(index: seq, hashes: hashes, checkpoint: try SignedNote(parsing: head.note))
    let (row, session) = try entry(seq)
    guard row.prunedLeaf == nil else { throw Self.pruned(seq) }
    try proof.verify(entry: row.envelope, origin: logKey.name, keys: [logKey])
    return (row, session, proof)
  }

  static func pruned(_ seq: UInt64) -> VaultError {
    VaultError(
      .notFound, "entry \(seq) of the log is gone under the retention policy; its hash is left",
      hint: "crmvault audit retention show says what was pruned; a copy that was published before may have it"
    )
  }

  static func gap(_ seq: UInt64) -> VaultError {
    VaultError(.integrity, "entry \(seq) of the log is missing")
  }
}

/// The log as a publisher reads it. What the store throws is kept: the protocol knows errors of the log only.
final class LogStoreSource: LogSource {
  private let log: StoredLog
  /// Why the last call failed.
  private(set) var failure: (any Error)?

  init(log: StoredLog) { self.log = log }

  func entries(_ range: Range<UInt64>) throws(LogError) -> [[UInt8]] { try read(range, log.envelopes) }

  func keptEntries(_ range: Range<UInt64>) throws(LogError) -> [[UInt8]?] {
    try read(range, log.keptEnvelopes)
  }

  /// What is left of every entry: a pruned one has its leaf's hash.
  func leafHashes(_ range: Range<UInt64>) throws(LogError) -> [Digest32] { try read(range, log.leafHashes) }

  /// The root over a full subtree's leaves, in constant memory.
  func subtree(_ range: Range<UInt64>) throws(LogError) -> Digest32 {
    var tree = CompactRange()
    while tree.size < range.upperBound - range.lowerBound {
      let from = range.lowerBound + tree.size
      for leaf in try leafHashes(from..<min(range.upperBound, from + UInt64(StoredLog.step))) {
        tree.append(leaf)
      }
    }
    return tree.root
  }

  private func read<Element>(
    _ range: Range<UInt64>, _ body: (Range<UInt64>) throws -> [Element]
  ) throws(LogError) -> [Element] {
    guard range.upperBound <= log.head.size else {
      throw LogError(.outOfBounds, "entries up to \(range.upperBound) of a log of \(log.head.size)")
    }
    do { return try body(range) } catch {
      failure = error
      throw LogError(.inputOutput, "the log cannot be read")
    }
  }
}
