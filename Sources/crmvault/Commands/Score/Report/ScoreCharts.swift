import Anonymization
import Page
import Scoring

/// The drawings of a report on scores that other pages do not have: plain SVG in the page's colours.
enum ScoreCharts {
  /// What they need beside the page's style.
  static let style = """

    rect.cell{fill:var(--after)}rect.hidden{fill:none;stroke:var(--line);stroke-dasharray:3 3}
    svg text.dark{fill:var(--ink)}line.even{stroke:var(--before);stroke-dasharray:4 4}
    """

  /// The bins of recency and frequency, darker where more customers are; what is left out is framed.
  static func grid(_ table: SuppressedTable) -> String {
    let bins = table.cells.count
    let most = Double(table.cells.joined().compactMap(\.count).max() ?? 1)
    let (left, top, width, height) = (40.0, 6.0, 590.0 / Double(bins), 40.0)
    var svg =
      "<svg viewBox=\"0 0 640 \(number(top + height * Double(bins) + 26))\" role=\"img\" "
      + "aria-label=\"Customers by bins of recency and frequency\">"
    for row in 0..<bins {
      let y = top + height * Double(row)
      svg += text(left - 10, y + height / 2 + 4, "R\(bins - row)", anchor: "end")
      for column in 0..<bins {
        let x = left + width * Double(column)
        svg += cell(table.cells[row][column], x, y, width, height, most)
      }
    }
    for column in 0..<bins {
      svg += text(
        left + width * (Double(column) + 0.5), top + height * Double(bins) + 18, "F\(column + 1)",
        anchor: "middle")
    }
    return svg + "</svg>"
  }

  private static func cell(
    _ cell: SuppressedTable.Cell, _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ most: Double
  ) -> String {
    let box =
      "x=\"\(number(x + 1))\" y=\"\(number(y + 1))\" width=\"\(number(width - 2))\" height=\"\(number(height - 2))\""
    guard let count = cell.count else { return "<rect class=\"hidden\" \(box)/>" }
    let shade = 0.1 + 0.5 * (Double(count) / most).squareRoot()
    return "<rect class=\"cell\" fill-opacity=\"\(number(shade))\" \(box)/>"
      + "<text class=\"dark\" x=\"\(number(x + width / 2))\" y=\"\(number(y + height / 2 + 4))\" text-anchor=\"middle\">"
      + "\(Figure.count(count))</text>"
  }

  /// The cumulated share of what the best customers hold, over their share.
  static func curve(_ points: [LiftChart.Point]) -> String {
    let (left, right, top, bottom) = (46.0, 628.0, 10.0, 214.0)
    func x(_ share: Double) -> Double { left + (right - left) * share }
    func y(_ share: Double) -> Double { bottom - (bottom - top) * share }
    var svg =
      "<svg viewBox=\"0 0 640 240\" role=\"img\" aria-label=\"Share of lifetime value that the best customers hold\">"
    for share in [0, 0.25, 0.5, 0.75, 1] {
      svg +=
        "<line class=\"axis\" x1=\"\(number(left))\" x2=\"\(number(right))\" y1=\"\(number(y(share)))\" "
        + "y2=\"\(number(y(share)))\"/>"
      svg += text(left - 6, y(share) + 4, "\(Figure.decimal(share * 100, 0)) %", anchor: "end")
      svg += text(
        x(share), bottom + 18, "\(Figure.decimal(share * 100, 0)) %", anchor: share < 1 ? "middle" : "end")
    }
    svg +=
      "<line class=\"even\" x1=\"\(number(x(0)))\" y1=\"\(number(y(0)))\" x2=\"\(number(x(1)))\" y2=\"\(number(y(1)))\"/>"
    let path =
      ["\(number(x(0))),\(number(y(0)))"]
      + points.map { "\(number(x($0.customers))),\(number(y($0.amount ?? 0)))" }
    svg += "<polyline class=\"after\" points=\"\(path.joined(separator: " "))\"/>"
    for point in points {
      svg +=
        "<circle class=\"after\" cx=\"\(number(x(point.customers)))\" cy=\"\(number(y(point.amount ?? 0)))\" r=\"3.5\">"
        + "<title>\(Figure.percent(point.customers)) of customers: \(Figure.percent(point.amount ?? 0))</title></circle>"
    }
    return svg + "</svg>"
  }

  private static func text(_ x: Double, _ y: Double, _ content: String, anchor: String) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(HTMLText.escaped(content))</text>"
  }

  private static func number(_ value: Double) -> String { Figure.decimal(value, 2) }
}
