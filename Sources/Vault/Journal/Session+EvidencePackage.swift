public import AuditLog
internal import Sodium

extension Session {
  /// What a package holds.
  public struct EvidencePackage: Sendable {
    /// The entries of its range.
    public let entries: Range<UInt64>
    /// The signed head that it ends with.
    public let head: Checkpoint
  }

  /// Writes an evidence package: everything that an outsider needs to check a stretch of the log and to read what was
  /// done in it. It is a reading of the log, and an entry.
  ///
  /// The range begins and ends with a commit, since signed heads do: every entry between the two times is in it, and
  /// perhaps some of the same commits beside. The bytes follow from the log, the two times and the reports.
  ///
  /// - Parameters:
  ///   - reports: files to put in, by name.
  ///   - sink: where the archive's bytes go; whatever has come out when an error is thrown is no package.
  /// - Throws: `.notFound` when there is no entry in the period.
  public func writePackage(
    since: LogTime, until: LogTime, reports: [(name: String, bytes: [UInt8])] = [],
    to sink: @escaping ([UInt8]) throws -> Void
  ) throws -> EvidencePackage {
    let (auditor, log) = try openLog(
      "package", ["since": .string(since.description), "until": .string(until.description)])
    let (governance, rules) = try readPublic { ($1.governance, $1.policy.log) }
    let prover = try log.prover()
    var first: UInt64?
    var last: (seq: UInt64, time: LogTime)?
    try log.visit { row, _ in
      let envelope = try Self.envelope(row)
      if envelope.time >= since, envelope.time <= until {
        first = first ?? envelope.seq
        last = (envelope.seq, envelope.time)
      }
    }
    guard let first, let last else {
      throw VaultError(.notFound, "the log has no entry in this period")
    }
    let (start, end) = try environment.store.read { try Self.heads(around: first...last.seq, $0) }
    var assembly = try PackageAssembly(
      store: environment.store, log: log, governance: governance, rules: rules, auditor: auditor,
      prover: prover, start: start, end: end,
      bounds: (since, until))
    try assembly.write(reports, time: last.time.nanoseconds / 1_000_000_000, to: sink)
    return EvidencePackage(entries: assembly.range, head: assembly.head)
  }

  /// The last signed head at or before the first entry, nil for the beginning, and the first one behind the last.
  private static func heads(around entries: ClosedRange<UInt64>, _ reader: any StoreReader) throws -> (
    start: CheckpointRow?, end: CheckpointRow
  ) {
    func first(_ range: Range<Int64>, isDescending: Bool) throws -> CheckpointRow? {
      var found: CheckpointRow?
      try reader.scan(Schema.checkpoint, prefix: [], range: range, descending: isDescending) { row in
        found = try CheckpointRow(row)
        return false
      }
      return found
    }
    guard let end = try first(Int64(entries.upperBound) + 1..<Int64.max, isDescending: false) else {
      throw VaultError(.integrity, "no checkpoint covers the newest entries")
    }
    return (try first(1..<Int64(entries.lowerBound) + 1, isDescending: true), end)
  }
}
