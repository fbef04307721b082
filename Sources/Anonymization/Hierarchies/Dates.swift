/// Units of the calendar that a date is merged to.
public enum DateUnit: String, Sendable, CaseIterable {
  /// A day, `2024-03-05`.
  case day
  /// A week of ISO 8601, `2024-W10`.
  case week
  /// A month, `2024-03`.
  case month
  /// A quarter, `2024-Q1`.
  case quarter
  /// A year, `2024`.
  case year
}

/// Hierarchies of dates: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or a time that begins with one.
public enum Dates {
  /// The hierarchy of these units over the dates of a column.
  ///
  /// The penalty of a group is the share of its days in those from the first date to the last.
  public static func hierarchy(
    over values: [String], units: [DateUnit], column: String
  ) throws(AnonymizationError) -> Hierarchy {
    guard !units.isEmpty else {
      throw AnonymizationError(.badHierarchy, column: column, reason: "dates need a unit")
    }
    let spans = values.map(CalendarSpan.init(parsing:))
    let foreign = spans.count { $0 == nil }
    let known = spans.compactMap(\.self)
    guard foreign == 0, let first = known.map(\.first).min(), let last = known.map(\.last).max() else {
      throw AnonymizationError(
        .missingValue, column: column,
        reason: "\(foreign) distinct values are not dates of the form YYYY-MM-DD",
        hint: "give it a hierarchy file, or clean the column")
    }
    let length = Double(last - first + 1)
    var levels = [Hierarchy.Level(identity: values)]
    for unit in units {
      var codes: [String: UInt32] = [:]
      var labels: [String] = []
      var penalty: [Double] = []
      var groups: [UInt32] = []
      for span in known {
        guard let period = span.enclosing(unit) else {
          throw AnonymizationError(
            .badHierarchy, column: column, reason: "a date is coarser than the unit \(unit.rawValue)")
        }
        if let code = codes[period.label] {
          groups.append(code)
          continue
        }
        codes[period.label] = UInt32(labels.count)
        groups.append(UInt32(labels.count))
        labels.append(period.label)
        penalty.append(Double(min(period.last, last) - max(period.first, first) + 1) / length)
      }
      let level = Hierarchy.Level(labels: labels, groupOfValue: groups, penalty: penalty)
      guard let below = levels.last, below.isRefined(by: level) else {
        throw AnonymizationError(
          .badHierarchy, column: column,
          reason: "its units are not a tree: a week lies in no one month, quarter or year")
      }
      // Dates that are months already have no level of months above them.
      if level.labels != below.labels { levels.append(level) }
    }
    if let top = levels.last, top.labels.count > 1 { levels.append(.init(top: values.count)) }
    let ranked = (0..<UInt32(values.count)).sorted { known[Int($0)].first < known[Int($1)].first }
    return Hierarchy(
      levels: levels, order: .ordered, ranked: ranked,
      extents: ranked.map { value in
        let span = known[Int(value)]
        return Double(span.first - first) / length...Double(span.last - first + 1) / length
      })
  }
}

/// A run of days of the proleptic Gregorian calendar, counted from 1970-01-01.
struct CalendarSpan {
  let first: Int
  let last: Int
  let label: String

  private init(first: Int, last: Int, label: String) {
    self.first = first
    self.last = last
    self.label = label
  }

  /// Reads a year, a month, a day, or the day of a time.
  init?(parsing text: String) {
    let date = text.utf8.prefix { $0 != UInt8(ascii: "T") && $0 != UInt8(ascii: " ") }
    let parts = date.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count), parts[0].count == 4, parts.dropFirst().allSatisfy({ $0.count == 2 }),
      parts.allSatisfy({ $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } })
    else { return nil }
    let numbers = parts.compactMap { Int(String(Substring($0))) }
    guard numbers.count == parts.count, numbers[0] >= 1 else { return nil }
    let month = numbers.count > 1 ? numbers[1] : 1
    guard (1...12).contains(month) else { return nil }
    switch numbers.count {
    case 1:
      self.init(
        first: Self.day(numbers[0], 1, 1), last: Self.day(numbers[0] + 1, 1, 1) - 1, label: text)
    case 2:
      self.init(first: Self.day(numbers[0], month, 1), last: Self.endOfMonth(numbers[0], month), label: text)
    default:
      let day = Self.day(numbers[0], month, 1) + numbers[2] - 1
      guard numbers[2] >= 1, day <= Self.endOfMonth(numbers[0], month) else { return nil }
      self.init(first: day, last: day, label: text)
    }
  }

  /// The period that this span lies in; nil where it reaches beyond one.
  func enclosing(_ unit: DateUnit) -> CalendarSpan? {
    let (year, month, dayOfMonth) = Self.date(first)
    func pad(_ number: Int, _ width: Int = 2) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    let found: CalendarSpan
    switch unit {
    case .day:
      found = CalendarSpan(
        first: first, last: first, label: "\(pad(year, 4))-\(pad(month))-\(pad(dayOfMonth))")
    case .week:
      // 1970-01-01 was a Thursday; the week belongs to the year of its Thursday (ISO 8601).
      let monday = first - ((first + 3) % 7 + 7) % 7
      let weekYear = Self.date(monday + 3).year
      let number = (monday + 3 - Self.day(weekYear, 1, 1)) / 7 + 1
      found = CalendarSpan(first: monday, last: monday + 6, label: "\(pad(weekYear, 4))-W\(pad(number))")
    case .month:
      found = CalendarSpan(
        first: Self.day(year, month, 1), last: Self.endOfMonth(year, month),
        label: "\(pad(year, 4))-\(pad(month))")
    case .quarter:
      let quarter = (month - 1) / 3
      found = CalendarSpan(
        first: Self.day(year, quarter * 3 + 1, 1), last: Self.endOfMonth(year, quarter * 3 + 3),
        label: "\(pad(year, 4))-Q\(quarter + 1)")
    case .year:
      found = CalendarSpan(
        first: Self.day(year, 1, 1), last: Self.endOfMonth(year, 12), label: pad(year, 4))
    }
    return found.first <= first && last <= found.last ? found : nil
  }

  private static func endOfMonth(_ year: Int, _ month: Int) -> Int {
    (month == 12 ? day(year + 1, 1, 1) : day(year, month + 1, 1)) - 1
  }

  /// `days_from_civil` of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// `civil_from_days` of the same.
  private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }
}
