internal import AuditLog
internal import Sodium

/// The log and the governance chain as far as this program has verified them.
///
/// Opening proves the last envelope under the signed root, walks the governance chain from the genesis to it, and
/// replays what was added since any head that this machine or the warden remembers: an older or forked log is
/// refused (76).
struct VerifiedLog {
  /// Who is in the vault, under which policy.
  private(set) var governance: Governance
  /// The log's end.
  private(set) var head: LogHead

  /// Verifies the log in a store from nothing but the store and what is remembered.
  init(_ reader: any StoreReader, remembered: [RememberedHead]) throws {
    governance = try Self.chain(reader, upTo: nil)
    guard let newest = try Self.newestCheckpoint(reader) else {
      throw VaultError(.integrity, "the log has no checkpoint")
    }
    let before: CompactRange
    do { before = try CompactRange(decoding: newest.frontier) } catch {
      throw VaultError(.integrity, "the log's frontier is malformed")
    }
    guard before.size < newest.size else {
      throw VaultError(.integrity, "the log's frontier does not fit its checkpoint")
    }
    // The entries of the newest commit lead from its frontier to the signed root.
    var range = before
    var newestEnvelope: Envelope?
    try Self.entries(reader, from: before.size, to: newest.size) { entry in
      range.append(entry.leaf)
      newestEnvelope = entry.envelope
    }
    guard let last = newestEnvelope else { throw VaultError(.integrity, "the log's last entry is missing") }
    head = LogHead(range: range, state: last.state, note: newest.note)
    guard last.governance == governance.head else {
      throw VaultError(.integrity, "the log's last entry names another governance statement than the newest")
    }
    try check(newest, range: range, last: last)
    guard try !Self.hasEntry(reader, at: newest.size) else {
      throw VaultError(.integrity, "the log has entries behind its newest checkpoint")
    }
    for memory in remembered { try check(memory, reader) }
    try requireWitnessed(reader)
  }

  /// Takes in what others have added since; refuses a log that no longer continues this one.
  mutating func advance(_ reader: any StoreReader) throws {
    guard let newest = try Self.newestCheckpoint(reader) else {
      throw VaultError(.integrity, "the log has lost its checkpoints")
    }
    if newest.size == head.size, newest.note == head.note { return }
    guard newest.size > head.size else { throw Self.rollback }
    var next = self
    var range = head.range
    var last: Envelope?
    var state: Digest32? = head.state
    var pruned: UInt64?
    try Self.entries(reader, from: head.size, to: newest.size) { entry in
      range.append(entry.leaf)
      guard let envelope = entry.envelope else {
        (pruned, state, last) = (entry.seq, nil, nil)
        return
      }
      if let json = envelope.statement { try Self.apply(json, entry, to: &next.governance, reader) }
      guard envelope.governance == next.governance.head else {
        throw VaultError(
          .integrity, "entry \(envelope.seq) names another governance statement than the newest")
      }
      guard envelope.kind.mayChangeState || state == nil || envelope.state == state else {
        throw VaultError(.integrity, "entry \(envelope.seq) changes the state and must not")
      }
      state = envelope.state
      last = envelope
    }
    guard range.size == newest.size, let state else { throw VaultError(.integrity, "the log has a gap") }
    try next.requireMayLack(pruned)
    next.head = LogHead(range: range, state: state, note: newest.note)
    try next.check(newest, range: range, last: last)
    self = next
  }

  /// Continues with what this program has just committed.
  mutating func commit(governance: Governance, head: LogHead) {
    self.governance = governance
    self.head = head
  }

  // MARK: - Checks

  /// A stored checkpoint: both signature lines, origin, size and root. The user must be in the vault and have a role,
  /// or be the one who took it away from himself with the last entry.
  private func check(_ stored: StoredCheckpoint, range: CompactRange, last: Envelope?) throws {
    do {
      let note = try SignedNote(parsing: stored.note)
      let checkpoint = try Checkpoint(parsing: note.text)
      let origin = governance.origin(atSize: stored.size).text
      guard checkpoint.origin == origin, checkpoint.size == stored.size,
        checkpoint.root == range.root
      else { throw VaultError(.integrity, "the newest checkpoint does not fit the log") }
      let log = try governance.verifierKey(atSize: stored.size)
      let prefix = origin + "/u-"
      let leaver = try last?.statement.map { try Statement($0).by }
      let users = try note.signatures.filter { $0.name.hasPrefix(prefix) }.compactMap { line in
        try KeyID(line.name.dropFirst(prefix.count)).flatMap { id in
          governance.maySign(id) || id == leaver ? governance.users[id] : nil
        }.map {
          try LogVerifierKey(name: line.name, key: $0.member.signingKey)
        }
      }
      let verified = try note.verify(against: [log] + users)
      guard verified.contains(where: { $0.key == log }), verified.contains(where: { $0.key != log }) else {
        throw VaultError(.integrity, "the newest checkpoint lacks the signature of the log or of a user")
      }
    } catch let error as LogError {
      throw VaultError(.integrity, "the newest checkpoint does not verify: \(error.reason)")
    }
  }

  /// A remembered head: the log must be it, or continue it, or go on from a backup by a statement that leaves it behind,
  /// which is returned then.
  @discardableResult
  func check(_ memory: RememberedHead, _ reader: any StoreReader) throws -> Restoration? {
    if let restoration = try governance.successor(of: memory) { return restoration }
    var range: CompactRange
    do { range = try memory.tree() } catch {
      throw VaultError(.integrity, "the remembered checkpoint is malformed")
    }
    guard range.size <= head.size else { throw Self.rollback }
    var pruned: UInt64?
    try Self.entries(reader, from: range.size, to: head.size) { entry in
      range.append(entry.leaf)
      if entry.envelope == nil { pruned = entry.seq }
    }
    try requireMayLack(pruned)
    guard range == head.range else {
      throw VaultError(
        .integrity, "the log does not continue the one that was seen before: it was forked or rewritten",
        hint: "keep this copy as evidence and tell the privacy officer")
    }
    return nil
  }

  /// Refuses an entry that is gone and must not be.
  private func requireMayLack(_ seq: UInt64?) throws(VaultError) {
    guard let seq, seq >= governance.retired.prunedBelow else { return }
    throw VaultError(.integrity, "entry \(seq) is missing")
  }

  /// A head that a witness has cosigned was there: a log that ends before it was rolled back.
  private func requireWitnessed(_ reader: any StoreReader) throws {
    try reader.scan(Schema.cosignature, prefix: [], range: nil, descending: true) { row in
      guard case .integer(let size)? = row.values.first, size >= 0, UInt64(size) <= head.size else {
        throw Self.rollback
      }
      return false
    }
  }

  /// Takes a statement in. One that announces a log key must end a commit that the key before has signed.
  private static func apply(
    _ json: JSONValue, _ entry: Visited, to governance: inout Governance, _ reader: any StoreReader
  ) throws {
    let statement = try Statement(json)
    let origin = governance.origin(atSize: entry.seq).text
    try governance.apply(statement, at: entry.seq)
    if case .restore(let restoration) = statement.content {
      return try requireBackupHead(restoration, origin, governance, reader)
    }
    guard case .rotateLogKey = statement.content else { return }
    let size = entry.seq + 1
    let refusal = VaultError(
      .integrity, "the log's key was changed by an entry that the key before did not sign")
    guard let row = try reader.row(Schema.checkpoint, key: [.integer(Int64(size))]) else { throw refusal }
    let stored = try CheckpointRow(row)
    do {
      var range = try CompactRange(decoding: stored.frontier)
      guard range.size == entry.seq else { throw refusal }
      range.append(entry.leaf)
      let head = try Checkpoint.open(
        SignedNote(parsing: stored.note), origin: governance.origin(atSize: size).text,
        keys: [try governance.verifierKey(atSize: size)])
      guard head.checkpoint.size == size, head.checkpoint.root == range.root else { throw refusal }
    } catch is LogError { throw refusal }
  }

  /// A restore goes on from a checkpoint of the log under its name before, which has the root that the statement names.
  private static func requireBackupHead(
    _ restoration: Restoration, _ origin: String, _ governance: Governance, _ reader: any StoreReader
  ) throws {
    let refusal = VaultError(.integrity, "the log goes on from a backup that ends where no checkpoint is")
    guard let row = try reader.row(Schema.checkpoint, key: [.integer(Int64(restoration.size))]) else {
      throw refusal
    }
    do {
      let head = try Checkpoint.open(
        SignedNote(parsing: try CheckpointRow(row).note), origin: origin,
        keys: [try governance.verifierKey(atSize: restoration.size)])
      guard head.checkpoint.size == restoration.size, head.checkpoint.root == restoration.root else {
        throw refusal
      }
    } catch is LogError { throw refusal }
  }

  static var rollback: VaultError {
    VaultError(
      .integrity, "the vault is older than what was seen of it before: it was rolled back",
      hint: "keep this copy as evidence; restoring a backup is an act of its own")
  }

  // MARK: - Reading

  /// The governance chain, from the statements' own entries.
  private static func chain(_ reader: any StoreReader, upTo: UInt64?) throws -> Governance {
    var governance: Governance?
    try reader.scan(Schema.statement, prefix: [], range: nil, descending: false) { row in
      guard case .integer(let seq)? = row.values.first, seq >= 0 else {
        throw VaultError(.integrity, "the list of statements is malformed")
      }
      let entry = try entry(reader, at: UInt64(seq))
      guard let json = entry.envelope?.statement else {
        throw VaultError(.integrity, "entry \(seq) should carry a statement and does not")
      }
      if var known = governance {
        try apply(json, entry, to: &known, reader)
        governance = known
      } else {
        guard seq == 0 else { throw VaultError(.integrity, "the log does not begin with its genesis") }
        governance = try Governance(genesis: try Statement(json))
      }
      return true
    }
    guard let governance else { throw VaultError(.integrity, "the vault has no genesis statement") }
    return governance
  }

  private struct StoredCheckpoint {
    let size: UInt64
    let note: [UInt8]
    let frontier: [UInt8]
  }

  private static func newestCheckpoint(_ reader: any StoreReader) throws -> StoredCheckpoint? {
    var newest: StoredCheckpoint?
    try reader.scan(Schema.checkpoint, prefix: [], range: nil, descending: true) { row in
      guard row.values.count == 3, case .integer(let size) = row.values[0], size >= 0,
        case .blob(let note) = row.values[1], case .blob(let frontier) = row.values[2]
      else { throw VaultError(.integrity, "the newest checkpoint is malformed") }
      newest = StoredCheckpoint(size: UInt64(size), note: note, frontier: frontier)
      return false
    }
    return newest
  }

  private static func hasEntry(_ reader: any StoreReader, at seq: UInt64) throws -> Bool {
    try reader.row(Schema.entry, key: [.integer(Int64(seq))]) != nil
  }

  /// An entry on the way: whole, or only its leaf.
  private struct Visited {
    let seq: UInt64
    let leaf: Digest32
    /// Nil for an entry that is gone under a retention policy.
    let envelope: Envelope?
  }

  private static func entry(_ reader: any StoreReader, at seq: UInt64) throws -> Visited {
    guard let row = try reader.row(Schema.entry, key: [.integer(Int64(seq))]) else {
      throw VaultError(.integrity, "entry \(seq) is missing")
    }
    return try decode(row, seq)
  }

  /// Visits entries in order; a gap is an error.
  private static func entries(
    _ reader: any StoreReader, from: UInt64, to: UInt64, _ body: (Visited) throws -> Void
  ) throws {
    guard from < to else { return }
    var expected = from
    try reader.scan(
      Schema.entry, prefix: [], range: Int64(from)..<Int64(to), descending: false
    ) { row in
      try body(try decode(row, expected))
      expected += 1
      return true
    }
    guard expected == to else { throw VaultError(.integrity, "entry \(expected) is missing") }
  }

  private static func decode(_ row: Row, _ seq: UInt64) throws -> Visited {
    guard row.values.count == 6, row.values[0] == .integer(Int64(seq)), let entry = try? EntryRow(row)
    else { throw VaultError(.integrity, "entry \(seq) is missing or malformed") }
    if let leaf = entry.prunedLeaf { return Visited(seq: seq, leaf: leaf, envelope: nil) }
    do {
      let envelope = try Envelope(decoding: entry.envelope)
      guard envelope.seq == seq else {
        throw VaultError(.integrity, "entry \(seq) has another number inside")
      }
      return Visited(seq: seq, leaf: entry.leafHash, envelope: envelope)
    } catch let error as LogError {
      throw VaultError(.integrity, "entry \(seq) is malformed: \(error.reason)")
    }
  }
}
