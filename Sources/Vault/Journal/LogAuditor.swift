internal import AuditLog
internal import Sodium

/// Opens the parts of entries with the audit key. One a thread: it keeps the sessions that it opened last.
struct LogAuditor: Sendable {
  private static let sessionLimit = 512

  private let vault: VaultID
  private let pair: BoxedPair
  private let retired: RetiredEntries
  private let origins: [OriginPeriod]
  private var sessions: [Int64: AuditSession] = [:]

  init(
    vault: VaultID, pair: BoxedPair, retired: RetiredEntries = RetiredEntries(), origins: [OriginPeriod] = []
  ) {
    self.vault = vault
    self.pair = pair
    self.retired = retired
    self.origins = origins
  }

  /// The same with what another log of the vault says of itself: the one that a restore has left behind.
  func reading(_ governance: Governance) -> LogAuditor {
    LogAuditor(vault: vault, pair: pair, retired: governance.retired, origins: governance.origins)
  }

  /// A session of the past, opened.
  mutating func session(_ row: SessionRow) throws(VaultError) -> AuditSession {
    if let known = sessions[row.id], known.sealedKey == row.sealedKey { return known }
    guard let epoch = UInt32(exactly: row.epoch) else {
      throw VaultError(.integrity, "a session names an epoch that cannot be")
    }
    let session = try AuditSession(
      id: row.id, epoch: epoch, sealedKey: row.sealedKey, vault: vault, auditKey: pair.pair)
    if sessions.count >= Self.sessionLimit { sessions.removeAll(keepingCapacity: true) }
    sessions[row.id] = session
    return session
  }

  /// Opens an entry's parts and holds them against its envelope.
  mutating func open(_ row: EntryRow, _ envelope: Envelope, _ sessionRow: SessionRow?) throws(VaultError)
    -> LogEntry
  {
    guard let sessionRow, let sealedWhat = row.what, let sealedWho = row.who else {
      throw VaultError(.integrity, "entry \(envelope.seq): its parts or their session are missing")
    }
    let session = try session(sessionRow)
    let what = try part(sealedWhat, .what, envelope.what, envelope.seq, session)
    let who = try part(sealedWho, .who, envelope.who, envelope.seq, session)
    do throws(LogError) {
      return LogEntry(
        envelope: envelope,
        what: try what.map { bytes throws(LogError) in try WhatPart(decoding: bytes) } ?? .erased,
        who: try who.map { bytes throws(LogError) in try WhoPart(decoding: bytes) } ?? .erased,
        envelopeBytes: row.envelope, whatBytes: what ?? [], whoBytes: who ?? [])
    } catch {
      throw VaultError(.integrity, "entry \(envelope.seq): a part is malformed: \(error.reason)")
    }
  }

  /// Opens a part; nil for one that was erased as a statement permits.
  private func part(
    _ sealed: [UInt8], _ part: Statement.LogPart, _ expected: Digest32, _ seq: UInt64, _ session: AuditSession
  ) throws(VaultError) -> [UInt8]? {
    if EntryRow.erasedHash(sealed) != nil {
      guard retired.mayLack(part, at: seq) else {
        throw VaultError(
          .integrity, "entry \(seq): its \(part.rawValue) is gone, and no statement permits it")
      }
      return nil
    }
    let bytes = try session.open(
      sealed, part == .what ? .what : .who, seq: seq, origin: origins.number(ofEntry: seq))
    guard SHA256.hash(bytes) == expected else {
      throw VaultError(.integrity, "entry \(seq): its parts are not those that the envelope names")
    }
    return bytes
  }

  /// Opens the set beside an entry and holds it against what the entry says of it.
  mutating func set(
    _ reference: SetReference, seq: UInt64, _ sessionRow: SessionRow?, _ reader: any StoreReader
  )
    throws -> CommittedSet
  {
    guard let row = try reader.row(Schema.subjectSet, key: [.blob(reference.root.bytes)]), let sessionRow,
      row.values.count == 3, row.values[1] == .integer(Int64(seq)), case .blob(let sealed) = row.values[2]
    else { throw VaultError(.integrity, "entry \(seq): its set of customers is missing") }
    let bytes = try openSet(sealed, seq: seq, sessionRow)
    guard bytes.count > 32 else {
      throw VaultError(.integrity, "entry \(seq): its set of customers is malformed")
    }
    let set: CommittedSet
    do {
      let secret = try Key<SaltPurpose>.copying(Array(bytes.suffix(32)).span)
      set = CommittedSet(
        try SubjectSet(packed: Array(bytes.dropLast(32)), universeLimit: reference.universe),
        secret: SharedKey(secret))
    } catch { throw VaultError(.integrity, "entry \(seq): its set of customers is malformed") }
    guard set.root == reference.root, set.set.universe == reference.universe, set.set.count == reference.count
    else { throw VaultError(.integrity, "entry \(seq): its set of customers is not the one that it names") }
    return set
  }

  /// The plain bytes of a set's row.
  mutating func openSet(_ sealed: [UInt8], seq: UInt64, _ sessionRow: SessionRow) throws(VaultError)
    -> [UInt8]
  {
    try session(sessionRow).open(sealed, .set, seq: seq, origin: origins.number(ofEntry: seq))
  }

  /// The key of this auditor's index of accesses: BLAKE2b-256 of the vault's id under the secret half of the audit key,
  /// so that nobody else can read the index or make one up.
  func subjectIndexKey() -> SharedKey<SubjectIndexKeyPurpose> {
    let message = Array("crmvault/subject-index/v1".utf8) + vault.bytes
    return SharedKey(BLAKE2b.derive(from: pair.pair.secret, message.span))
  }

  /// The secret of a batch of new customers, from the row beside its entry.
  mutating func enrolmentSecret(_ sealed: [UInt8], seq: UInt64, _ sessionRow: SessionRow?) throws
    -> SharedKey<SaltPurpose>
  {
    guard let sessionRow else { throw VaultError(.integrity, "entry \(seq): its session is missing") }
    let bytes = try session(sessionRow).open(
      sealed, .enrol, seq: seq, origin: origins.number(ofEntry: seq))
    do { return SharedKey(try Key<SaltPurpose>.copying(bytes.span)) } catch {
      throw VaultError(.integrity, "entry \(seq): the secret of its new customers is malformed")
    }
  }
}
