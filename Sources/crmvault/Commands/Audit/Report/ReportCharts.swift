import Page
import Scoring
import Vault

/// The drawings of a report: plain SVG, without a style of its own.
enum ReportCharts {
  private static let width = 1040.0

  /// One bar of activity: entries, and how many of them were refused.
  private struct Bar {
    let label: String
    var entries = 0
    var denied = 0
  }

  /// Entries over time, by day, week or month as the period is long.
  static func activity(_ days: [Int32: LogStatistics.Tally]) -> String {
    guard let first = days.keys.min(), let last = days.keys.max() else { return "" }
    let (bars, unit) = bars(days, first, last)
    let top = niceTop(bars.map(\.entries).max() ?? 1)
    let (left, bottom, height) = (56.0, 196.0, 176.0)
    let step = (width - left - 8) / Double(bars.count)
    var svg =
      "<svg viewBox=\"0 0 1040 232\" role=\"img\" aria-label=\"Entries by \(unit)\">"
    for line in 0...4 {
      let y = bottom - height * Double(line) / 4
      svg += "<line class=\"grid\" x1=\"\(left)\" x2=\"\(width - 8)\" y1=\"\(text(y))\" y2=\"\(text(y))\"/>"
      svg +=
        "<text x=\"\(left - 8)\" y=\"\(text(y + 4))\" text-anchor=\"end\">\(HTMLText.number(top * line / 4))</text>"
    }
    let labels = max(1, (bars.count + 11) / 12)
    for (index, bar) in bars.enumerated() {
      let wide = min(step * 0.72, 36)
      let x = left + step * (Double(index) + 0.5) - wide / 2
      let tall = height * Double(bar.entries) / Double(top)
      let red = height * Double(bar.denied) / Double(top)
      let title =
        "<title>\(bar.label): \(HTMLText.number(bar.entries)) entries, \(HTMLText.number(bar.denied)) refused</title>"
      svg += rect("value", x, bottom - tall, wide, tall, title)
      if bar.denied > 0 { svg += rect("denied", x, bottom - red, wide, red, title) }
      if index % labels == 0 {
        svg +=
          "<text x=\"\(text(left + step * (Double(index) + 0.5)))\" y=\"216\" text-anchor=\"middle\">\(bar.label)</text>"
      }
    }
    return svg + "</svg>"
  }

  /// Hours of the week, darker where more happened; working hours are framed.
  static func hours(_ counts: [Int], _ rules: ReviewRules) -> String {
    let most = max(counts.max() ?? 1, 1)
    let (left, top, cell, row) = (52.0, 22.0, 40.5, 24.0)
    var svg = "<svg viewBox=\"0 0 1040 200\" role=\"img\" aria-label=\"Entries by hour of the week\">"
    for hour in 0..<24 {
      svg +=
        "<text x=\"\(text(left + cell * (Double(hour) + 0.5)))\" y=\"14\" text-anchor=\"middle\">\(hour < 10 ? "0" : "")\(hour)</text>"
    }
    for day in 0..<7 {
      let name = ReviewRules.dayNames[day]
      let y = top + row * Double(day)
      svg +=
        "<text x=\"\(left - 10)\" y=\"\(text(y + 16))\" text-anchor=\"end\">\(name.prefix(1).uppercased() + name.dropFirst())</text>"
      for hour in 0..<24 {
        let count = counts[day * 24 + hour]
        let x = left + cell * Double(hour)
        let share = count == 0 ? 1 : 0.12 + 0.88 * (Double(count) / Double(most)).squareRoot()
        let title = "<title>\(name) \(hour):00 to \(hour + 1):00: \(HTMLText.number(count)) entries</title>"
        svg += rect(
          count == 0 ? "empty" : "cell", x + 1, y + 1, cell - 2, row - 2, title, opacity: share)
      }
    }
    return svg + frames(rules, left, top, cell, row) + "</svg>"
  }

  /// A share of the whole as a bar in a table's cell.
  static func share(_ part: Int, of whole: Int) -> String {
    let length = whole == 0 ? 0 : 100 * Double(part) / Double(whole)
    return "<svg viewBox=\"0 0 100 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      + rect("track", 0, 2, 100, 8, "") + rect("value", 0, 2, max(length, part > 0 ? 0.6 : 0), 8, "")
      + "</svg>"
  }

  private static func frames(
    _ rules: ReviewRules, _ left: Double, _ top: Double, _ cell: Double, _ row: Double
  )
    -> String
  {
    guard !rules.workingMinutes.isEmpty else { return "" }
    let x = left + cell * Double(rules.workingMinutes.lowerBound) / 60
    let wide = cell * Double(rules.workingMinutes.count) / 60
    var svg = ""
    var day = 0
    while day < 7 {
      guard rules.workingDays.contains(day) else {
        day += 1
        continue
      }
      var end = day
      while end < 7, rules.workingDays.contains(end) { end += 1 }
      svg += rect("work", x, top + row * Double(day), wide, row * Double(end - day), "")
      day = end
    }
    return svg
  }

  private static func bars(_ days: [Int32: LogStatistics.Tally], _ first: Int32, _ last: Int32) -> (
    [Bar], String
  ) {
    let span = Int(last) - Int(first) + 1
    func label(_ day: Int32) -> String { LocalDay(daysSinceEpoch: day).description }
    if span <= 62 {
      return (
        (first...last).map { day in
          Bar(label: label(day), entries: days[day]?.entries ?? 0, denied: days[day]?.denied ?? 0)
        }, "day"
      )
    }
    if span <= 7 * 104 {
      // Weeks begin on Mondays; 1970-01-01 was a Thursday.
      let monday = first - (first + 3) % 7
      var bars = (0...Int((last - monday) / 7)).map { Bar(label: label(monday + Int32($0) * 7)) }
      for (day, tally) in days {
        bars[Int((day - monday) / 7)].entries += tally.entries
        bars[Int((day - monday) / 7)].denied += tally.denied
      }
      return (bars, "week")
    }
    var months: [String: Bar] = [:]
    for day in first...last {
      let month = String(label(day).prefix(7))
      var bar = months[month] ?? Bar(label: month)
      bar.entries += days[day]?.entries ?? 0
      bar.denied += days[day]?.denied ?? 0
      months[month] = bar
    }
    return (months.values.sorted { $0.label < $1.label }, "month")
  }

  /// The next of 4, 8, 20, 40, 80, 200 … that is not below a number.
  private static func niceTop(_ number: Int) -> Int {
    var top = 4
    while top < number {
      for factor in [2, 5, 10] where top * factor >= number { return top * factor }
      top *= 10
    }
    return top
  }

  private static func rect(
    _ kind: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ title: String,
    opacity: Double = 1
  ) -> String {
    let tail = title.isEmpty ? "/>" : ">\(title)</rect>"
    let shade = opacity == 1 ? "" : " fill-opacity=\"\(text(opacity))\""
    return
      "<rect class=\"\(kind)\" x=\"\(text(x))\" y=\"\(text(y))\" width=\"\(text(width))\" height=\"\(text(height))\"\(shade)\(tail)"
  }

  private static func text(_ number: Double) -> String { Rounding.text(number, decimals: 2) }
}
