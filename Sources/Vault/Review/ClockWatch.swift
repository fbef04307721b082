internal import AuditLog

/// Holds the time of day that entries carry against the clock that only moves forward, machine by machine.
struct ClockWatch {
  private struct Reading {
    let time: Int128
    let mono: Int128
  }

  private var readings: [String: Reading] = [:]
  private var newest: Int128?

  init() {}

  /// Takes in an entry; says by how much a clock was moved.
  mutating func notice(_ entry: LogEntry, _ rules: ReviewRules) -> String? {
    guard rules.clockSeconds > 0 else { return nil }
    let limit = Int128(rules.clockSeconds) * 1_000_000_000
    let now = Reading(time: Int128(entry.envelope.time.nanoseconds), mono: Int128(entry.who.mono))
    defer {
      readings[entry.who.origin] = now
      newest = max(newest ?? now.time, now.time)
    }
    if let before = readings[entry.who.origin], now.mono >= before.mono {
      let jump = (now.time - before.time) - (now.mono - before.mono)
      guard abs(jump) <= limit else {
        return
          "the clock of \(entry.who.origin) was moved by \(jump / 1_000_000_000) seconds since its entry before"
      }
      // The same clock as before is no news.
      return nil
    }
    if let newest, now.time < newest - limit {
      return "\((newest - now.time) / 1_000_000_000) seconds before an entry that precedes it"
    }
    return nil
  }
}
