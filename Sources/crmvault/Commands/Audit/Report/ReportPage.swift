import AuditLog
import Page
import Sodium
import Vault

/// A report on the log as one page that needs nothing else: it opens offline, and its policy forbids whatever it does not
/// need.
struct ReportPage {
  private let report: LogReport
  private let table: ReportTable
  private let version: String

  /// A page of a report and its table of entries.
  init(_ report: LogReport, _ table: ReportTable, version: String) {
    self.report = report
    self.table = table
    self.version = version
  }

  /// The whole page.
  var html: String {
    let title = "Access log report: \(report.settings.name)"
    let policy = [
      "default-src 'none'", "script-src \(HTMLText.policyHash(ReportScript.text))",
      "style-src \(HTMLText.policyHash(ReportStyle.text))", "base-uri 'none'", "form-action 'none'",
      "require-trusted-types-for 'script'", "trusted-types 'none'",
    ]
    let figures = ReportFigures(report)
    let flags = ReportFlags(report, table)
    return [
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">",
      "<meta http-equiv=\"Content-Security-Policy\" content=\"\(policy.joined(separator: "; "))\">",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
      "<meta name=\"referrer\" content=\"no-referrer\">",
      "<meta name=\"generator\" content=\"crmvault \(version)\">",
      "<title>\(HTMLText.escaped(title))</title>", "<style>\(ReportStyle.text)</style>\n</head>\n<body>",
      header, "<main>", conclusion, population, verification, figures.html, flags.html, reviews, entries,
      flags.pointedTo, method, "</main>", footer,
      "<script type=\"application/json\" id=\"data\">\(table.json(flagged: flags.flagged))</script>",
      "<script>\(ReportScript.text)</script>\n</body>\n</html>\n",
    ].joined(separator: "\n")
  }

  // MARK: - Parts

  private var period: String {
    switch (report.since, report.until) {
    case (nil, nil): "from the first entry to the last"
    case (let since?, nil): "from \(TimeText.utc(since))"
    case (nil, let until?): "up to \(TimeText.utc(until))"
    case (let since?, let until?): "\(TimeText.utc(since)) to \(TimeText.utc(until))"
    }
  }

  private var header: String {
    let facts = [
      ("Vault", "\(report.settings.name)"), ("Prepared", TimeText.utc(report.made)),
      ("Vault id", report.vaultID.description),
      ("Prepared by", "\(report.reader.name), \(report.reader.role)"),
      ("Period", period), ("Local time", report.settings.zone),
      ("Policy", "\(report.policy.name), \(report.policy.hashText.prefix(16))"),
      ("Program", "crmvault \(version)"),
    ]
    let sections = [
      ("conclusion", "Conclusion"), ("population", "Population"), ("verification", "Verification"),
      ("activity", "Activity"), ("flags", "Flags"), ("reviews", "Reviews"), ("entries", "Entries"),
      ("method", "Method"),
    ]
    return """
      <header class="page"><p class="kicker">Audit log of access to customer data</p>
      <h1>Access log report</h1><p class="lead">\(HTMLText.escaped(report.settings.name)), \(HTMLText.escaped(period))</p>
      <dl class="facts">\(facts.map { "<dt>\($0.0)</dt><dd>\(HTMLText.escaped($0.1))</dd>" }.joined())</dl>
      <nav aria-label="Sections">\(sections.map { "<a href=\"#\($0.0)\">\($0.1)</a>" }.joined())</nav></header>
      """
  }

  private var conclusion: String {
    let isGood = report.verification.isOK
    let open = report.flags.count { $0.isOpen }
    let denied = report.statistics.all.denied
    func figure(_ value: String, _ text: String, _ kind: String = "") -> String {
      "<li\(kind.isEmpty ? "" : " class=\"\(kind)\"")><b>\(value)</b><span>\(text)</span></li>"
    }
    let verdict =
      isGood
      ? "All \(HTMLText.number(report.verification.size)) entries of the log, from the first to the last, lead to its "
        + "signed checkpoint, and both sealed parts of \(HTMLText.number(report.verification.openedEntries)) of them open to "
        + "what their public halves name."
      : "<strong class=\"bad-text\">The log does not verify: "
        + "\(HTMLText.number(report.verification.problemCount)) problem\(report.verification.problemCount == 1 ? "" : "s") found. "
        + "No figure on this page can be relied on until they are explained.</strong>"
    return section(
      1, "conclusion", "Conclusion",
      """
      <ul class="figures">\(figure(HTMLText.number(report.population), "entries in the population"))\
      \(figure(isGood ? "Verified" : "Fails", "log, signatures and sealed parts", isGood ? "good" : "bad"))\
      \(figure(HTMLText.number(open), open == 1 ? "flag is open" : "flags are open", open == 0 ? "good" : "bad"))\
      \(figure(HTMLText.number(denied), denied == 1 ? "access was refused" : "accesses were refused"))</ul>
      <p>The population is the \(HTMLText.number(report.population)) entries between two signed sizes of the log, \
      \(HTMLText.number(report.start.size)) and \(HTMLText.number(report.end.size)), without a gap. \(verdict)</p>
      """)
  }

  private var population: String {
    func row(_ name: String, _ bound: LogReport.Bound) -> String {
      "<tr><td>\(name)</td><td class=\"number\">\(HTMLText.number(bound.size))</td>"
        + "<td>\(bound.time.map { TimeText.utc($0) } ?? "before the first entry")</td>"
        + "<td class=\"hash\">\(Base64.encode(bound.root.bytes))</td></tr>"
    }
    let notes = [("before the period", report.start), ("behind the period", report.end)].filter {
      !$0.1.note.isEmpty
    }
    let outside = report.statistics.outOfTime
    let remark =
      outside == 0
      ? ""
      : "<p>\(HTMLText.number(outside)) of these entries carry a time outside the period, though they were written "
        + "within it: they belong to the same commit, or a clock was wrong. They are counted here.</p>"
    return section(
      2, "population", "Population",
      """
      <p>Every commit of the vault ends with a checkpoint that the log's key and the acting user sign. The population is \
      the difference of two of them: from the last one before the period's first entry to the first one behind its last \
      entry. Who holds both can recompute it.</p>
      <table><thead><tr><th scope="col">Checkpoint</th><th scope="col" class="number">Size</th><th scope="col">Last entry</th>\
      <th scope="col">Root of the tree, SHA-256</th></tr></thead>
      <tbody>\(row("Before the period", report.start))\(row("Behind the period", report.end))<tr><td><strong>Population</strong></td>\
      <td class="number"><strong>\(HTMLText.number(report.population))</strong></td>\
      <td colspan="2">entries \(HTMLText.number(report.start.size)) to \(HTMLText.number(report.end.size - 1))</td></tr></tbody></table>
      \(remark)
      <h3>The signed notes</h3>\(notes.map { "<pre aria-label=\"Checkpoint \($0.0)\">\(HTMLText.lines($0.1.note))</pre>" }.joined())
      """)
  }

  private var verification: String {
    let result = report.verification
    func row(_ what: String, _ found: String) -> String { "<tr><td>\(what)</td><td>\(found)</td></tr>" }
    let problems = result.problems.prefix(200).map { problem in
      "<tr><td class=\"number\">\(problem.seq.map { HTMLText.number($0) } ?? "")</td><td>\(HTMLText.escaped(problem.code.name))</td>"
        + "<td>\(HTMLText.escaped(problem.text))</td></tr>"
    }
    let list =
      problems.isEmpty
      ? "<p class=\"good-text\">No problem was found.</p>"
      : "<table><caption>\(HTMLText.number(result.problemCount)) problems, \(problems.count) shown</caption><thead><tr>"
        + "<th scope=\"col\" class=\"number\">Entry</th><th scope=\"col\">Kind</th><th scope=\"col\">What</th></tr></thead><tbody>\(problems.joined())</tbody></table>"
    return section(
      3, "verification", "Verification",
      """
      <p>Done when this report was made, over the whole log and not only the period, from the bytes of the entries: \
      stored hashes are not believed.</p>
      <table><tbody>\(row("Entries whose tree was rebuilt", HTMLText.number(result.checkedEntries)))\
      \(row("Signed checkpoints checked, each with both signatures", HTMLText.number(result.checkedCheckpoints)))\
      \(row("Entries whose sealed parts were opened and held against their hashes and their signer", HTMLText.number(result.openedEntries)))\
      \(row("Size of the log", HTMLText.number(result.size)))\
      \(row("Root", "<span class=\"hash\">\(Base64.encode(result.root.bytes))</span>"))</tbody></table>
      <h3>Result</h3>\(list)
      """)
  }

  private var reviews: String {
    let rows = report.reviews.suffix(200).map { entry in
      let size = entry.what.details?["size"]?.integer
      let closed = entry.what.details?["closed"]?.array?.count ?? 0
      return
        "<tr><td class=\"number\">\(HTMLText.number(entry.envelope.seq))</td><td>\(TimeText.utc(entry.envelope.time))</td>"
        + "<td>\(HTMLText.escaped(entry.who.actor)), \(HTMLText.escaped(entry.who.role))</td>"
        + "<td class=\"number\">\(size.map { HTMLText.number($0) } ?? "")</td><td class=\"number\">\(closed)</td>"
        + "<td>\(HTMLText.escaped(ReportTable.outcome(entry.what)))</td>"
        + "<td>\(HTMLText.escaped(entry.what.details?["note"]?.string ?? ""))</td></tr>"
    }
    let table =
      rows.isEmpty
      ? "<p>No review was signed within the population.</p>"
      : "<table><thead><tr><th scope=\"col\" class=\"number\">Entry</th><th scope=\"col\">Time</th><th scope=\"col\">Reviewer</th>"
        + "<th scope=\"col\" class=\"number\">Seen up to</th><th scope=\"col\" class=\"number\">Flags</th><th scope=\"col\">Outcome</th><th scope=\"col\">Note</th></tr></thead>"
        + "<tbody>\(rows.joined())</tbody></table>"
    return section(6, "reviews", "Reviews", table)
  }

  private var entries: String {
    let heads = [
      "Entry", "Time (UTC)", "Actor", "Role", "Action", "Whom", "Purpose", "Data classes", "Outcome",
      "Ticket",
    ]
    let columns = heads.indices.map { "<col class=\"c\($0)\">" }.joined()
    let cells = heads.enumerated().map { index, head in
      "<th scope=\"col\" data-column=\"\(index)\"\(index == 0 ? " class=\"number\" aria-sort=\"ascending\"" : "")><button type=\"button\">\(head)</button></th>"
    }
    let shown = min(table.count, ReportTable.rowLimit)
    let cut =
      shown < table.count
      ? "<p>The page carries the newest \(HTMLText.number(shown)) entries; the figures above count all \(HTMLText.number(table.count)).</p>"
      : ""
    return section(
      7, "entries", "Entries",
      """
      \(cut)<noscript><p>The table of all entries needs this page's own script; everything else does not.</p></noscript>
      <div id="entries-live" hidden><div class="tools"><label for="search">Search</label>\
      <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="words, an id, a day, an entry’s number">\
      <span id="count" role="status"></span></div>
      <div id="frame" tabindex="0" role="region" aria-label="Entries"><table id="entries-table"><colgroup>\(columns)</colgroup>\
      <thead><tr>\(cells.joined())</tr></thead><tbody id="entries-body"></tbody></table></div></div>
      """)
  }

  private var method: String {
    let rules = report.policy.review.descriptions.map {
      "<tr><td>\($0.name)</td><td>\(HTMLText.escaped($0.text))</td></tr>"
    }
    return section(
      8, "method", "Method",
      """
      <p>This page was made by <code>crmvault audit report</code> from the sealed log itself, in the role of somebody who \
      reads the log and no customer data; making it is two entries of the log. Customers appear by pseudonym. Numbers of \
      customers from 1 to 4 are shown as “under 5”. Flags are a function of the log and the policy: whoever reads the same \
      log under the same policy finds the same flags with the same ids.</p>
      <p>To perform it again: <code>crmvault audit verify</code>, <code>crmvault audit flags --all</code>, \
      <code>crmvault audit list --format jsonl</code>; without any user, <code>crmvault audit verify --keyless</code>. What a \
      log alone cannot show is that no other copy of it exists: hold the two checkpoints above against those that you, a \
      witness or another machine have kept.</p>
      <table><caption>Rules in force for flags</caption><tbody>\(rules.joined())</tbody></table>
      """)
  }

  private var footer: String {
    "<footer class=\"page\">\(HTMLText.escaped(report.settings.name)) · \(report.vaultID.description) · size "
      + "\(HTMLText.number(report.end.size)) · made \(TimeText.utc(report.made)) · confidential: names of staff, pseudonyms of customers</footer>"
  }

  private func section(_ number: Int, _ id: String, _ title: String, _ body: String) -> String {
    "<section id=\"\(id)\"><h2><span class=\"no\">\(number)</span>\(title)</h2>\n\(body)\n</section>"
  }
}
