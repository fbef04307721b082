import ArgumentParser
import AuditLog
import Sodium
import Vault

/// `crmvault breach`
struct BreachCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "breach", abstract: "Answer what a breach reaches.", subcommands: [BreachReportCommand.self])
}

/// `crmvault breach report`
struct BreachReportCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write whose data a stolen identity, role or key has read, and could have read.",
    discussion: """
      For auditors and privacy officers, for the notice that is due within 72 hours (GDPR article 33) or sooner. What was \
      read is what the log says: every look and every bulk run of the user or in the role, with classes, fields, purposes \
      and hosts. What could have been read is what the keys open that were held in the period. Of a class key that leaked \
      (--key 1, --key behavior:1) the log knows nothing: every access to its classes is told, to be compared with.

      FILE.json has the id of every customer of whom anything was read; FILE.html is for people, opens offline and \
      prints. FILE is for you alone (mode 0600). The report is an entry of the log.

      Exit status: 0 done, 64 usage, 66 no such vault or user, 73 FILE exists already, 74 input/output, 75 busy, 76 \
      integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(name: .customLong("user"), help: "A user whose identity is in the wrong hands.") var suspect:
    String?
  @Option(name: .customLong("key"), help: "A class key that is: EPOCH, or CLASS:EPOCH.") var suspectKey:
    String?
  @Option(help: "From this time on: YYYY-MM-DD in the vault's zone, or RFC 3339.") var since: String
  @Option(help: "Up to this time (default: now).") var until: String?
  @Option(help: "The file to make; it must not be there.", completion: .file()) var out: String
  @Option(help: "json or html (default: by the ending of FILE).") var format: ReportFormat?

  func run(on console: Console) throws {
    let cause = try cause()
    let format = try format ?? ReportFormat(file: out)
    let draft = try DraftFile(path: out)
    let session = try options.openSession(on: console, acting: nil)
    let since = try TimeBound.first(since, session)
    let until = try until.map { try TimeBound.last($0, session) }
    guard since <= until ?? since else {
      throw CommandFailure.usage("bad_period", "--since is after --until")
    }
    let progress = Progress("reading the log", of: 0, on: console)
    defer { progress.finish() }
    let report = try session.breachReport(cause, since: since, until: until) { progress.advance(by: $0) }
    switch format {
    case .json: try BreachJSON(report).write(session, to: draft.channel(on: console))
    case .html: try BreachPage(report).write(session, to: draft.channel(on: console))
    }
    try draft.publish()
    progress.finish()
    try tell(report, console)
  }

  private func cause() throws(CommandFailure) -> BreachCause {
    let role = try options.requestedRole()
    guard [suspect, role?.name, suspectKey].compactMap({ $0 }).count == 1 else {
      throw .usage("bad_cause", "one of --user, --role and --key says what is in the wrong hands")
    }
    if let suspect { return .user(suspect) }
    if let role { return .role(role) }
    let parts = (suspectKey ?? "").split(separator: ":", omittingEmptySubsequences: false)
    let dataClass = parts.count == 2 ? DataClass(name: String(parts[0])) : nil
    guard let epoch = parts.last.flatMap({ UInt32($0) }), epoch > 0, parts.count == 1 || dataClass != nil
    else {
      throw .usage("bad_key", "--key is an epoch such as 1, or a class and an epoch such as behavior:1")
    }
    return .key(epoch: epoch, dataClass)
  }

  private func tell(_ report: BreachReport, _ console: Console) throws {
    let reach = report.reach.map(\.customers).max() ?? 0
    guard options.json else {
      return try console.output.write(
        "\(out): \(report.statistics.all.entries) entries; something was read of \(report.customers) of "
          + "\(report.universe) customers, and could have been of \(reach).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("file", out)
      try json.field("entries", report.statistics.all.entries)
      try json.field("customers", report.customers)
      try json.field("could", reach)
      try json.field("universe", report.universe)
    }
    try json.finish()
  }
}
