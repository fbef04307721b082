import ArgumentParser
import AuditLog
import Release
import Vault

/// `crmvault export pseudonymized`
struct ExportPseudonymizedCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "pseudonymized",
    abstract: "Hand out rows under pseudonyms of their own: still personal data.",
    discussion: """
      This is no anonymized export. Each row is one customer as it is, under a pseudonym P-… that is made for this \
      release alone: two releases cannot be joined by it, and only a privacy officer and a custodian together can go \
      back ('export reidentify'). The file says of each row that it is personal data; handing it out needs a contract.

      The columns are fields of the class profile and figures of behavior, as they are; a customer who lacks one has \
      an empty cell.

      Exit status: 0 done, 64 usage, 65 an unknown column, 66 no such vault or file, 73 an output exists already, \
      74 input/output, 76 integrity, 77 not permitted, 78 configuration, or no age program.
      """)

  /// The column that says what the rows are.
  static let mark = "personal_data"

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Release") var export: ExportOptions
  @Option(help: "The columns, comma-separated (default: gender,city,tier,tenure,recency,frequency,amount).")
  var columns = "gender,city,tier,tenure,recency,frequency,amount"
  @OptionGroup(title: "Encryption") var recipients: AgeRecipients
  @Option(help: "How rows are written (default: by the ending, jsonl or else csv).") var format:
    ReleaseFormat?

  func run(on console: Console) throws {
    try export.check()
    let names = columns.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !names.contains(""), Set(names).count == names.count else {
      throw CommandFailure.usage("bad_columns", "--columns are names, comma-separated, each once")
    }
    let plan = try export.plan(names.map { ExportPlan.Wanted($0, isRequired: false) })
    let age = try recipients.program(in: console.environment)
    let draft = try DraftFile(path: export.out)
    let rows = TableRows(columns: names)
    let session = try options.openSession(on: console)
    let order = ExportOrder(
      .pseudonymized, purpose: options.purpose, recipient: export.recipient, notice: export.notice,
      plan: plan,
      details: ["encrypted": .bool(age != nil)], isDryRun: export.dryRun)
    let format = format ?? ReleaseFormat(path: export.out)
    var facts: ExportGathering?
    let issued = try session.export(order, into: rows) { error in
      CommandFailure.describing(error).code
    } conclude: { gathering in
      facts = gathering
      guard gathering.rows > 0 else {
        throw CommandFailure.badInput("no_rows", "there is no customer whom this purpose may reach")
      }
      guard !export.dryRun else { return nil }
      let filled = try draft.fill(through: age) { sink in
        try Self.write(rows.table, gathering, format, to: sink)
      }
      var body = ReleaseBody.file(filled, format: format.rawValue)
      body["personal_data"] = true
      body["rows"] = .integer(Int64(gathering.rows))
      body["columns"] = .array(names.map { .string($0) })
      return ReleaseDraft(body: body, classOfRow: [])
    }
    if let issued { try export.publish(draft, issued) }
    guard let facts else { throw CommandFailure.bug("an export came to no end") }
    try writeSummary(facts, issued, on: console)
    console.warning(
      "\(export.dryRun ? "this would be" : export.out + " is") personal data: it is pseudonymized, not anonymized"
    )
  }

  /// Writes the rows in an order that says nothing of the vault's.
  private static func write(
    _ table: SourceTable, _ gathering: ExportGathering, _ format: ReleaseFormat,
    to sink: @escaping (Span<UInt8>) throws(CommandFailure) -> Void
  ) throws {
    guard let pseudonyms = gathering.pseudonyms else {
      throw CommandFailure.bug("a release without pseudonyms")
    }
    let writer = RowWriter(format, columns: ["pseudonym"] + table.columns.map(\.name) + [mark], to: sink)
    let texts = table.columns.map { $0.values.map { Array($0.utf8) } }
    let yes = Array("pseudonymized".utf8)
    try writer.begin()
    for row in (0..<table.rowCount).shuffled() {
      let pseudonym = Array(pseudonyms.pseudonym(ofRow: row).utf8)
      try writer.cell(pseudonym.span)
      for (place, column) in table.columns.enumerated() {
        let text = texts[place][Int(column.codes[row])]
        try writer.cell(text.span)
      }
      try writer.cell(yes.span)
      try writer.endRow()
    }
    try writer.finish()
  }

  private func writeSummary(_ gathering: ExportGathering, _ issued: SignedReceipt?, on console: Console)
    throws
  {
    let facts = ExportFacts(
      gathering: gathering, recipient: export.recipient, issued: issued, receipt: export.receipt)
    guard options.json else {
      let name = issued == nil ? "dry run, nothing written" : export.out
      return try console.output.write(
        "\(name): \(gathering.rows) rows\n" + VisibleText.visible(facts.line) + "\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("release", facts.release)
      try json.field("rows", gathering.rows)
      try json.object("excluded") { json in
        for (reason, customers) in gathering.excluded { try json.field(reason, customers) }
      }
      try json.field("personal_data", true)
      try json.field("file", issued == nil ? nil : export.out)
      try json.field("sha256", issued?.body["sha256"]?.string)
      try facts.writeFields(&json)
    }
    try json.finish()
  }
}
