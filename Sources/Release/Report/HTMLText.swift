/// Pieces of an HTML page; every text is escaped on its way in.
struct HTMLText {
  private(set) var text = ""

  /// Markup of our own.
  mutating func raw(_ markup: String) { text += markup + "\n" }

  /// An element with a text in it.
  mutating func element(_ name: String, _ content: String) {
    raw("<\(name)>\(Self.escaped(content))</\(name)>")
  }

  /// A table whose first column names its rows.
  mutating func table(_ head: [String], _ rows: [[String]]) {
    raw(
      "<table><thead><tr>" + head.map { "<th scope=\"col\">\(Self.escaped($0))</th>" }.joined()
        + "</tr></thead><tbody>")
    for row in rows {
      let cells = row.enumerated().map { index, cell in
        index == 0 ? "<th scope=\"row\">\(Self.escaped(cell))</th>" : "<td>\(Self.escaped(cell))</td>"
      }
      raw("<tr>\(cells.joined())</tr>")
    }
    raw("</tbody></table>")
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // Controls, and characters that turn the direction of what follows.
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): result += "\u{FFFD}"
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{200E}", "\u{200F}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// Numbers for people.
enum Figure {
  static func count(_ number: Int) -> String {
    var digits = String(number)
    var grouped = ""
    while digits.count > 3 {
      grouped = "\u{202F}" + digits.suffix(3) + grouped
      digits.removeLast(3)
    }
    return digits + grouped
  }

  static func decimal(_ number: Double, _ places: Int = 3) -> String {
    guard number.isFinite else { return number > 0 ? "∞" : "−∞" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (number.magnitude * scale).rounded()
    guard scaled < 1e15 else { return "\(number)" }
    var digits = String(Int(scaled))
    while digits.utf8.count <= places { digits = "0" + digits }
    let sign = number < 0 && scaled > 0 ? "−" : ""
    return places == 0 ? sign + digits : sign + digits.dropLast(places) + "." + digits.suffix(places)
  }

  static func percent(_ share: Double) -> String { decimal(share * 100, 1) + " %" }
}
