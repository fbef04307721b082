internal import AuditLog
internal import Sodium

/// One storage transaction of a session: changes, the entries that tell of them, and the checkpoint over both.
///
/// Entries are made when the transaction ends, because their envelopes carry the state after it.
final class Commit {
  let writer: any StoreWriter
  /// The governance state with the statements of this commit applied.
  private(set) var governance: Governance
  /// Whether a committed row was changed.
  private(set) var isChanged = false

  private let base: LogHead
  private let baseStatement: Digest32
  private var drafts: [(draft: EntryDraft, set: CommittedSet?, enrolment: EnrolBatch?)] = []
  private var sum: LtHash?
  /// Memory for the encodings of rows.
  private var encoding: [UInt8] = []

  init(_ writer: any StoreWriter, log: VerifiedLog) {
    self.writer = writer
    governance = log.governance
    base = log.head
    baseStatement = log.governance.head
  }

  /// The first commit of a vault, before there is a log.
  init(creating writer: any StoreWriter, governance: Governance) {
    self.writer = writer
    self.governance = governance
    base = LogHead(range: CompactRange(), state: LtHash().digest, note: [])
    baseStatement = governance.head
    sum = LtHash()
  }

  // MARK: - Rows under the state commitment

  /// Adds a row.
  func insert(_ table: Table, _ row: Row) throws {
    try writer.insert(table, row)
    try account(for: row, of: table, isAdded: true)
  }

  /// Replaces a row of which the old values are known.
  func update(_ table: Table, from old: Row, to new: Row) throws {
    try writer.update(table, new)
    try account(for: old, of: table, isAdded: false)
    try account(for: new, of: table, isAdded: true)
  }

  /// Adds a row, or replaces the one with its key.
  func put(_ table: Table, _ row: Row) throws {
    if let old = try writer.row(table, key: Array(row.values.prefix(table.keyCount))) {
      try update(table, from: old, to: row)
    } else {
      try insert(table, row)
    }
  }

  /// Removes a row if it is there.
  func remove(_ table: Table, key: [Value]) throws {
    guard let old = try writer.row(table, key: key) else { return }
    try writer.delete(table, key: key)
    try account(for: old, of: table, isAdded: false)
  }

  /// Takes a row into the state commitment, or out of it.
  private func account(for row: Row, of table: Table, isAdded: Bool) throws {
    if sum == nil { sum = try loadSum() }
    let count = StateCommitment.encode(row, of: table, into: &encoding)
    unsafe encoding.withUnsafeBufferPointer { bytes in
      if isAdded {
        unsafe sum?.add(bytes.baseAddress, count: count)
      } else {
        unsafe sum?.subtract(bytes.baseAddress, count: count)
      }
    }
    isChanged = true
  }

  /// The stored sum, which must be the one that the last envelope names.
  private func loadSum() throws -> LtHash {
    guard let row = try writer.row(Schema.commitment, key: [.integer(0)]),
      case .blob(let bytes) = row.values[1],
      let sum = try? LtHash(bytes: bytes.span), sum.digest == base.state
    else { throw VaultError(.integrity, "the state commitment does not fit the log's last entry") }
    return sum
  }

  // MARK: - Entries

  /// Adds an entry and returns its index.
  @discardableResult
  func append(_ draft: EntryDraft, set: CommittedSet? = nil, enrolment: EnrolBatch? = nil) -> UInt64 {
    drafts.append((draft, set, enrolment))
    return base.size + UInt64(drafts.count) - 1
  }

  /// The index that the next entry gets.
  var nextIndex: UInt64 { base.size + UInt64(drafts.count) }

  /// Keeps the place of an entry whose draft is not finished yet.
  func reserve() -> Int {
    drafts.append((EntryDraft(.access, ""), nil, nil))
    return drafts.count - 1
  }

  /// Gives a reserved place its entry.
  func fill(_ place: Int, _ draft: EntryDraft) { drafts[place].draft = draft }

  /// Signs a statement, takes it into the governance state, and returns it for an entry.
  func state(_ content: Statement.Content, by identity: SecretIdentity, at time: LogTime) throws(VaultError)
    -> Statement
  {
    let statement = try Statement.sign(
      content, by: identity, time: time, previous: governance.head, vault: governance.vaultID)
    try governance.apply(statement, at: nextIndex)
    return statement
  }

  /// Writes the entries and the checkpoint; returns the new head.
  func finish(
    session: AuditSession, isSessionStored: Bool, actor: EntryActor, logKey: borrowing SigningKey,
    identity: SecretIdentity, policy: Digest32, clock: any Clock
  ) throws -> LogHead {
    precondition(!drafts.isEmpty, "a commit without an entry")
    precondition(!isChanged || drafts.contains { $0.draft.kind.mayChangeState }, "a change without its entry")
    let stateAfter = sum?.digest ?? base.state
    if isChanged, let sum {
      let row = Row([.integer(0), .blob(sum.bytes)])
      if base.size == 0 {
        try writer.insert(Schema.commitment, row)
      } else {
        try writer.update(Schema.commitment, row)
      }
    }
    if !isSessionStored {
      try writer.insert(
        Schema.session, Row([.integer(session.id), .integer(Int64(session.epoch)), .blob(session.sealedKey)]))
    }
    let maker = EntryMaker(
      session: session, actor: actor, policy: policy, origin: governance.origin.number)
    var range = base.range
    try maker.make(places(stateAfter, clock)) { made in
      for entry in made { try store(entry, drafts[Int(range.size - base.size)], session, &range) }
    }
    let note = try sign(range, logKey: logKey, identity: identity)
    try writer.insert(
      Schema.checkpoint, Row([.integer(Int64(range.size)), .blob(note), .blob(base.range.encoded)]))
    return LogHead(
      range: range, state: drafts.contains { $0.draft.kind.mayChangeState } ? stateAfter : base.state,
      note: note)
  }

  /// The places of the drafts: an entry that may change the state, and those after it, name the state after the commit.
  private func places(_ stateAfter: Digest32, _ clock: any Clock) -> [EntryMaker.Place] {
    var state = base.state
    var statement = baseStatement
    return drafts.enumerated().map { index, item in
      if item.draft.kind.mayChangeState { state = stateAfter }
      if let own = item.draft.statement { statement = own.hash }
      return EntryMaker.Place(
        seq: base.size + UInt64(index), time: clock.now(), mono: clock.monotonic(), state: state,
        statement: statement, draft: item.draft)
    }
  }

  /// Writes an entry and what lies beside it, and puts its leaf into the tree.
  private func store(
    _ entry: EntryMaker.Made, _ item: (draft: EntryDraft, set: CommittedSet?, enrolment: EnrolBatch?),
    _ session: AuditSession, _ range: inout CompactRange
  ) throws {
    let seq = range.size
    try writer.insert(
      Schema.entry,
      Row([
        .integer(Int64(seq)), .integer(item.draft.kind.code), .integer(session.id), .blob(entry.envelope),
        .blob(entry.what), .blob(entry.who),
      ]))
    if item.draft.statement != nil { try writer.insert(Schema.statement, Row([.integer(Int64(seq))])) }
    if let set = item.set { try store(set, seq: seq, session: session) }
    if let enrolment = item.enrolment { try store(enrolment, seq: seq, session: session) }
    range.append(entry.leaf)
  }

  /// The checkpoint, signed by the log key and by the user who made the commit.
  private func sign(_ range: CompactRange, logKey: borrowing SigningKey, identity: SecretIdentity) throws
    -> [UInt8]
  {
    let origin = governance.origin.text
    let checkpoint = try Checkpoint(origin: origin, range)
    var note = try checkpoint.note()
    let log = NoteSigner(try LogVerifierKey(name: origin, key: logKey.publicKey))
    note.append(try log.sign(note.text, with: logKey))
    let user = NoteSigner(
      try LogVerifierKey(name: "\(origin)/u-\(identity.keyID)", key: identity.identity.signingKey))
    note.append(try user.sign(note.text, with: identity.signing))
    return note.bytes
  }

  private func store(_ set: CommittedSet, seq: UInt64, session: AuditSession) throws {
    try writer.insert(
      Schema.subjectSet,
      Row([
        .blob(set.root.bytes), .integer(Int64(seq)),
        .blob(
          session.seal(
            set.set.packed + set.secret.key.withBytes { [UInt8](copying: $0) }, .set, seq: seq,
            origin: governance.origin.number)),
      ]))
  }

  private func store(_ batch: EnrolBatch, seq: UInt64, session: AuditSession) throws {
    try writer.insert(
      Schema.enrolment,
      Row([
        .integer(Int64(seq)), .integer(Int64(batch.members.first?.ordinal ?? 0)),
        .integer(Int64(batch.members.count)),
        .blob(
          session.seal(
            batch.secret.key.withBytes { [UInt8](copying: $0) }, .enrol, seq: seq,
            origin: governance.origin.number)),
      ]))
  }
}

extension Envelope.Kind {
  /// The code in the store's `kind` column.
  var code: Int64 {
    switch self {
    case .access: 1
    case .change: 2
    case .log: 3
    case .governance: 4
    case .erasure: 5
    }
  }
}
