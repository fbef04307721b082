/// A point in time, in nanoseconds since 1970 in UTC without leap seconds. Its text is RFC 3339 with nine digits
/// after the second and `Z`: `2026-11-25T13:20:22.000000001Z`, 30 bytes.
public struct LogTime: Hashable, Comparable, Sendable {
  /// Nanoseconds since 1970-01-01T00:00:00Z. Reaches the year 2554.
  public let nanoseconds: UInt64

  /// The time so many nanoseconds after 1970 began.
  public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// Reads RFC 3339 in the one form that `description` writes.
  ///
  /// - Throws: `malformed` for another form, a date that does not exist, or a year before 1970 or after 2553.
  public init(_ text: String) throws(LogError) {
    let bytes = Array(text.utf8)
    guard let time = Self(bytes.span) else {
      throw LogError(.malformed, "a time is RFC 3339 in UTC with nanoseconds")
    }
    self = time
  }

  /// Reads exactly `textLength` bytes.
  init?(_ text: Span<UInt8>) {
    guard text.count == Self.textLength, text[4] == Self.dash, text[7] == Self.dash,
      text[10] == UInt8(ascii: "T"),
      text[13] == Self.colon, text[16] == Self.colon, text[19] == UInt8(ascii: "."),
      text[29] == UInt8(ascii: "Z"),
      let year = Self.number(text, 0, 4), let month = Self.number(text, 5, 2),
      let day = Self.number(text, 8, 2),
      let hour = Self.number(text, 11, 2), let minute = Self.number(text, 14, 2),
      let second = Self.number(text, 17, 2), let fraction = Self.number(text, 20, 9),
      (1970...2553).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(month, year),
      hour < 24, minute < 60, second < 60
    else { return nil }
    let days = Self.dayNumber(year, month, day)
    nanoseconds = ((days * 24 + hour) * 60 + minute) * 60_000_000_000 + second * 1_000_000_000 + fraction
  }

  /// Appends the text.
  func append(to bytes: inout [UInt8]) {
    let (seconds, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let (year, month, day) = Self.date(days)
    bytes.append(decimal: year, width: 4, then: Self.dash)
    bytes.append(decimal: month, width: 2, then: Self.dash)
    bytes.append(decimal: day, width: 2, then: UInt8(ascii: "T"))
    bytes.append(decimal: second / 3600, width: 2, then: Self.colon)
    bytes.append(decimal: second / 60 % 60, width: 2, then: Self.colon)
    bytes.append(decimal: second % 60, width: 2, then: UInt8(ascii: "."))
    bytes.append(decimal: fraction, width: 9, then: UInt8(ascii: "Z"))
  }

  /// How long the text is.
  static let textLength = 30

  /// Whether one time is before the other.
  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.nanoseconds < rhs.nanoseconds }

  private static let dash = UInt8(ascii: "-")
  private static let colon = UInt8(ascii: ":")

  private static func number(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> UInt64? {
    var value: UInt64 = 0
    for index in start..<(start + count) {
      let byte = text[index]
      guard byte >= Ascii.zero, byte <= Ascii.nine else { return nil }
      value = value * 10 + UInt64(byte - Ascii.zero)
    }
    return value
  }

  private static func days(_ month: UInt64, _ year: UInt64) -> UInt64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970 of a date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
  private static func dayNumber(_ year: UInt64, _ month: UInt64, _ day: UInt64) -> UInt64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted % 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The date of a day since 1970: the same source, civil_from_days.
  private static func date(_ days: UInt64) -> (year: UInt64, month: UInt64, day: UInt64) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

extension LogTime: CustomStringConvertible {
  /// The text.
  public var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Appends a number in so many digits, and a byte behind it.
  fileprivate mutating func append(decimal number: UInt64, width: Int, then separator: UInt8) {
    var rest = number
    let start = count
    append(contentsOf: repeatElement(Ascii.zero, count: width))
    for index in stride(from: start + width - 1, through: start, by: -1) {
      self[index] = Ascii.zero + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    append(separator)
  }
}
