import ArgumentParser
import AuditLog
import Vault

/// `crmvault audit report`
struct AuditReportCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a report on the log as one page of HTML.",
    discussion: """
      Population as the difference of two signed sizes, verification of the whole log, activity over time and by user, \
      action, purpose and data class, hours, flags, reviews, and a table of all entries to search and sort. The page \
      needs nothing else, opens offline and prints. It names staff and pseudonyms of customers: FILE is for you alone \
      (mode 0600).

      Exit status: 0 done, 64 usage, 66 no entry in the period, 73 FILE exists already, 76 the log does not verify (the \
      report says so too), 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "From this time on: YYYY-MM-DD in the vault's zone, or RFC 3339.") var since: String?
  @Option(help: "Up to this time.") var until: String?
  @Option(help: "The page; it must not be there.", completion: .file()) var out: String

  func run(on console: Console) async throws {
    guard !TextFile.exists(out) else {
      throw CommandFailure("exists", "\(out) exists already", hint: "choose another --out", exit: .exists)
    }
    let session = try options.openSession(on: console)
    let since = try since.map { try TimeBound.first($0, session) }
    let until = try until.map { try TimeBound.last($0, session) }
    var anchor = LogAnchor()
    anchor.verifierKey = try VerifierKeyFile.read(nil, options, isNeeded: false, console)
    let progress = Progress("reading the log", of: 0, on: console)
    defer { progress.finish() }
    var table = ReportTable()
    let report = try await session.logReport(
      since: since, until: until, anchor, workers: Processors.count, progress: { progress.advance(by: $0) }
    ) { table.add($0) }
    let page = ReportPage(report, table, version: Crmvault.configuration.version)
    try NewFile.write(page.html.utf8.span, to: out, mode: 0o600)
    progress.finish()
    try tell(report, console)
    guard report.verification.isOK else {
      throw CommandFailure(
        "integrity", "the log does not verify; \(out) says where",
        hint: "keep a copy as evidence before anything else",
        exit: .integrity)
    }
  }

  private func tell(_ report: LogReport, _ console: Console) throws {
    let open = report.flags.count { $0.isOpen }
    guard options.json else {
      return try console.output.write(
        "\(out): \(report.population) entries (\(report.start.size) to \(report.end.size)), \(open) open flags.\n"
      )
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("file", out)
      try json.field("start", report.start.size)
      try json.field("end", report.end.size)
      try json.field("population", report.population)
      try json.field("open_flags", open)
      try json.field("verified", report.verification.isOK)
    }
    try json.finish()
  }
}
