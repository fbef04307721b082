import Scoring

/// How far back a window reaches: a number of days, weeks, months or years.
struct WindowSpan: Equatable {
  private enum Unit: Character {
    case days = "d"
    case weeks = "w"
    case months = "m"
    case years = "y"
  }

  private let count: Int
  private let unit: Unit

  /// Reads a number from 1 to 99,999 and a unit, `90d`; nil for anything else.
  init?(_ text: String) {
    let digits = text.dropLast()
    guard let unit = text.last.flatMap(Unit.init(rawValue:)), (1...5).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let count = Int(digits),
      count >= 1
    else { return nil }
    self.count = count
    self.unit = unit
  }

  /// The days of the span that end with a day; nil where they begin before the year 1.
  ///
  /// A month or year back is the same day of the month, or that month's last one; the window begins the day after,
  /// so that 1y through 2024-12-31 begins 2024-01-01.
  func window(through last: LocalDay) -> Window? {
    switch unit {
    case .days: return try? Window(lastDays: count, through: last)
    case .weeks: return try? Window(lastDays: 7 * count, through: last)
    case .months, .years:
      guard let back = Self.day(last, monthsBefore: unit == .years ? 12 * count : count),
        let first = back.adding(days: 1)
      else { return nil }
      return try? Window(from: first, through: last)
    }
  }

  private static func day(_ day: LocalDay, monthsBefore months: Int) -> LocalDay? {
    let (year, month, dayOfMonth) = day.components
    let index = 12 * year + month - 1 - months
    guard index >= 12 else { return nil }
    for candidate in stride(from: dayOfMonth, to: dayOfMonth - 4, by: -1) {
      if let found = LocalDay(year: index / 12, month: index % 12 + 1, day: candidate) { return found }
    }
    return nil
  }
}
