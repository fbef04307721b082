public import AuditLog
internal import Sodium

extension Session {
  /// Verifies what a backup holds, in a store that was made of it: the log from its first entry, governance, the state
  /// commitment over every row, the policies and users, and that the header tells of this very log and was signed by
  /// somebody who was a custodian. Customer keys are not looked at: they are not in a backup.
  ///
  /// - Parameters:
  ///   - anchor: what is known of the log.
  ///   - progress: is told how many entries and rows were read since.
  public static func verifyBackup(
    _ header: BackupHeader, in store: any Store, _ anchor: LogAnchor, workers: Int,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> VerificationReport {
    var (report, governance, _) = try await LogVerification.run(
      store, anchor, auditor: nil, workers: workers, progress: progress)
    do {
      let state = try await StateVerification.run(store, workers: workers, progress: progress)
      report.rows = state.rows
      if state.rows != state.counted || state.digest != state.expected {
        report.report(nil, .rows, "the rows are not those that the log's last entry names")
      }
    } catch { try report.note(error, .rows) }
    guard let governance else { return report }
    if header.vaultID != governance.vaultID || header.head.size != report.size
      || header.head.root != report.root
    {
      report.report(nil, .backup, "the backup's header tells of another log than it holds")
    }
    do {
      let newest = try store.read { try VerifiedLog($0, remembered: []).head.note }
      if newest != header.checkpoint.bytes {
        report.report(nil, .backup, "the backup's header has another checkpoint than its log")
      }
    } catch { try report.note(error, .opening) }
    let maker = governance.users[header.by]
    if maker?.member.signingKey != header.signing || !governance.roles(of: header.by).contains(.custodian) {
      report.report(nil, .backup, "the backup was signed by nobody who was a custodian")
    }
    return report
  }

  /// After how many days the policy that a store holds lets a backup be destroyed; nil for never.
  public static func maximumBackupDays(in store: any Store) throws -> Int? {
    try store.read { reader in
      let hash = try VerifiedLog(reader, remembered: []).governance.policy
      guard case .text(let text)? = try reader.row(Schema.policy, key: [.blob(hash.bytes)])?.values.last,
        let policy = try? Policy(parsing: text), policy.hash == hash
      else { throw VaultError(.integrity, "the policy that is in force is missing, or is another") }
      return policy.retention.backupDays
    }
  }
}

extension Problem.Code {
  /// A backup whose header does not fit what it holds.
  public static let backup = Self("backup")
}
