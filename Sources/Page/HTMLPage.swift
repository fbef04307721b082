/// A page of HTML, piece by piece; every text is escaped on its way in.
package struct HTMLPage {
  /// The page so far.
  package private(set) var text = ""

  /// An empty page.
  package init() {}

  /// Markup of our own.
  package mutating func raw(_ markup: String) { text += markup + "\n" }

  /// An element with a text in it.
  package mutating func element(_ name: String, _ content: String) {
    raw("<\(name)>\(HTMLText.escaped(content))</\(name)>")
  }

  /// A table whose first column names its rows.
  package mutating func table(_ head: [String], _ rows: [[String]]) {
    raw(
      "<table><thead><tr>" + head.map { "<th scope=\"col\">\(HTMLText.escaped($0))</th>" }.joined()
        + "</tr></thead><tbody>")
    for row in rows {
      let cells = row.enumerated().map { index, cell in
        index == 0 ? "<th scope=\"row\">\(HTMLText.escaped(cell))</th>" : "<td>\(HTMLText.escaped(cell))</td>"
      }
      raw("<tr>\(cells.joined())</tr>")
    }
    raw("</tbody></table>")
  }

  /// Figures beside each other, each with its name.
  package mutating func cards(_ cards: [(name: String, value: String)]) {
    raw("<dl class=\"cards\">")
    for card in cards {
      raw("<div><dt>\(HTMLText.escaped(card.name))</dt><dd>\(HTMLText.escaped(card.value))</dd></div>")
    }
    raw("</dl>")
  }
}
