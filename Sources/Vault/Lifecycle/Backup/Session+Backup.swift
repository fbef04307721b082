public import AuditLog
public import Sodium

extension Session {
  /// A backup of the vault that was made.
  public struct Backup: Sendable {
    /// SHA-256 of the file.
    public let digest: Digest32
    /// How long the file is.
    public let byteCount: UInt64
    /// The signed end of the log that it holds.
    public let head: Checkpoint
    /// When.
    public let created: LogTime
    /// The names of those to whom it is sealed; nil stands for the recovery key.
    public let recipients: [String?]
    /// The index of the entry that tells of it.
    public let entry: UInt64
  }

  /// Makes a backup: one consistent copy of every row, sealed to every custodian, signed by the one who makes it. A
  /// read lock is held meanwhile. An entry tells of the intent first, and another one of the file's hash at the end.
  ///
  /// - Parameters:
  ///   - progress: is told how many bytes were read since.
  ///   - sink: where the file's bytes go, in order.
  ///   - synchronize: makes what went there durable; called once, before the vault says that the backup is there.
  public func createBackup(
    progress: (Int) -> Void = { _ in }, to sink: @escaping (Span<UInt8>) throws -> Void,
    synchronize: () throws -> Void
  ) throws -> Backup {
    let intent = try recordIntent(.backupCreate)
    let made = try readPublic { reader, opened in
      let created = environment.clock.now()
      let recipients = try Self.backupRecipients(reader, opened.governance)
      let writer = try BackupWriter(
        vault: opened.governance.vaultID, name: opened.governance.genesis.settings.name, created: created,
        by: environment.identity.identity, checkpoint: opened.log.head.note,
        recipients: recipients.map { ($0.id, $0.key) }, to: sink)
      try unsafe reader.copyEverything { piece in
        try unsafe writer.append(piece)
        progress(piece.count)
      }
      let result = try writer.finish(environment.identity)
      let head = try Checkpoint(parsing: SignedNote(parsing: opened.log.head.note).text)
      return (result: result, head: head, created: created, names: recipients.map(\.name))
    }
    try synchronize()
    let record = BackupRecord(
      kind: .vault, digest: made.result.digest, made: made.created.nanoseconds / 1_000_000_000,
      byteCount: made.result.byteCount, logSize: made.head.size)
    let details: JSONValue = [
      "sha256": .string(made.result.digest.description), "bytes": .string(String(made.result.byteCount)),
      "size": .string(String(made.head.size)), "root": .string(Base64.encode(made.head.root.bytes)),
    ]
    let entry = try recordBackup(record, .backupCreate, details, intent: intent)
    return Backup(
      digest: made.result.digest, byteCount: made.result.byteCount, head: made.head, created: made.created,
      recipients: made.names, entry: entry)
  }

  /// What a copy of the warden's file came to.
  public struct WardenBackup: Sendable {
    /// How long the file is; less on disk, since it is sparse.
    public let byteCount: UInt64
    /// How many entries of the log the file knew of.
    public let logSize: UInt64
    /// Whether an earlier copy was replaced, and overwritten.
    public let replaced: Bool
  }

  /// Copies the warden's file. The copy is verified, slot by slot, before it takes the place of the one before, which
  /// is then overwritten: keys that were erased since must not survive in it.
  ///
  /// - Throws: `.integrity` where the copy before has seen a later log than the file itself: it is the file that is old.
  public func backUpWarden(to path: String) throws -> WardenBackup {
    guard let warden = environment.warden as? FileWarden else {
      throw VaultError(.configuration, "the customer keys are not in a file that could be copied from here")
    }
    let intent = try recordIntent(.backupWarden)
    let draft = try warden.draftCopy(at: path)
    let record = BackupRecord(
      kind: .warden, digest: nil, made: environment.clock.now().nanoseconds / 1_000_000_000,
      byteCount: draft.byteCount, logSize: draft.head?.size ?? 0)
    let details: JSONValue = [
      "bytes": .string(String(draft.byteCount)), "size": .string(String(draft.head?.size ?? 0)),
    ]
    _ = try recordBackup(record, .backupWarden, details, intent: intent)
    try draft.publish()
    return WardenBackup(
      byteCount: draft.byteCount, logSize: draft.head?.size ?? 0, replaced: draft.replacesCopy)
  }

  /// The backups that the vault knows of, and after how many days one must be destroyed, where the policy says so.
  public func backups() throws -> (records: [BackupRecord], maximumDays: Int?) {
    let mayList = try readPublic { _, opened in
      let roles = opened.governance.roles(of: environment.identity.keyID)
      return roles.contains(.custodian) && (requestedRole ?? .custodian) == .custodian
    }
    // Who may not is refused with an entry.
    if !mayList {
      try govern(.backupList, details: [:]) { commit, _, _ in
        commit.append(EntryDraft(.log, Action.backupList.rawValue))
        return ((), [])
      }
    }
    return try readPublic { (try BackupRecord.all($0), $1.policy.retention.backupDays) }
  }

  // MARK: -

  /// Somebody to whom a backup is sealed.
  struct BackupRecipient {
    let id: String
    let name: String?
    let key: BoxPublicKey
  }

  /// Every custodian, each by the own key, and the recovery key where there is one.
  static func backupRecipients(_ reader: any StoreReader, _ governance: Governance) throws
    -> [BackupRecipient]
  {
    let custodians = governance.members[.custodian] ?? []
    return try PeopleRows.all(reader, governance).filter { custodians.contains($0.keyID) }.map {
      BackupRecipient(id: $0.keyID.description, name: $0.identity.name, key: $0.identity.boxKey)
    }
  }

  private func recordIntent(_ action: Action) throws -> UInt64 {
    try govern(action, details: [:]) { commit, _, _ in
      var draft = EntryDraft(.access, action.rawValue)
      draft.phase = .intent
      draft.ticket = self.ticket
      return (commit.append(draft), [])
    }
  }

  private func recordBackup(
    _ record: BackupRecord, _ action: Action, _ details: JSONValue, intent: UInt64
  ) throws -> UInt64 {
    try govern(action, details: details) { commit, _, _ in
      try commit.put(Schema.backup, record.row)
      var draft = EntryDraft(.change, action.rawValue)
      draft.phase = .result
      draft.ref = intent
      draft.details = details
      draft.ticket = self.ticket
      return (commit.append(draft), [])
    }
  }
}
