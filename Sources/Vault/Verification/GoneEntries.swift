internal import AuditLog
internal import Sodium

/// What is gone of a log's entries, as their rows have it: held against what statements permit.
struct GoneEntries {
  private(set) var prunedCount = 0
  private var highestPruned: UInt64?
  /// Ranges of entries that lack a part, in the order of the log.
  private var lacking: [Statement.LogPart: [Range<UInt64>]] = [:]

  mutating func prune(_ seq: UInt64) {
    prunedCount += 1
    highestPruned = seq
  }

  mutating func erase(_ part: Statement.LogPart, _ seq: UInt64) {
    if let last = lacking[part]?.last, last.upperBound == seq {
      lacking[part]?.removeLast()
      lacking[part]?.append(last.lowerBound..<seq + 1)
    } else {
      lacking[part, default: []].append(seq..<seq + 1)
    }
  }

  /// Holds what statements of retention say of their policy against its text.
  static func check(_ retired: RetiredEntries, _ store: any Store, _ report: inout VerificationReport) throws
  {
    guard !retired.claims.isEmpty else { return }
    try store.read { reader in
      for claim in retired.claims {
        guard
          case .text(let text)? = try reader.row(Schema.policy, key: [.blob(claim.policy.bytes)])?.values[1],
          let policy = try? Policy(parsing: text), policy.hash == claim.policy
        else { continue }  // A policy that is missing is a finding of its own.
        if !claim.isWithin(policy.log) {
          report.report(claim.seq, .governance, "the statement lets go of the log what the policy keeps")
        }
      }
    }
  }

  /// Reports what is gone and must not be, and counts the rest.
  func check(_ retired: RetiredEntries, _ report: inout VerificationReport) {
    report.prunedEntries = prunedCount
    report.prunedBelow = retired.prunedBelow
    if let highestPruned, highestPruned >= retired.prunedBelow {
      report.report(
        highestPruned, .gap, "the entry is gone, and no statement of a privacy officer permits it")
    }
    for (part, ranges) in lacking {
      for range in ranges {
        report.erasedParts[part, default: 0] += range.count
        guard let seq = range.first(where: { !retired.mayLack(part, at: $0) }) else { continue }
        report.report(
          seq, .sealed,
          "the entry's \(part.rawValue) is gone, and no statement of a privacy officer permits it")
      }
    }
  }
}
