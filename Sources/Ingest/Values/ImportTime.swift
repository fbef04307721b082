/// A time as a file gives it: an instant, or a local date or time whose zone the vault knows.
public struct ImportTime: Hashable, Sendable {
  /// What the seconds mean.
  public enum Precision: UInt8, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    case instant = 0
    /// A date without a zone: its day number times 86,400.
    case localDate = 1
    /// A date and a time of day without a zone, counted as if the zone were UTC.
    case localTime = 2
  }

  /// Seconds since 1970; see ``precision`` for the zone.
  public let seconds: Int64
  /// What the seconds mean.
  public let precision: Precision

  /// Makes a time.
  public init(seconds: Int64, precision: Precision) {
    self.seconds = seconds
    self.precision = precision
  }

  /// Whether only the day is known, in the vault's zone.
  public var dateOnly: Bool { precision == .localDate }

  /// Reads an RFC 3339 time or a `YYYY-MM-DD` date, and nothing else.
  ///
  /// The offset is applied; a fraction of a second is cut off. Leap seconds, year 0, 24:00 and days that
  /// the calendar does not have are refused.
  public init(parsing text: Span<UInt8>) throws(RejectionCode) {
    let count = text.count
    guard count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else {
      throw .invalidTime
    }
    let year = try text.digits(0, 4)
    let month = try text.digits(5, 2)
    let day = try text.digits(8, 2)
    guard let days = CivilDate.days(year: year, month: month, day: day) else { throw .noSuchTime }
    if count == 10 {
      self.init(seconds: days * 86_400, precision: .localDate)
      return
    }
    guard count >= 20, text[10] | 0x20 == UInt8(ascii: "t") || text[10] == UInt8(ascii: " "),
      text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":")
    else { throw .invalidTime }
    let clock = try Self.clock(
      hour: text.digits(11, 2), minute: text.digits(14, 2), second: text.digits(17, 2))
    var index = 19
    if text[index] == UInt8(ascii: ".") {
      index += 1
      let first = index
      while index < count, text[index].isDigit { index += 1 }
      guard index > first, index < count else { throw .invalidTime }
    }
    let offset = try Self.offset(text, at: index)
    self.init(seconds: days * 86_400 + clock - offset, precision: .instant)
  }

  static func clock(hour: Int, minute: Int, second: Int) throws(RejectionCode) -> Int64 {
    guard hour <= 23, minute <= 59, second <= 60 else { throw .noSuchTime }
    guard second < 60 else { throw .leapSecond }
    return Int64(hour * 3600 + minute * 60 + second)
  }

  private static func offset(_ text: Span<UInt8>, at index: Int) throws(RejectionCode) -> Int64 {
    if text[index] | 0x20 == UInt8(ascii: "z"), index + 1 == text.count { return 0 }
    let sign = text[index]
    guard index + 6 == text.count, text[index + 3] == UInt8(ascii: ":"),
      sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
    else { throw .invalidTime }
    let hours = try text.digits(index + 1, 2)
    let minutes = try text.digits(index + 4, 2)
    guard hours <= 23, minutes <= 59 else { throw .noSuchTime }
    let offset = Int64(hours * 3600 + minutes * 60)
    return sign == UInt8(ascii: "-") ? -offset : offset
  }
}

extension UInt8 {
  var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}

extension Span where Element == UInt8 {
  /// A number of exactly `count` ASCII digits.
  func digits(_ start: Int, _ count: Int) throws(RejectionCode) -> Int {
    guard start + count <= self.count else { throw .invalidTime }
    var value = 0
    for index in start..<start + count {
      let digit = self[index] &- UInt8(ascii: "0")
      guard digit < 10 else { throw .invalidTime }
      value = value &* 10 &+ Int(digit)
    }
    return value
  }
}
