import AuditLog
import Scoring

/// Times as commands show them: RFC 3339, UTC, whole seconds.
enum TimeText {
  /// The text of seconds since 1970.
  static func utc(_ seconds: Int64) -> String {
    let (days, second) = floored(seconds)
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = LocalDay(daysSinceEpoch: Int32(truncatingIfNeeded: days))
    return "\(day)T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))Z"
  }

  /// The text of a time of the log, cut to the second.
  static func utc(_ time: LogTime) -> String { utc(Int64(time.nanoseconds / 1_000_000_000)) }

  /// The text of seconds since 1970, as somebody else's signature has them.
  static func utc(seconds: UInt64) -> String { utc(Int64(clamping: seconds)) }

  private static func floored(_ seconds: Int64) -> (days: Int64, second: Int64) {
    let remainder = seconds % 86_400
    return remainder < 0 ? (seconds / 86_400 - 1, remainder + 86_400) : (seconds / 86_400, remainder)
  }
}
