internal import AuditLog
internal import Sodium

extension Session {
  /// Verifies the whole log: entries, tree, checkpoints, statements, ciphertexts; with the audit key also every sealed
  /// part against its envelope, and every actor against the signer. Then it is a reading of the log, and an entry.
  ///
  /// - Parameters:
  ///   - anchor: what is known of the log; the session adds warden and memory.
  ///   - progress: is told how many entries were read since.
  public func verifyLog(
    _ anchor: LogAnchor, workers: Int, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> VerificationReport {
    try await verifiedLog(anchor, workers: workers, progress).report
  }

  /// Verifies a log without any user: the tables of its store, and what the anchor knows.
  public static func verifyLog(
    in store: any Store, _ anchor: LogAnchor, workers: Int,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> VerificationReport {
    try await LogVerification.run(store, anchor, auditor: nil, workers: workers, progress: progress).report
  }

  /// Verifies the whole vault: the log as ``verifyLog(_:workers:progress:)``, the state commitment over every row,
  /// users, policies, directory and customer keys.
  ///
  /// - Parameters:
  ///   - isDeep: open every record that the role can as well. It has entries of its own.
  ///   - purpose: the purpose of opening them; nil for the role's default.
  ///   - progress: is told how many entries, rows and customers were read since.
  public func verifyVault(
    _ anchor: LogAnchor, isDeep: Bool, purpose: String?, workers: Int,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> VerificationReport {
    var (report, governance) = try await verifiedLog(anchor, workers: workers, progress)
    let store = environment.store
    do {
      let state = try await StateVerification.run(store, workers: workers, progress: progress)
      report.rows = state.rows
      if state.rows != state.counted || state.digest != state.expected {
        report.report(
          nil, .rows,
          "the rows are not those that the log's last entry names: some were put back, removed, added or changed"
        )
      }
    } catch { try report.note(error, .rows) }
    if let governance {
      var content = try ContentVerification(governance, environment.warden, report)
      do { try store.read { try content.run($0) } } catch {
        report = content.report
        try report.note(error, .directory)
        content = try ContentVerification(governance, environment.warden, report)
      }
      report = content.report
    }
    guard isDeep else { return report }
    do { try verifyRecords(purpose: purpose, &report, progress) } catch { try report.note(error, .opening) }
    return report
  }

  private func verifiedLog(
    _ anchor: LogAnchor, workers: Int, _ progress: @escaping @Sendable (Int) -> Void
  ) async throws -> (report: VerificationReport, governance: Governance?) {
    var anchor = anchor
    anchor.warden = environment.warden
    anchor.memoryFolder = environment.memoryFolder
    // The session refuses a log whose end does not verify: then the walk says more about it.
    var refusal: (any Error)?
    var auditor: LogAuditor?
    do {
      let isReader = try readPublic { _, opened in mayReadLog(opened) }
      if isReader { auditor = try openLog("verify", [:]).0 }
    } catch {
      guard VerificationReport.damage(error) != nil else { throw error }
      refusal = error
    }
    var (report, governance, _) = try await LogVerification.run(
      environment.store, anchor, auditor: auditor, workers: workers, progress: progress)
    if let refusal { try report.note(refusal, .opening) }
    return (report, governance)
  }
}
