internal import AuditLog

/// Counts looks of one user at one customer within some days.
struct LookWatch {
  private struct Pair: Hashable {
    let key: String
    let subject: String
  }

  private var recent: [Pair: [(seq: UInt64, time: LogTime)]] = [:]
  private var nextSweep = 4096

  init() {}

  /// Takes in an entry; returns the looks that belong together when they are too many, and counts anew after that.
  ///
  /// - Parameter isKnown: whether an open flag tells of this user and customer: then one more look is enough.
  mutating func notice(_ entry: LogEntry, _ rules: ReviewRules, isKnown: Bool) -> [(
    seq: UInt64, time: LogTime
  )]? {
    guard entry.envelope.kind == .access, entry.what.outcome == .allowed, let subject = entry.what.subject
    else {
      return nil
    }
    let window = UInt64(rules.lookDays) * 86_400_000_000_000
    let time = entry.envelope.time
    let oldest = LogTime(nanoseconds: time.nanoseconds > window ? time.nanoseconds - window : 0)
    if recent.count >= nextSweep {
      recent = recent.filter { ($0.value.last?.time ?? oldest) >= oldest }
      nextSweep = max(4096, recent.count * 2)
    }
    let pair = Pair(key: entry.who.key, subject: subject)
    var looks = (recent.removeValue(forKey: pair) ?? []).filter { $0.time >= oldest }
    looks.append((entry.envelope.seq, time))
    if looks.count >= rules.looks || isKnown { return looks }
    recent[pair] = looks
    return nil
  }
}
