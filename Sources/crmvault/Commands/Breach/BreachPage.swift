import AuditLog
import Page
import Vault

/// A breach report for people: one page that opens offline and has no script.
struct BreachPage {
  /// How many customers the page names; the JSON form names all.
  private static let customerLimit = 1000

  private static let sections: [(id: String, title: String)] = [
    ("answer", "The answer"), ("read", "What the log says was read"), ("could", "What could have been read"),
    ("held", "Who held which role"), ("accesses", "The accesses"), ("customers", "Whose data"),
    ("limits", "What this rests on"),
  ]

  private let report: BreachReport

  /// The page of a report.
  init(_ report: BreachReport) { self.report = report }

  /// Writes it.
  func write(_ session: Session, to output: OutputChannel) throws {
    var html = HTMLWriter(to: output)
    let period =
      "\(TimeText.utc(report.since)) to \(report.until.map { TimeText.utc($0) } ?? TimeText.utc(report.made))"
    try html.markup(StreamedPage.beginning(title: "Breach report: \(report.cause.description)"))
    try html.markup(
      StreamedPage.header(
        kicker: "For the notice to the supervisory authority", title: "Breach report",
        lead: "\(report.cause.description), \(period)",
        facts: [
          ("Vault", report.settings.name), ("Vault id", report.vaultID.description),
          ("In the wrong hands", report.cause.description), ("Period", period),
          ("Made", TimeText.utc(report.made)), ("Size of the log", HTMLText.number(report.size)),
        ], sections: Self.sections))
    try writeAnswer(&html)
    try writeRead(&html)
    try writeReach(&html)
    try writeHoldings(&html)
    try writeAccesses(&html)
    try writeCustomers(session, &html)
    try writeLimits(&html)
    try html.markup(
      StreamedPage.end(
        "\(report.settings.name) · \(report.vaultID.description) · made \(TimeText.utc(report.made)) · confidential: "
          + "names of staff, pseudonyms of customers"))
    try html.finish()
  }

  private func begin(_ number: Int, _ html: inout HTMLWriter) throws(CommandFailure) {
    let section = Self.sections[number - 1]
    try html.beginSection(number, section.id, section.title)
  }

  private func writeAnswer(_ html: inout HTMLWriter) throws {
    try begin(1, &html)
    func figure(_ number: UInt64, _ text: String) -> String {
      "<li><b>\(HTMLText.number(number))</b><span>\(text)</span></li>"
    }
    let reach = report.reach.map(\.customers).max() ?? 0
    try html.markup(
      "<ul class=\"figures\">"
        + figure(report.customers, "customers of whom something was read")
        + figure(reach, "customers of whom something could have been read")
        + figure(report.universe, "customers in the vault at the period’s end")
        + figure(UInt64(report.statistics.all.entries), "entries of the log in question") + "</ul>\n")
    let classes = report.classes.map(\.name).joined(separator: ", ")
    let could = report.reach.map(\.dataClass.name).joined(separator: ", ")
    try html.markup("<p>Categories of data that were read: ")
    try html.text(classes.isEmpty ? "none" : classes)
    try html.markup(". Categories that could have been read: ")
    try html.text(could.isEmpty ? "none" : could)
    try html.markup(".</p>\n")
    try html.endSection()
  }

  private func writeRead(_ html: inout HTMLWriter) throws {
    try begin(2, &html)
    try html.beginTable(["Data class", "Customers"])
    for reading in report.classes { try html.row([reading.name, HTMLText.number(reading.customers)]) }
    try html.endTable()
    if !report.fields.isEmpty {
      try html.markup("<h3>Fields that were shown in the clear, or written</h3>")
      try html.beginTable(["Field", "Customers"])
      for reading in report.fields { try html.row([reading.name, HTMLText.number(reading.customers)]) }
      try html.endTable()
    }
    if report.unknown > 0 {
      try html.markup(
        "<p>Of \(HTMLText.number(report.unknown)) entries of the period it is no longer known who acted or what was done: "
          + "these parts were erased under the log’s retention policy.</p>")
    }
    if report.prunedBelow > 0 {
      try html.markup(
        "<p>Entries below \(HTMLText.number(report.prunedBelow)) are gone under the log’s retention policy: what they told is "
          + "not counted here.</p>")
    }
    try html.endSection()
  }

  private func writeReach(_ html: inout HTMLWriter) throws {
    try begin(3, &html)
    try html.beginTable(["Data class", "Customers whose data the keys open", "Erased by now"])
    for reach in report.reach {
      try html.row([
        reach.dataClass.name, HTMLText.number(reach.customers), HTMLText.number(reach.erased),
      ])
    }
    try html.endTable()
    try html.markup(
      "<p>A key opens nothing without the file of customer keys, which lies apart from the vault. Whoever had both could "
        + "have read this much with a program of their own, without an entry of the log.</p>")
    try html.endSection()
  }

  private func writeHoldings(_ html: inout HTMLWriter) throws {
    try begin(4, &html)
    try html.beginTable(["User", "Role", "From", "Until"])
    for holding in report.holdings {
      try html.row([
        holding.user, holding.role.name, TimeText.utc(holding.from),
        holding.until.map { TimeText.utc($0) } ?? "this day",
      ])
    }
    try html.endTable()
    try html.endSection()
  }

  private func writeAccesses(_ html: inout HTMLWriter) throws {
    try begin(5, &html)
    let all = report.statistics.all
    let times = [report.first, report.last].compactMap { $0 }.map { TimeText.utc($0) }
    try html.markup(
      "<p>\(HTMLText.number(all.entries)) entries, \(HTMLText.number(all.denied)) of them refusals and "
        + "\(HTMLText.number(all.bulk)) about sets of customers"
        + (times.isEmpty ? "" : ", from \(times.joined(separator: " to "))") + ".</p>")
    for (title, tallies) in [
      ("By user", report.statistics.actors), ("By action", report.statistics.actions),
      ("By purpose", report.statistics.purposes),
    ] {
      try html.markup("<h3>\(title)</h3>")
      try html.beginTable(["", "Entries", "Refused"])
      for (name, tally) in tallies.sorted(by: { $0.key < $1.key }) {
        try html.row([name, HTMLText.number(tally.entries), HTMLText.number(tally.denied)])
      }
      try html.endTable()
    }
    if !report.releases.isEmpty {
      try html.markup("<h3>Releases that were made</h3>")
      try html.releases(report.releases)
    }
    try html.markup("<h3>By host</h3>")
    try html.beginTable(["Host", "Entries"])
    for origin in report.origins { try html.row([origin.name, HTMLText.number(origin.entries)]) }
    try html.endTable()
    try html.endSection()
  }

  private func writeCustomers(_ session: Session, _ html: inout HTMLWriter) throws {
    try begin(6, &html)
    if report.customers > UInt64(Self.customerLimit) {
      try html.markup(
        "<p>The first \(HTMLText.number(Self.customerLimit)) of \(HTMLText.number(report.customers)); the same report as JSON "
          + "names all.</p>")
    }
    try html.beginTable(["Customer", "Data classes"])
    try session.visitCustomers(of: report, limit: Self.customerLimit) { pseudonym, classes in
      try html.row([pseudonym.description, classes.map(\.name).joined(separator: ", ")])
    }
    try html.endTable()
    try html.endSection()
  }

  private func writeLimits(_ html: inout HTMLWriter) throws {
    try begin(7, &html)
    try html.markup(
      """
      <p>What was read is what the log says, and the log is complete for this program: nothing is shown before an entry of \
      it is durable. The log was held against its signed head when this report was made. An access that was begun and of \
      which no result is known counts with everybody it may have touched. What could have been read follows from the \
      statements that granted and revoked roles, and from the file of customer keys.</p>
      <p>To perform it again: <code>crmvault breach report</code> with the same arguments; <code>crmvault audit verify</code>; \
      <code>crmvault audit list --actor NAME --since TIME</code>.</p>
      """)
    try html.endSection()
  }
}
