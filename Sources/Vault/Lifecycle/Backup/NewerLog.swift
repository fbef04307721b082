public import AuditLog
internal import Sodium

/// A log of the same vault that reaches further than a backup: of the vault before the restore, where it still exists, or of
/// what was published. Verified from its first entry, and held against the backup's end.
public struct NewerLog: Sendable {
  /// The signed end.
  public let head: Checkpoint
  /// Who was in the vault in the end, and under which policy.
  let governance: Governance

  /// The log in a store.
  ///
  /// - Throws: `.integrity` where it does not verify, or does not continue the backup's.
  public static func stored(
    _ store: any Store, continuing header: BackupHeader, workers: Int,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> NewerLog {
    var anchor = LogAnchor()
    anchor.kept = header.checkpoint
    let (report, governance, _) = try await LogVerification.run(
      store, anchor, auditor: nil, workers: workers, progress: progress)
    let note = try store.read { try VerifiedLog($0, remembered: []).head.note }
    return try NewerLog(report, governance, head: Checkpoint(parsing: SignedNote(parsing: note).text), header)
  }

  /// The log in a published folder.
  ///
  /// - Throws: as ``stored(_:continuing:workers:progress:)``.
  public static func published(
    _ folder: String, continuing header: BackupHeader, workers: Int, progress: (Int) -> Void = { _ in }
  ) async throws -> NewerLog {
    guard let note = try TileDirectory(path: folder).note() else {
      throw VaultError(.notFound, "there is no published log in \(folder)")
    }
    let key = try LogVerifierKey(
      name: header.vaultID.origin, key: EvidenceVerification.firstKey(folder, note))
    let walk = try await EvidenceVerification.walk(
      folder, keys: [key], kept: [header.checkpoint], workers: workers, progress: progress)
    return try NewerLog(walk.report, walk.governance, head: Checkpoint(parsing: note.text), header)
  }

  private init(
    _ report: VerificationReport, _ governance: Governance?, head: Checkpoint, _ header: BackupHeader
  ) throws {
    guard report.isOK, let governance, governance.vaultID == header.vaultID else {
      let why = report.problems.first.map { ": \($0.text)" } ?? ""
      throw VaultError(
        .integrity, "the newer log is of another vault, or does not continue the backup's\(why)",
        hint: "keep it as evidence; a restore without it says what it could not take over")
    }
    self.head = head
    self.governance = governance
  }

  /// What is known by it.
  var known: LogRestoration.Head {
    LogRestoration.Head(origin: LogOrigin(head.origin).number, size: head.size, root: head.root)
  }
}

extension EvidenceVerification {
  /// The key of a published log's genesis, which its own name must then confirm.
  static func firstKey(_ folder: String, _ note: SignedNote) throws -> VerifyingKey {
    let head = try Checkpoint(parsing: note.text)
    guard let key = try firstKeys(TileDirectory(path: folder), head).first else {
      throw VaultError(.integrity, "the published log has no key")
    }
    return key.key.key
  }
}
