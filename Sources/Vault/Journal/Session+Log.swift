public import AuditLog
internal import Sodium

extension Session {
  /// Reads the log: an entry of its own first, then every entry that the query asks for, in order, the reading's own
  /// included.
  ///
  /// All entries are held against the signed head before the first of them is shown.
  ///
  /// - Parameter limit: at most so many, the newest; nil for all.
  public func readLog(_ query: LogQuery, limit: Int? = nil, _ body: (LogEntry) throws -> Void) throws {
    let (auditor, log) = try openLog("list", query.details)
    let opener = EntryOpener(auditor)
    guard let limit else {
      return try log.visitVerified { stretch, _ in
        for entry in try opener.entries(in: stretch, query) { try body(entry) }
      }
    }
    // Pointers alone are kept: what they stand for is read again, so that memory stays small.
    var newest = Newest<LogPointer>(limit)
    try log.visitVerified { stretch, _ in
      for entry in try opener.entries(in: stretch, query) { newest.append(LogPointer(entry)) }
    }
    try log.read(newest.elements) { try body(try opener.entry($1, $2)) }
  }

  /// Reads one entry of the log.
  public func logEntry(_ seq: UInt64) throws -> LogEntry {
    var (auditor, log) = try openLog("show", ["seq": .string(String(seq))])
    try log.verify()
    let found = try Self.entry(seq, log)
    return try auditor.open(found.row, try Self.envelope(found.row), found.session)
  }

  /// The newest signed checkpoint.
  public func checkpoint() throws -> SignedNote {
    try readPublic { _, opened in try SignedNote(parsing: opened.log.head.note) }
  }

  /// A proof that an entry is in the log, and what it is a proof of.
  public struct EntryProof: Sendable {
    /// The proof: C2SP tlog-proof.
    public let proof: TLogProof
    /// The exact bytes of the envelope.
    public let envelope: [UInt8]
    /// The exact bytes of both parts, for a user who may read the log.
    public let what, who: [UInt8]?
  }

  /// Proves that an entry is in the log. A user who may read the log gets its parts too, and leaves an entry.
  public func prove(_ seq: UInt64) throws -> EntryProof {
    let isReader = try readPublic { _, opened in
      guard seq < opened.log.head.size else { throw Self.noEntry(seq, opened.log.head.size) }
      return mayReadLog(opened)
    }
    var auditor = try isReader ? openLog("prove", ["seq": .string(String(seq))]).0 : nil
    let (log, key) = try publicLog()
    let (row, session, proof) = try log.proven(seq, try log.prover(), logKey: key)
    let parts = try auditor?.open(row, try Self.envelope(row), session)
    return EntryProof(
      proof: proof, envelope: row.envelope,
      what: parts.flatMap { $0.lacks(.what) ? nil : $0.whatBytes },
      who: parts.flatMap { $0.lacks(.who) ? nil : $0.whoBytes })
  }

  /// Publishes the log as a folder of tiles: envelopes and hashes, nothing that is sealed. Only what is new is read.
  ///
  /// - Returns: the head that was published.
  public func publishLog(to folder: String) throws -> Checkpoint {
    let (log, key) = try publicLog()
    let source = LogStoreSource(log: log)
    let note = try SignedNote(parsing: log.head.note)
    let head = try Checkpoint.open(note, origin: key.name, keys: [key]).checkpoint
    do throws(LogError) { try TileDirectory(path: folder).publish(note, from: source) } catch {
      throw source.failure ?? error
    }
    return head
  }

  /// The key that signs the log's checkpoints now.
  public func logVerifierKey() throws -> LogVerifierKey { try publicLog().key }

  // MARK: - Opening the log

  /// Whether the user may read the log in a role that the session may take.
  func mayReadLog(_ opened: Opened) -> Bool {
    let roles = opened.governance.roles(of: environment.identity.keyID)
    return (requestedRole.map { [$0] } ?? roles).contains { role in
      roles.contains(role) && role.keys.contains(.audit)
        && opened.policy.rules(for: role).actions.contains(.auditRead)
    }
  }

  /// Writes the entry that tells of the reading, and opens the audit key. The log is as long as it is then.
  ///
  /// - Throws: `.notPermitted` for a user who may not, with its entry.
  func openLog(_ command: String, _ details: JSONObject, _ request: AccessRequest = AccessRequest(.auditRead))
    throws
    -> (LogAuditor, StoredLog)
  {
    var request = request
    var details = details
    details["command"] = .string(command)
    request.details = .object(details)
    let auditor = try decide(request) { context in
      LogAuditor(
        vault: context.vaultID, pair: try context.keys.auditPair(context.reader),
        retired: context.opened.governance.retired, origins: context.opened.governance.origins)
    }
    return (auditor, try publicLog().log)
  }

  func publicLog() throws -> (log: StoredLog, key: LogVerifierKey) {
    try readPublic { _, opened in
      let governance = opened.governance
      return (
        StoredLog(store: environment.store, head: opened.log.head),
        try governance.verifierKey(atSize: opened.log.head.size)
      )
    }
  }

  private static func entry(_ seq: UInt64, _ log: StoredLog) throws -> (row: EntryRow, session: SessionRow?) {
    guard seq < log.head.size else { throw noEntry(seq, log.head.size) }
    return try log.entry(seq)
  }

  private static func noEntry(_ seq: UInt64, _ size: UInt64) -> VaultError {
    VaultError(.notFound, "there is no entry \(seq)", hint: "the log has the entries 0 to \(size - 1)")
  }

  static func envelope(_ row: EntryRow) throws(VaultError) -> Envelope {
    guard row.prunedLeaf == nil else { throw StoredLog.pruned(UInt64(clamping: row.seq)) }
    do throws(LogError) {
      let envelope = try Envelope(decoding: row.envelope)
      guard envelope.seq == UInt64(clamping: row.seq) else {
        throw LogError(.inconsistent, "it has another number inside")
      }
      return envelope
    } catch { throw VaultError(.integrity, "entry \(row.seq) is malformed: \(error.reason)") }
  }
}
