internal import AuditLog
internal import Sodium

/// An entry as its row has it. Nothing of it is trusted.
struct EntryRow: Sendable {
  let seq: Int64
  let kind: Int64
  let session: Int64
  /// The bytes of the envelope; of a pruned entry the hash of its leaf.
  let envelope: [UInt8]
  /// The sealed parts; nil where they were taken away, the hash of the ciphertext where one was erased.
  let what, who: [UInt8]?

  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 6, case .integer(let seq) = row.values[0],
      case .integer(let kind) = row.values[1],
      case .integer(let session) = row.values[2], case .blob(let envelope) = row.values[3]
    else { throw VaultError(.integrity, "an entry's row is malformed") }
    self.seq = seq
    self.kind = kind
    self.session = session
    self.envelope = envelope
    what = if case .blob(let bytes) = row.values[4] { bytes } else { nil }
    who = if case .blob(let bytes) = row.values[5] { bytes } else { nil }
  }
}

extension EntryRow {
  /// The code in the `kind` column of an entry that is gone under a retention policy: its `envelope` column holds the
  /// leaf's hash, and no part is left.
  static let prunedKind: Int64 = 0

  /// The hash of the leaf, when that is all that is left of the entry. No envelope has 32 bytes.
  var prunedLeaf: Digest32? {
    kind == Self.prunedKind && what == nil && who == nil ? Digest32(envelope) : nil
  }

  /// The hash of the leaf.
  var leafHash: Digest32 { prunedLeaf ?? MerkleTree.leafHash(envelope) }

  /// What is left of an entry whose leaf has this hash.
  static func pruned(_ seq: UInt64, leaf: Digest32) -> Row {
    Row([.integer(Int64(seq)), .integer(prunedKind), .integer(0), .blob(leaf.bytes), .null, .null])
  }

  /// The hash of a part's ciphertext: as it is, or as it was left behind when the part was erased. No sealed part has 32
  /// bytes.
  static func hash(ofPart part: [UInt8]) -> Digest32 { erasedHash(part) ?? SHA256.hash(part) }

  /// The hash that an erased part left behind.
  static func erasedHash(_ part: [UInt8]) -> Digest32? { part.count == 32 ? Digest32(part) : nil }

  /// Whether it is no longer known what the entry was about.
  var isForgotten: Bool { prunedLeaf != nil || lacks(.what) }

  /// Whether a part was erased.
  func lacks(_ part: Statement.LogPart) -> Bool { (part == .what ? what : who)?.count == 32 }
}

/// A session as its row has it.
struct SessionRow: Sendable {
  let id: Int64
  let epoch: Int64
  let sealedKey: [UInt8]
  /// SHA-256 of the sealed key: what envelopes bind.
  let hash: Digest32

  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 3, case .integer(let id) = row.values[0],
      case .integer(let epoch) = row.values[1],
      case .blob(let sealedKey) = row.values[2]
    else { throw VaultError(.integrity, "a session's row is malformed") }
    self.id = id
    self.epoch = epoch
    self.sealedKey = sealedKey
    hash = SHA256.hash(sealedKey)
  }

  /// The session of this id, or nil.
  static func find(_ id: Int64, _ reader: any StoreReader) throws -> SessionRow? {
    try reader.row(Schema.session, key: [.integer(id)]).map { try SessionRow($0) }
  }
}

/// A checkpoint as its row has it.
struct CheckpointRow: Sendable {
  let size: Int64
  let note: [UInt8]
  let frontier: [UInt8]

  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 3, case .integer(let size) = row.values[0],
      case .blob(let note) = row.values[1],
      case .blob(let frontier) = row.values[2]
    else { throw VaultError(.integrity, "a checkpoint's row is malformed") }
    self.size = size
    self.note = note
    self.frontier = frontier
  }
}

/// A stretch of the log as one transaction saw it: entries, the checkpoints among them, the sessions they name.
struct LogStretch: Sendable {
  var entries: [EntryRow] = []
  private(set) var checkpoints: [CheckpointRow] = []
  private(set) var sessions: [Int64: SessionRow] = [:]
  /// Whether there was nothing behind it.
  private(set) var isLast = true

  /// Reads at most `limit` entries from `cursor` on, which may be negative: rows that cannot be are read too.
  init(_ reader: any StoreReader, from cursor: Int64, limit: Int, withCheckpoints: Bool) throws {
    var next = cursor
    try reader.scan(Schema.entry, prefix: [], range: cursor..<Int64.max, descending: false) { row in
      guard entries.count < limit else {
        isLast = false
        return false
      }
      let entry = try EntryRow(row)
      guard entry.seq >= next else {
        throw StoreError(.corrupt, "entries are not in the order of their keys")
      }
      next = entry.seq + 1
      entries.append(entry)
      return true
    }
    for entry in entries where entry.prunedLeaf == nil && sessions[entry.session] == nil {
      sessions[entry.session] = try SessionRow.find(entry.session, reader)
    }
    guard withCheckpoints else { return }
    // The checkpoint of size n belongs to the commit whose last entry is n - 1.
    let first = cursor == Int64.min ? cursor : cursor + 1
    let end = isLast ? Int64.max : next + 1
    guard first < end else { return }
    try reader.scan(Schema.checkpoint, prefix: [], range: first..<end, descending: false) { row in
      checkpoints.append(try CheckpointRow(row))
      guard checkpoints.count <= limit + 1 else {
        throw StoreError(.corrupt, "the log has more checkpoints than entries")
      }
      return true
    }
  }
}

extension LogStretch {
  /// What the bytes of each entry say by themselves.
  func read() -> [ReadEntry] {
    entries.map { row in
      var sealed: SealedParts?
      if let session = sessions[row.session], let what = row.what, let who = row.who {
        sealed = SealedParts(
          sessionKey: session.hash, what: EntryRow.hash(ofPart: what), who: EntryRow.hash(ofPart: who))
      }
      return ReadEntry(row.envelope.span, sealed: sealed)
    }
  }
}
