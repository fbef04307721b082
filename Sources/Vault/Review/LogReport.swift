public import AuditLog
public import Sodium

/// What a report on the log tells: population, what the entries add up to, flags, and whether the log verifies.
public struct LogReport: Sendable {
  /// One end of the population: a size that a signed checkpoint names.
  public struct Bound: Sendable {
    /// How many entries the log had.
    public let size: UInt64
    /// The tree's root then.
    public let root: Digest32
    /// The checkpoint's note, as it was signed; empty before the first entry.
    public let note: String
    /// The time of the last entry below the size, or nil before the first.
    public let time: LogTime?
  }

  /// The vault's id and settings.
  public let vaultID: VaultID
  /// The vault's settings.
  public let settings: VaultSettings
  /// The policy in force.
  public let policy: Policy
  /// Who made the report, and in which role.
  public let reader: (name: String, role: String)
  /// When it was made.
  public let made: LogTime
  /// The period that was asked for.
  public let since, until: LogTime?
  /// The signed sizes between which the entries lie.
  public let start, end: Bound
  /// What the entries add up to.
  public let statistics: LogStatistics
  /// Flags with an entry of the population, open ones first.
  public let flags: [LogFlag]
  /// Reviews within the population.
  public let reviews: [LogEntry]
  /// Whether the whole log verifies.
  public let verification: VerificationReport

  /// How many entries there are: the difference of two signed sizes.
  public var population: UInt64 { end.size - start.size }
}

extension Session {
  /// Reads the log for a report, an entry of its own, and verifies all of it.
  ///
  /// The population is everything between two commits: from the last checkpoint before the first entry of the period
  /// to the first one behind its last entry. So its number is the difference of two sizes that were signed, and
  /// entries whose own clock was wrong are in it and counted apart.
  ///
  /// - Parameters:
  ///   - since: the first time, or nil for the log's beginning.
  ///   - until: the last time, or nil for its end.
  ///   - anchor: what is known of the log beforehand.
  ///   - visit: gets every entry of the population, in order.
  public func logReport(
    since: LogTime?, until: LogTime?, _ anchor: LogAnchor, workers: Int,
    progress: @escaping @Sendable (Int) -> Void = { _ in }, _ visit: (LogEntry) throws -> Void
  ) async throws -> LogReport {
    var details = JSONObject()
    details["since"] = since.map { .string($0.description) }
    details["until"] = until.map { .string($0.description) }
    let (auditor, log) = try openLog("report", details)
    let bounds = try log.bounds(since: since, until: until)
    // After the log's end was taken, so that what is verified holds the population.
    let verification = try await verifyLog(anchor, workers: workers, progress: progress)
    let (policy, governance) = try readPublic { _, opened in (opened.policy, opened.governance) }
    let settings = governance.genesis.settings
    var statistics = LogStatistics(zone: try LocalDays(zone: settings.zone))
    var reviews: [LogEntry] = []
    var reader = try FlagReader(self, log, auditor)
    try log.visitVerified { stretch, tree in
      progress(stretch.entries.count)
      for entry in try reader.consume(stretch)
      where entry.envelope.seq >= bounds.start.size && entry.envelope.seq < bounds.end.size {
        statistics.add(entry)
        let time = entry.envelope.time
        if time < since ?? time || time > until ?? time { statistics.outOfTime += 1 }
        if entry.what.action == Action.auditReview.rawValue { reviews.append(entry) }
        try visit(entry)
      }
    }
    let flags = try reader.finish().filter { flag in
      flag.entries.contains { $0 >= bounds.start.size && $0 < bounds.end.size }
        || flag.rule == .dormantUser && bounds.end.size == log.head.size
    }
    let roles = governance.roles(of: environment.identity.keyID).filter { $0.keys.contains(.audit) }
    return LogReport(
      vaultID: governance.vaultID, settings: settings, policy: policy,
      reader: (environment.identity.identity.name, (requestedRole ?? roles.first)?.name ?? ""),
      made: environment.clock.now(), since: since, until: until, start: bounds.start, end: bounds.end,
      statistics: statistics, flags: flags, reviews: reviews, verification: verification)
  }
}

extension StoredLog {
  /// The signed sizes between which the entries of a period lie.
  ///
  /// - Throws: `.notFound` where no entry lies in it.
  func bounds(since: LogTime?, until: LogTime?) throws -> (start: LogReport.Bound, end: LogReport.Bound) {
    var first: UInt64?
    var last: UInt64?
    try visit { row, _ in
      let envelope = try Session.envelope(row)
      if envelope.time >= since ?? envelope.time, envelope.time <= until ?? envelope.time {
        first = first ?? envelope.seq
        last = envelope.seq
      }
    }
    guard let first, let last else {
      throw VaultError(
        .notFound, "the log has no entry in this period", hint: "crmvault audit list shows what it has")
    }
    let sizes = try store.read { reader in
      (
        try Self.checkpoint(reader, Int64.min..<Int64(first) + 1, descending: true),
        try Self.checkpoint(reader, Int64(last) + 1..<Int64.max, descending: false)
      )
    }
    guard let end = sizes.1 else {
      throw VaultError(.integrity, "the log has no checkpoint behind entry \(last)")
    }
    return (try bound(sizes.0), try bound(end))
  }

  private static func checkpoint(_ reader: any StoreReader, _ range: Range<Int64>, descending: Bool) throws
    -> CheckpointRow?
  {
    var found: CheckpointRow?
    try reader.scan(Schema.checkpoint, prefix: [], range: range, descending: descending) { row in
      found = try CheckpointRow(row)
      return false
    }
    return found
  }

  /// What a checkpoint says, held against the entries.
  private func bound(_ row: CheckpointRow?) throws -> LogReport.Bound {
    guard let row else { return LogReport.Bound(size: 0, root: MerkleTree.emptyRoot, note: "", time: nil) }
    let checkpoint = try Checkpoint(parsing: SignedNote(parsing: row.note).text)
    let root = try root(at: checkpoint.size)
    guard checkpoint.size == UInt64(row.size), checkpoint.root == root, checkpoint.size > 0 else {
      throw VaultError(.integrity, "the checkpoint of size \(row.size) does not fit the log")
    }
    let last = try Session.envelope(try entry(checkpoint.size - 1).row)
    return LogReport.Bound(
      size: checkpoint.size, root: root, note: String(decoding: row.note, as: UTF8.self), time: last.time)
  }
}
