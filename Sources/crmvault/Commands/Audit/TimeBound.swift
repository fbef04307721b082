import AuditLog
import Ingest
import Vault

/// A time as `--since` and `--until` take it: RFC 3339, or a day in the vault's zone.
enum TimeBound {
  /// The first moment that the text means.
  static func first(_ text: String, _ session: Session) throws -> LogTime {
    if let exact = try? LogTime(text) { return exact }
    let time = try parse(text)
    guard time.dateOnly else { return try moment(time.seconds) }
    return try moment(startOfDay(Int32(time.seconds / 86_400), session))
  }

  /// The last moment that the text means: of a day or a second its end.
  static func last(_ text: String, _ session: Session) throws -> LogTime {
    if let exact = try? LogTime(text) { return exact }
    let time = try parse(text)
    let next = time.dateOnly ? try startOfDay(Int32(time.seconds / 86_400) + 1, session) : time.seconds + 1
    return LogTime(nanoseconds: try moment(next).nanoseconds - 1)
  }

  private static func parse(_ text: String) throws(CommandFailure) -> ImportTime {
    let fault = CommandFailure.usage(
      "bad_time", "a time is YYYY-MM-DD or RFC 3339, such as 2026-11-25T08:00:00Z")
    guard let time = try? ImportTime(parsing: text.utf8.span), time.precision != .localTime else {
      throw fault
    }
    return time
  }

  private static func moment(_ seconds: Int64) throws(CommandFailure) -> LogTime {
    guard (1..<18_000_000_000).contains(seconds) else {
      throw .usage("bad_time", "a time lies between 1970 and 2540")
    }
    return LogTime(nanoseconds: UInt64(seconds) * 1_000_000_000)
  }

  /// The second in which a local day begins.
  private static func startOfDay(_ day: Int32, _ session: Session) throws -> Int64 {
    let days = try LocalDays(zone: session.vaultSettings().zone)
    // No zone is further than 26 hours from UTC, and days never go back.
    var low = Int64(day) * 86_400 - 93_600
    var high = Int64(day) * 86_400 + 93_600
    while low < high {
      let middle = low + (high - low) / 2
      if days.day(ofSeconds: middle) < day { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
