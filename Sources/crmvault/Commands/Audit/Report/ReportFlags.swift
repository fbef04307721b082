import AuditLog
import Page
import Vault

/// The section of a report with the flags, and the entries that they point to.
struct ReportFlags {
  private static let flagLimit = 500
  private static let linkLimit = 6
  private static let entryLimit = 2_000

  private let report: LogReport
  private let table: ReportTable
  /// Every entry that is in a flag.
  let flagged: Set<UInt64>
  /// The entries that are listed below the table, to be linked to.
  private let listed: [UInt64]

  /// The flags of a report.
  init(_ report: LogReport, _ table: ReportTable) {
    self.report = report
    self.table = table
    flagged = Set(report.flags.flatMap(\.entries))
    var listed: Set<UInt64> = []
    for flag in report.flags.prefix(Self.flagLimit) where listed.count < Self.entryLimit {
      listed.formUnion(flag.entries.prefix(Self.linkLimit))
    }
    self.listed = listed.filter { table.texts(of: $0) != nil }.sorted()
  }

  /// The section.
  var html: String {
    let flags = report.flags
    guard !flags.isEmpty else {
      return
        "<section id=\"flags\"><h2><span class=\"no\">5</span>Flags</h2><p class=\"good-text\">Nothing was flagged.</p></section>"
    }
    let open = flags.count { $0.isOpen }
    let rules = Dictionary(grouping: flags, by: \.rule).map { rule, flags in
      (rule: rule.rawValue, all: flags.count, open: flags.count { $0.isOpen })
    }.sorted { ($1.open, $1.all, $0.rule) < ($0.open, $0.all, $1.rule) }
    let summary = rules.map {
      "<tr><td>\($0.rule)</td><td class=\"number\(($0.open > 0) ? " refused" : "")\">\(HTMLText.number($0.open))</td>"
        + "<td class=\"number\">\(HTMLText.number($0.all - $0.open))</td></tr>"
    }
    let rows = flags.prefix(Self.flagLimit).map(row)
    let cut = flags.count > Self.flagLimit ? ", \(Self.flagLimit) shown" : ""
    return """
      <section id="flags"><h2><span class="no">5</span>Flags</h2>
      <p>What a reviewer should look at, by the rules under Method. A flag is no finding: it is closed by a signed review \
      with a reason, never by the user it is about.</p>
      <div class="two"><table><thead><tr><th scope="col">Rule</th><th scope="col" class="number">Open</th>\
      <th scope="col" class="number">Closed</th></tr></thead><tbody>\(summary.joined())</tbody></table></div>
      <h3>\(HTMLText.number(open)) open, \(HTMLText.number(flags.count - open)) closed\(cut)</h3>
      <div class="wide"><table><thead><tr><th scope="col">Flag</th><th scope="col">User</th><th scope="col">When</th>\
      <th scope="col">What</th><th scope="col">Entries</th><th scope="col">State</th></tr></thead>\
      <tbody>\(rows.joined())</tbody></table></div></section>
      """
  }

  /// The entries that flags point to, as plain text: links work on paper's copy and without a script.
  var pointedTo: String {
    guard !listed.isEmpty else { return "" }
    let rows = listed.compactMap { seq in
      table.texts(of: seq).map { texts in
        "<tr id=\"entry-\(seq)\"><td class=\"number\">\(HTMLText.number(seq))</td>"
          + "<td>\(texts[0])</td><td>\(HTMLText.escaped(texts[1]))</td><td>\(HTMLText.escaped(texts[3]))</td>"
          + "<td class=\"mono\">\(HTMLText.escaped(texts[4]))</td><td>\(HTMLText.escaped(texts[5]))</td>"
          + "<td\(texts[7] == "allowed" ? "" : " class=\"refused\"")>\(HTMLText.escaped(texts[7]))</td></tr>"
      }
    }
    return """
      <section id="flagged"><h3>Entries that flags point to</h3><div class="wide"><table><thead><tr>\
      <th scope="col" class="number">Entry</th><th scope="col">Time (UTC)</th><th scope="col">Actor</th><th scope="col">Action</th>\
      <th scope="col">Whom</th><th scope="col">Purpose</th><th scope="col">Outcome</th></tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody></table></div></section>
      """
  }

  private func row(_ flag: LogFlag) -> String {
    let shown = flag.entries.prefix(Self.linkLimit)
    let links = shown.map { seq in
      table.texts(of: seq) == nil
        ? HTMLText.number(seq) : "<a href=\"#entry-\(seq)\">\(HTMLText.number(seq))</a>"
    }
    let more =
      flag.entries.count > shown.count ? " and \(HTMLText.number(flag.entries.count - shown.count)) more" : ""
    let first = TimeText.utc(flag.first)
    let last = TimeText.utc(flag.last)
    let state =
      flag.closing.map { closing in
        "<span class=\"state good-text\">closed</span><br>by \(HTMLText.escaped(closing.reviewer)), entry "
          + "\(HTMLText.number(closing.entry))\(closing.note.isEmpty ? "" : ": \(HTMLText.escaped(closing.note))")"
      } ?? "<span class=\"state bad-text\">open</span>"
    return
      "<tr id=\"\(flag.id)\"><td>\(flag.rule.rawValue)<br><span class=\"mono soft id\">\(flag.id)</span></td>"
      + "<td>\(HTMLText.escaped(flag.actor))</td><td>\(first)\(first == last ? "" : "<br>to \(last)")</td>"
      + "<td>\(HTMLText.escaped(flag.text))</td><td>\(links.joined(separator: ", "))\(more)</td><td>\(state)</td></tr>"
  }
}
