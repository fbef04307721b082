import AuditLog
import Page
import Sodium
import Vault

/// A subject report for people: one page that opens offline and has no script.
final class SubjectReportPage: SubjectReceiver {
  private static let sections: [(id: String, title: String)] = [
    ("identity", "Who you are"), ("profile", "Your profile"), ("consent", "Your consents and objections"),
    ("purposes", "What your data is used for"), ("kept", "Where it came from, and how long it is kept"),
    ("events", "What was recorded"), ("accesses", "Who looked: what and why"),
    ("recipients", "Who received data about you"), ("rights", "What you can do"),
  ]

  private var html: HTMLWriter
  private var counts = SubjectReportCounts()
  private var currency = ""
  private var footer = ""
  private var recipients = ReleaseMentions()

  /// A page that is written as it comes.
  init(to output: OutputChannel) { html = HTMLWriter(to: output) }

  func begin(_ file: SubjectFile) throws {
    currency = file.settings.currency
    let id = file.members.first?.pseudonym.description ?? ""
    footer =
      "\(file.settings.name) · \(id) · made \(TimeText.utc(file.made)) · personal data: for this customer alone"
    try html.markup(StreamedPage.beginning(title: "Everything held about \(id)"))
    try html.markup(
      StreamedPage.header(
        kicker: "Answer to a request for access", title: "Everything held about you",
        lead: "by \(file.settings.name), as of \(TimeText.utc(file.made))",
        facts: [
          ("Your id", id), ("Made", TimeText.utc(file.made)), ("For", file.purpose.name),
          ("Legal basis", file.purpose.legalBasis), ("Policy", String(file.policy.hashText.prefix(16))),
          ("Joined with", file.members.dropFirst().map(\.pseudonym.description).joined(separator: ", ")),
        ].filter { !$0.1.isEmpty }, sections: Self.sections))
    try writeFields(file, .identity, 1)
    try writeFields(file, .profile, 2)
    try writeConsents(file)
    try writePurposes(file)
    try writeKept(file)
    try begin(6)
    try html.beginTable(["Time", "Kind", "Amount or value", "Product", "Category", "Channel"])
  }

  func take(_ event: SubjectEvent) throws {
    counts.events += 1
    var text = WipedBytes()
    try html.markup("<tr><td>")
    if EventText.append(timeOf: event.event, to: &text) { try html.text(text) }
    try html.markup("</td><td>\(EventText.kind(event.event))</td>")
    switch event.event.detail {
    case .transaction(let payment):
      try cell(payment.amountMinor, payment.currency.description)
      try cells(event, [payment.product, payment.category, payment.channel])
    case .rating(let rating):
      try cell(EventText.parts(rating).map { ($0.name, Double($0.thousandths) / 1000) })
    case .referral(let referral):
      if let value = referral.valueMinor { try cell(value, currency) } else { try cells(event, [nil]) }
      try cells(event, [nil, nil, nil])
    case .interaction(let interaction):
      try cells(event, [interaction.kind, nil, nil, interaction.channel])
    case .factors(let factors):
      try cell(EventText.parts(factors).map { ($0.name, $0.value) })
    }
    try html.markup("</tr>\n")
  }

  func endEvents() throws {
    try html.endTable()
    try html.markup("<p>\(HTMLText.number(counts.events)) events.</p>")
    try html.endSection()
    try begin(7)
    try html.markup(
      "<p>Every access to your data that the log has, with the purpose and its legal basis. The names of the people who "
        + "acted are not part of this answer. Your copy of the proofs, if you asked for them, shows that nothing is left "
        + "out.</p>")
    try html.beginTable(["Time", "What was done", "How", "Purpose", "Legal basis", "Data", "Outcome"])
  }

  func take(_ access: LogEntry, _ involvement: Session.Involvement) throws {
    counts.accesses += 1
    recipients.take(access)
    let what = access.what
    try html.row([
      TimeText.utc(access.envelope.time), what.action + (what.phase.map { " (\($0.rawValue))" } ?? ""),
      involvement == .direct ? "yours alone" : "among others", what.purpose ?? "", what.legalBasis ?? "",
      (what.object.fields.isEmpty ? what.object.classes : what.object.fields).joined(separator: ", "),
      ReportTable.outcome(what),
    ])
  }

  /// Ends the page.
  func finish() throws(CommandFailure) -> SubjectReportCounts {
    try html.endTable()
    try html.markup("<p>\(HTMLText.number(counts.accesses)) accesses.</p>")
    try html.endSection()
    try begin(8)
    if recipients.all.isEmpty {
      try html.markup("<p>The log has no release of data that you were in.</p>\n")
    } else {
      try html.releases(recipients.all)
    }
    try html.endSection()
    try begin(9)
    try html.markup(
      """
      <p>You can have data corrected that is wrong, ask for erasure or for restriction, take a consent back at any time, \
      object to what rests on a legitimate interest, and take this data with you: the same report exists as JSON, for \
      programs. You can complain to the supervisory authority. Write to the company, and name your id.</p>
      """)
    try html.endSection()
    try html.markup(StreamedPage.end(footer))
    try html.finish()
    return counts
  }

  // MARK: - Sections

  private func begin(_ number: Int) throws(CommandFailure) {
    let section = Self.sections[number - 1]
    try html.beginSection(number, section.id, section.title)
  }

  private func writeFields(_ file: SubjectFile, _ dataClass: DataClass, _ number: Int) throws {
    try begin(number)
    for member in file.members {
      if file.members.count > 1 { try html.markup("<h3>\(member.pseudonym.description)</h3>") }
      if member.erasedClasses.contains(dataClass) { try html.markup("<p>This data was erased.</p>") }
      try html.beginTable(["Field", "Value"])
      for name in member.view.names(of: dataClass) {
        try html.markup("<tr><td>\(HTMLText.escaped(name.text))</td><td>")
        _ = try member.view.withValue(of: name, in: dataClass) {
          (value: Span<UInt8>) throws(CommandFailure) in
          try html.text(value)
        }
        try html.markup("</td></tr>\n")
      }
      try html.endTable()
    }
    let changes = file.members.flatMap(\.changes).filter { $0.dataClass == dataClass }
    if !changes.isEmpty {
      try html.markup("<h3>When it was changed</h3>")
      try html.beginTable(["Time", "Fields"])
      for change in changes {
        try html.row([TimeText.utc(change.time), change.fields.joined(separator: ", ")])
      }
      try html.endTable()
    }
    try html.endSection()
  }

  private func writeConsents(_ file: SubjectFile) throws {
    try begin(3)
    try html.beginTable(["Time", "Purpose", "What you said", "Where", "Text", "Legal basis"])
    for change in file.members.flatMap({ $0.view.consent?.changes ?? [] }).sorted(by: { $0.time < $1.time }) {
      try html.row([
        TimeText.utc(change.time), change.purpose, change.state.name, change.source, change.textVersion,
        change.legalBasis ?? "",
      ])
    }
    try html.endTable()
    try html.endSection()
  }

  private func writePurposes(_ file: SubjectFile) throws {
    try begin(4)
    try html.beginTable(["Purpose", "Legal basis", "Asks of you", "For you now"])
    for standing in file.purposes {
      let asks =
        switch standing.purpose.rule {
        case .consent: "your consent"
        case .objection: "that you have not objected"
        case .none: "nothing"
        }
      try html.row([
        standing.purpose.name, standing.purpose.legalBasis, asks, standing.isAllowed ? "used" : "not used",
      ])
    }
    try html.endTable()
    if file.isRestricted {
      try html.markup(
        "<p>Your data is restricted: it is kept, and used for your own requests and legal claims alone.</p>\n"
      )
    }
    try html.markup("<h3>Who may use what within the company</h3>")
    try html.beginTable(["Role", "Data", "Purposes"])
    for reader in file.readers {
      try html.row([
        reader.role.name, reader.classes.map(\.name).joined(separator: ", "),
        reader.purposes.joined(separator: ", "),
      ])
    }
    try html.endTable()
    try html.endSection()
  }

  private func writeKept(_ file: SubjectFile) throws {
    try begin(5)
    let sources = [
      ("Account numbers at", file.accountSources), ("Consents and objections by", file.consentSources),
    ]
    for (title, names) in sources where !names.isEmpty {
      try html.markup("<p>\(title): ")
      try html.text(names.joined(separator: ", "))
      try html.markup(".</p>\n")
    }
    try html.markup(
      "<p>What else is here was entered by the company’s staff, or imported from its own systems.</p>\n")
    try html.beginTable(["What", "Kept for"])
    let rules = file.policy.retention
    func row(_ what: String, _ days: Int?, _ words: String) throws(CommandFailure) {
      try html.row([what, days.map { "\($0) days\(words)" } ?? "no limit is stated"])
    }
    try row("who you are", rules.classDays[.identity], " after the company last heard of you")
    try row("your profile", rules.classDays[.profile], " after the company last heard of you")
    try row("events", rules.classDays[.behavior], "")
    try row("consents that were superseded", rules.classDays[.consent], "")
    try row("scores", rules.classDays[.score], "")
    for (purpose, days) in rules.consentDays.sorted(by: { $0.key < $1.key }) {
      try row("a consent for \(purpose)", days, ", then it ends")
    }
    try row("backups", rules.backupDays, "")
    for (dataClass, until) in file.holds.sorted(by: { $0.key < $1.key }) {
      try html.row([
        "\(dataClass.name), which the law wants kept",
        until.map { "until \(TimeText.utc($0))" } ?? "until further notice",
      ])
    }
    try row("who of the staff looked at your data", file.policy.log.whoDays, "")
    try row("that and why somebody looked", file.policy.log.entryDays, "")
    try html.endTable()
    try html.endSection()
  }

  // MARK: - Cells of events

  private func cell(_ minorUnits: Int64, _ currency: String) throws(CommandFailure) {
    var text = WipedBytes()
    Digits.append(money: minorUnits, decimals: CustomerWriter.decimals(of: currency), to: &text)
    try html.markup("<td class=\"number\">")
    try html.text(text)
    try html.markup(" \(HTMLText.escaped(currency))</td>")
  }

  private func cell(_ parts: [(name: String, value: Double)]) throws(CommandFailure) {
    let text = parts.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    try html.markup("<td colspan=\"4\">\(HTMLText.escaped(text))</td>")
  }

  private func cells(_ event: SubjectEvent, _ texts: [BehaviorEvent.TextIndex?]) throws(CommandFailure) {
    var text = WipedBytes()
    for index in texts {
      text.removeAll()
      if let index { event.append(index, to: &text) }
      try html.markup("<td>")
      try html.text(text)
      try html.markup("</td>")
    }
  }
}
