import Anonymization
import ArgumentParser
import AuditLog
import Release
import Vault

/// `crmvault export anonymized`
struct ExportAnonymizedCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "anonymized", abstract: "Hand out recoded rows without any id, measured and with a receipt.",
    discussion: """
      The rows are the customers whom the purpose may reach by their consents and objections, with the columns of the \
      profile: fields of the class profile, and figures of behavior (recency, tenure, frequency, amount and the other \
      factors of 'score'), in bands. A customer without a figure that goes into bands is left out and counted as \
      missing:COLUMN. No id, no row number leaves; rows are shuffled; what the profile does not name stays.

      The rows are recoded so that every class of equal quasi-identifiers meets the limits, written under a temporary \
      name or through age, and measured again from those bytes by code that shares nothing with the recoder. Only where \
      both say the same is the release written into the log, and only then is there FILE.receipt.json and FILE. What \
      was measured is printed; it is no promise that nobody can learn more.

      Memory: 4 bytes a cell, about 60 bytes a row to recode and 30 to measure, and each different value once.

      Exit status: 0 done, 64 usage, 65 a profile or limits that cannot be met, 66 no such vault or file, 70 the two \
      measurements differ, 73 an output exists already, 74 input/output, 76 integrity, 77 not permitted, or a second \
      person must approve, 78 configuration, or no age program.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Release") var export: ExportOptions
  @Option(help: "The profile: default, or a YAML file of columns, roles, hierarchies and limits.")
  var profile = ExportProfile.standard
  @OptionGroup(title: "Limits") var limits: LimitOptions
  @OptionGroup(title: "Encryption") var recipients: AgeRecipients
  @Option(help: "How rows are written (default: by the ending, jsonl or else csv).") var format:
    ReleaseFormat?
  @Option(help: "Write a risk report as an HTML file: it is not for the recipient.", completion: .file())
  var report: String?

  func run(on console: Console) throws {
    try export.check()
    if let report, TextFile.exists(report) {
      throw CommandFailure("exists", "\(report) exists already", hint: "choose another path", exit: .exists)
    }
    let profile = try ExportProfile(profile, limits)
    let plan = try export.plan(profile.columns)
    let age = try recipients.program(in: console.environment)
    let draft = try DraftFile(path: export.out)
    let rows = TableRows(columns: profile.profile.columns.map(\.name))
    let session = try options.openSession(on: console)
    let order = ExportOrder(
      .anonymized, purpose: options.purpose, recipient: export.recipient, notice: export.notice, plan: plan,
      details: ["profile": .string(profile.sha256), "encrypted": .bool(age != nil)], isDryRun: export.dryRun)
    let making = ReleaseMaking(
      profile: profile, recipient: export.recipient, format: format ?? ReleaseFormat(path: export.out),
      age: age, report: report,
      onLoss: .refuse, reuse: nil, isDryRun: export.dryRun, console: console)
    var made: ReleaseMaking.Made?
    let issued = try session.export(order, into: rows) { error in
      CommandFailure.describing(error).code
    } conclude: { gathering in
      let result = try making.make(rows.table, gathering, draft)
      made = result
      return export.dryRun ? nil : result.draft
    }
    if let issued { try export.publish(draft, issued) }
    guard let made else { throw CommandFailure.bug("an export came to no end") }
    try made.publishReport()
    try made.writeSummary(issued, export: export, json: options.json, on: console)
  }
}
