import ArgumentParser
import Page
import Sodium
import Vault

/// Writes a page piece by piece from a wiped buffer, so that personal data is never a `String` and a long page needs no
/// memory. What is smaller than the buffer goes out only in ``finish()``.
struct HTMLWriter: ~Copyable {
  private static let capacity = 65_536

  private let output: OutputChannel
  private var buffer = WipedBytes(capacity: HTMLWriter.capacity + 1024)

  /// A writer of one page.
  init(to output: OutputChannel) { self.output = output }

  /// Writes what is left.
  mutating func finish() throws(CommandFailure) {
    try output.write(buffer)
    buffer.removeAll()
  }

  /// Writes our own markup.
  mutating func markup(_ text: String) throws(CommandFailure) {
    buffer.append(text.utf8.span)
    try flushIfFull()
  }

  /// Writes a text that is not personal, escaped.
  mutating func text(_ text: String) throws(CommandFailure) { try markup(HTMLText.escaped(text)) }

  /// Writes a personal text where it lies, escaped.
  mutating func text(_ text: Span<UInt8>) throws(CommandFailure) {
    try HTMLText.append(text, to: &buffer)
    try flushIfFull()
  }

  /// Writes a personal text, escaped.
  mutating func text(_ text: borrowing WipedBytes) throws(CommandFailure) {
    try text.withBytes { (span: Span<UInt8>) throws(CommandFailure) in
      try HTMLText.append(span, to: &buffer)
    }
    try flushIfFull()
  }

  /// Writes a row of cells that are not personal.
  mutating func row(_ cells: [String]) throws(CommandFailure) {
    try markup("<tr>")
    for cell in cells { try markup("<td>\(HTMLText.escaped(cell))</td>") }
    try markup("</tr>\n")
  }

  /// Begins a table with these heads.
  mutating func beginTable(_ heads: [String]) throws(CommandFailure) {
    let cells = heads.map { "<th scope=\"col\">\(HTMLText.escaped($0))</th>" }.joined()
    try markup("<table><thead><tr>\(cells)</tr></thead><tbody>\n")
  }

  /// Ends a table.
  mutating func endTable() throws(CommandFailure) { try markup("</tbody></table>\n") }

  /// Writes a table of releases.
  mutating func releases(_ releases: [ReleaseMention]) throws(CommandFailure) {
    try beginTable(["Time", "Recipient", "What", "Release"])
    for release in releases {
      try row([TimeText.utc(release.time), release.recipient, release.action, release.release])
    }
    try endTable()
  }

  /// Begins a section of a report; ``endSection()`` must follow.
  mutating func beginSection(_ number: Int, _ id: String, _ title: String) throws(CommandFailure) {
    try markup(
      "<section id=\"\(id)\"><h2><span class=\"no\">\(number)</span>\(HTMLText.escaped(title))</h2>\n")
  }

  /// Ends a section.
  mutating func endSection() throws(CommandFailure) { try markup("</section>\n") }

  private mutating func flushIfFull() throws(CommandFailure) {
    if buffer.count >= Self.capacity { try finish() }
  }
}

/// The head of a page that needs nothing else: no script, no link, its style by its hash.
enum StreamedPage {
  /// From the beginning to the opened body.
  static func beginning(title: String) -> String {
    let policy = [
      "default-src 'none'", "style-src \(HTMLText.policyHash(ReportStyle.text))", "base-uri 'none'",
      "form-action 'none'",
    ]
    return [
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">",
      "<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy.joined(separator: "; "))\">",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
      "<meta name=\"referrer\" content=\"no-referrer\">",
      "<meta name=\"generator\" content=\"crmvault \(Crmvault.configuration.version)\">",
      "<title>\(HTMLText.escaped(title))</title>", "<style>\(ReportStyle.text)</style>\n</head>\n<body>\n",
    ].joined(separator: "\n")
  }

  /// A header with its facts and the way to its sections.
  static func header(
    kicker: String, title: String, lead: String, facts: [(String, String)],
    sections: [(id: String, title: String)]
  ) -> String {
    """
    <header class="page"><p class="kicker">\(HTMLText.escaped(kicker))</p>
    <h1>\(HTMLText.escaped(title))</h1><p class="lead">\(HTMLText.escaped(lead))</p>
    <dl class="facts">\(facts.map { "<dt>\(HTMLText.escaped($0.0))</dt><dd>\(HTMLText.escaped($0.1))</dd>" }.joined())</dl>
    <nav aria-label="Sections">\(sections.map { "<a href=\"#\($0.id)\">\(HTMLText.escaped($0.title))</a>" }.joined())</nav></header>
    <main>

    """
  }

  /// From the end of the sections to the end of the page.
  static func end(_ text: String) -> String {
    "</main>\n<footer class=\"page\">\(HTMLText.escaped(text))</footer>\n</body>\n</html>\n"
  }
}
