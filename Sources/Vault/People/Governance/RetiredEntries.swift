internal import AuditLog
internal import Sodium

/// What of the log's entries may be gone, as statements say.
public struct RetiredEntries: Sendable, Hashable {
  /// The minimum index: entries below may be reduced to their leaves' hashes. Entries that carry a statement, or enrol
  /// customers, never are.
  public private(set) var prunedBelow: UInt64 = 0
  /// The ranges of entries of which a part may be reduced to its ciphertext's hash, in order, without overlaps.
  public private(set) var erased: [Statement.LogPart: [Range<UInt64>]] = [:]

  /// What statements said of the policy when they let something go.
  private(set) var claims: [RetentionClaim] = []

  /// Whether this part of this entry may be gone.
  public func mayLack(_ part: Statement.LogPart, at seq: UInt64) -> Bool {
    (erased[part] ?? []).contains { $0.contains(seq) }
  }

  mutating func prune(below index: UInt64, _ claim: RetentionClaim) {
    prunedBelow = index
    claims.append(claim)
  }

  mutating func add(_ part: Statement.LogPart, _ entries: Range<UInt64>, _ claim: RetentionClaim?) {
    if let claim { claims.append(claim) }
    var merged: [Range<UInt64>] = []
    for range in ((erased[part] ?? []) + [entries]).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    erased[part] = merged
  }
}

/// That the time of something had come, under a policy: what a statement of retention says and a verifier with the
/// policy's text can check.
struct RetentionClaim: Sendable, Hashable {
  /// What goes.
  enum Extent: Sendable, Hashable {
    case entries
    case part(Statement.LogPart)
  }

  /// The entry that carries the statement.
  let seq: UInt64
  /// When it was stated.
  let time: LogTime
  /// What goes is from before this time.
  let before: LogTime
  /// The policy that was in force.
  let policy: Digest32
  /// What goes.
  let extent: Extent

  init(_ seq: UInt64, _ time: LogTime, _ before: LogTime, _ policy: Digest32, _ extent: Extent) {
    self.seq = seq
    self.time = time
    self.before = before
    self.policy = policy
    self.extent = extent
  }

  /// Whether the rules of its policy had let this go.
  func isWithin(_ rules: LogRules) -> Bool {
    let days: Int? =
      switch extent {
      case .entries: rules.entryDays
      case .part(.who): rules.whoDays
      case .part(.what): nil
      }
    guard let days else { return false }
    return before.nanoseconds + LogRules.nanoseconds(days: days) <= time.nanoseconds
  }
}
