/// A day of the proleptic Gregorian calendar in the vault's zone, counted from 1970-01-01.
///
/// Pure arithmetic: no zone, no clock, no locale. The caller turns a time into its local day. The conversion
/// is Howard Hinnant's `days_from_civil` and `civil_from_days` ("chrono-Compatible Low-Level Date
/// Algorithms", 2013): a year that starts in March puts the leap day last.
public struct LocalDay: Hashable, Comparable, BitwiseCopyable, Sendable {
  /// Days since 1970-01-01, negative before.
  public let daysSinceEpoch: Int32

  /// The day so many days after 1970-01-01.
  public init(daysSinceEpoch: Int32) { self.daysSinceEpoch = daysSinceEpoch }

  /// The day of a date, or nil where the calendar has no such date.
  ///
  /// - Parameters:
  ///   - year: 1 to 9999.
  ///   - month: 1 to 12.
  ///   - day: 1 to the length of the month.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.length(ofMonth: month, year: year)
    else { return nil }
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear / 400
    let yearOfEra = marchYear % 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.init(daysSinceEpoch: Int32(era * Self.daysPerEra + dayOfEra - Self.epochFromMarchZero))
  }

  /// The day written as `YYYY-MM-DD`, exactly that: ten ASCII characters, a date that exists.
  public init?(_ text: some StringProtocol) {
    var fields = (0, 0, 0)
    var position = 0
    for byte in text.utf8 {
      switch (position, byte) {
      case (4, UInt8(ascii: "-")), (7, UInt8(ascii: "-")): break
      case (4, _), (7, _): return nil
      case (0..<10, UInt8(ascii: "0")...UInt8(ascii: "9")):
        let digit = Int(byte - UInt8(ascii: "0"))
        switch position {
        case 0..<4: fields.0 = fields.0 * 10 + digit
        case 5..<7: fields.1 = fields.1 * 10 + digit
        default: fields.2 = fields.2 * 10 + digit
        }
      default: return nil
      }
      position += 1
    }
    guard position == 10 else { return nil }
    self.init(year: fields.0, month: fields.1, day: fields.2)
  }

  /// Year, month (1 to 12) and day of the month (from 1).
  public var components: (year: Int, month: Int, day: Int) {
    let days = Int(daysSinceEpoch) + Self.epochFromMarchZero
    let era = (days >= 0 ? days : days - (Self.daysPerEra - 1)) / Self.daysPerEra
    let dayOfEra = days - era * Self.daysPerEra
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1
    )
  }

  /// The day so many days later (earlier where negative), or nil beyond what 32 bits count.
  public func adding(days: Int) -> LocalDay? {
    let (sum, overflow) = days.addingReportingOverflow(Int(daysSinceEpoch))
    return overflow ? nil : Int32(exactly: sum).map(LocalDay.init(daysSinceEpoch:))
  }

  /// Days from another day to this one, negative where this one is earlier.
  public func days(since other: LocalDay) -> Int { Int(daysSinceEpoch) - Int(other.daysSinceEpoch) }

  /// Whether the left day is before the right one.
  public static func < (left: LocalDay, right: LocalDay) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }

  private static let daysPerEra = 146_097
  /// Days from 0000-03-01, where the eras start, to 1970-01-01.
  private static let epochFromMarchZero = 719_468

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension LocalDay: CustomStringConvertible {
  /// `YYYY-MM-DD` for the years 1 to 9999; a year outside is written with its sign and six digits.
  public var description: String {
    let (year, month, day) = components
    let sign = (1...9999).contains(year) ? "" : year < 0 ? "-" : "+"
    let width = sign.isEmpty ? 4 : 6
    return sign + Self.padded(abs(year), width) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
