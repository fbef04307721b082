/// Pictures in SVG, drawn with the page's colours so that they follow light, dark and paper.
package enum Chart {
  private static let width = 640.0
  private static let height = 180.0
  private static let left = 46.0
  private static let bottom = 26.0
  private static let top = 10.0

  /// Bars of two series beside each other over the same places.
  package static func pairs(_ before: [Double], _ after: [Double], title: String) -> String {
    let count = max(1, before.count)
    let most = max(before.max() ?? 0, after.max() ?? 0, .leastNonzeroMagnitude)
    let slot = (width - left) / Double(count)
    var bars = ""
    for index in before.indices {
      let x = left + Double(index) * slot
      bars += bar(x + slot * 0.08, slot * 0.42, before[index] / most, "before")
      bars += bar(x + slot * 0.50, slot * 0.42, index < after.count ? after[index] / most : 0, "after")
    }
    return frame(bars + axis(most), title)
  }

  /// Bars with a name under each.
  package static func bars(_ values: [(name: String, value: Double)], title: String) -> String {
    let most = max(values.map(\.value).max() ?? 0, .leastNonzeroMagnitude)
    let slot = (width - left) / Double(max(1, values.count))
    var marks = ""
    for (index, entry) in values.enumerated() {
      let x = left + Double(index) * slot
      marks += bar(x + slot * 0.15, slot * 0.7, entry.value / most, "after")
      marks += text(x + slot / 2, height - 8, entry.name, anchor: "middle")
    }
    return frame(marks + axis(most), title)
  }

  /// Two lines over named places, each on a scale from 0 to its own greatest value.
  package static func lines(
    _ names: [String], _ first: [Double], _ second: [Double], labels: (String, String), title: String
  ) -> String {
    let slot = (width - left - 12) / Double(max(1, names.count - 1))
    func points(_ values: [Double]) -> [(Double, Double)] {
      let most = max(values.max() ?? 0, .leastNonzeroMagnitude)
      return values.enumerated().map { index, value in
        (left + Double(index) * slot, height - bottom - (height - bottom - top) * value / most)
      }
    }
    func line(_ values: [Double], _ style: String, _ label: String) -> String {
      let points = points(values)
      let path = points.map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
      let dots = zip(points, values).map { point, value in
        "<circle class=\"\(style)\" cx=\"\(number(point.0))\" cy=\"\(number(point.1))\" r=\"3.5\">"
          + "<title>\(HTMLText.escaped(label)): \(Figure.decimal(value, 4))</title></circle>"
      }
      return "<polyline class=\"\(style)\" points=\"\(path)\"/>" + dots.joined()
    }
    let ticks = names.enumerated().map { index, name in
      text(left + Double(index) * slot, height - 8, name, anchor: "middle")
    }
    return frame(
      "<line class=\"axis\" x1=\"\(left)\" y1=\"\(height - bottom)\" x2=\"\(width)\" y2=\"\(height - bottom)\"/>"
        + line(first, "before", labels.0) + line(second, "after", labels.1) + ticks.joined(), title)
  }

  private static func frame(_ content: String, _ title: String) -> String {
    "<svg viewBox=\"0 0 \(number(width)) \(number(height))\" role=\"img\" aria-label=\"\(HTMLText.escaped(title))\">"
      + content + "</svg>"
  }

  private static func bar(_ x: Double, _ width: Double, _ share: Double, _ style: String) -> String {
    let full = height - bottom - top
    return "<rect class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(top + full * (1 - share)))\" "
      + "width=\"\(number(max(0.5, width)))\" height=\"\(number(full * share))\"/>"
  }

  private static func axis(_ most: Double) -> String {
    let base = height - bottom
    return "<line class=\"axis\" x1=\"\(left)\" y1=\"\(base)\" x2=\"\(width)\" y2=\"\(base)\"/>"
      + text(
        left - 6, top + 8, most >= 1 ? Figure.count(Int(most.rounded())) : Figure.decimal(most, 3),
        anchor: "end")
      + text(left - 6, base, "0", anchor: "end")
  }

  private static func text(_ x: Double, _ y: Double, _ content: String, anchor: String) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(HTMLText.escaped(content))</text>"
  }

  private static func number(_ value: Double) -> String { Figure.decimal(value, 2) }
}
