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
    try Self.envelopes(reader, from: before.size, to: newest.size) { envelope, bytes in
      range.append(MerkleTree.leafHash(bytes))
      newestEnvelope = envelope
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
    var state = head.state
    try Self.envelopes(reader, from: head.size, to: newest.size) { envelope, bytes in
      range.append(MerkleTree.leafHash(bytes))
      if let statement = envelope.statement { try next.governance.apply(Statement(statement)) }
      guard envelope.governance == next.governance.head else {
        throw VaultError(
          .integrity, "entry \(envelope.seq) names another governance statement than the newest")
      }
      guard envelope.kind.mayChangeState || envelope.state == state else {
        throw VaultError(.integrity, "entry \(envelope.seq) changes the state and must not")
      }
      state = envelope.state
      last = envelope
    }
    guard range.size == newest.size else { throw VaultError(.integrity, "the log has a gap") }
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
      guard checkpoint.origin == governance.vaultID.origin, checkpoint.size == stored.size,
        checkpoint.root == range.root
      else { throw VaultError(.integrity, "the newest checkpoint does not fit the log") }
      let log = try LogVerifierKey(name: governance.vaultID.origin, key: governance.genesis.logKey)
      let prefix = governance.vaultID.origin + "/u-"
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

  /// A remembered head: the log must be it, or continue it.
  func check(_ memory: RememberedHead, _ reader: any StoreReader) throws {
    var range: CompactRange
    do { range = try memory.tree() } catch {
      throw VaultError(.integrity, "the remembered checkpoint is malformed")
    }
    guard range.size <= head.size else { throw Self.rollback }
    try Self.envelopes(reader, from: range.size, to: head.size) { _, bytes in
      range.append(MerkleTree.leafHash(bytes))
    }
    guard range == head.range else {
      throw VaultError(
        .integrity, "the log does not continue the one that was seen before: it was forked or rewritten",
        hint: "keep this copy as evidence and tell the privacy officer")
    }
  }

  private static var rollback: VaultError {
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
      let entry = try envelope(reader, at: UInt64(seq))
      guard let json = entry.envelope.statement else {
        throw VaultError(.integrity, "entry \(seq) should carry a statement and does not")
      }
      let statement = try Statement(json)
      if governance == nil {
        guard seq == 0 else { throw VaultError(.integrity, "the log does not begin with its genesis") }
        governance = try Governance(genesis: statement)
      } else {
        try governance?.apply(statement)
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

  private static func envelope(_ reader: any StoreReader, at seq: UInt64) throws -> (
    envelope: Envelope, bytes: [UInt8]
  ) {
    guard let row = try reader.row(Schema.entry, key: [.integer(Int64(seq))]) else {
      throw VaultError(.integrity, "entry \(seq) is missing")
    }
    return try decode(row, seq)
  }

  /// Visits envelopes in order; a gap is an error.
  private static func envelopes(
    _ reader: any StoreReader, from: UInt64, to: UInt64, _ body: (Envelope, [UInt8]) throws -> Void
  ) throws {
    guard from < to else { return }
    var expected = from
    try reader.scan(
      Schema.entry, prefix: [], range: Int64(from)..<Int64(to), descending: false
    ) { row in
      let entry = try decode(row, expected)
      try body(entry.envelope, entry.bytes)
      expected += 1
      return true
    }
    guard expected == to else { throw VaultError(.integrity, "entry \(expected) is missing") }
  }

  private static func decode(_ row: Row, _ seq: UInt64) throws -> (envelope: Envelope, bytes: [UInt8]) {
    guard row.values.count == 6, row.values[0] == .integer(Int64(seq)), case .blob(let bytes) = row.values[3]
    else { throw VaultError(.integrity, "entry \(seq) is missing or malformed") }
    do {
      let envelope = try Envelope(decoding: bytes)
      guard envelope.seq == seq else {
        throw VaultError(.integrity, "entry \(seq) has another number inside")
      }
      return (envelope, bytes)
    } catch let error as LogError {
      throw VaultError(.integrity, "entry \(seq) is malformed: \(error.reason)")
    }
  }
}
