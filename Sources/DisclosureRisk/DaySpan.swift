/// A run of days, as a published date means it.
struct DaySpan {
  /// Days since 0000-03-01.
  let first: Int
  /// The last day.
  let last: Int

  init(first: Int, last: Int) {
    self.first = first
    self.last = last
  }

  /// Reads `2024`, `2024-Q1`, `2024-03`, `2024-W10`, `2024-03-05`, and a time that begins with a day.
  init?(_ label: String) {
    let date = label.prefix { $0 != "T" && $0 != " " }
    let parts = date.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...3).contains(parts.count), parts[0].utf8.count == 4, let year = Int(parts[0]), year > 0 else {
      return nil
    }
    guard parts.count > 1 else {
      self.init(first: Self.day(year, 1, 1), last: Self.day(year + 1, 1, 1) - 1)
      return
    }
    if parts.count == 2, parts[1].hasPrefix("Q"), let quarter = Int(parts[1].dropFirst()),
      (1...4).contains(quarter)
    {
      self.init(
        first: Self.day(year, 3 * quarter - 2, 1), last: Self.day(year, 3 * quarter + 1, 1) - 1)
      return
    }
    if parts.count == 2, parts[1].hasPrefix("W"), let week = Int(parts[1].dropFirst()),
      (1...53).contains(week)
    {
      // The fourth of January is always in week 1; day 5 of this count was a Monday.
      let fourth = Self.day(year, 1, 4)
      let monday = fourth - (fourth + 2) % 7 + 7 * (week - 1)
      self.init(first: monday, last: monday + 6)
      return
    }
    guard parts[1].utf8.count == 2, let month = Int(parts[1]), (1...12).contains(month) else { return nil }
    let first = Self.day(year, month, 1)
    let end = Self.day(year, month + 1, 1) - 1
    guard parts.count == 3 else {
      self.init(first: first, last: end)
      return
    }
    guard parts[2].utf8.count == 2, let day = Int(parts[2]), day >= 1, first + day - 1 <= end else {
      return nil
    }
    self.init(first: first + day - 1, last: first + day - 1)
  }

  /// Days since 0000-03-01; a month after December is one of the next year.
  private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let months = year * 12 + month - 3
    let (marchYear, marchMonth) = (months / 12, months % 12)
    return 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + (153 * marchMonth + 2) / 5
      + day - 1
  }
}
