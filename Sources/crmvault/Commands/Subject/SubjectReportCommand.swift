import ArgumentParser
import Vault

/// `crmvault subject report`
struct SubjectReportCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write everything that is held about one customer into a file.",
    discussion: """
      For privacy officers, for the purpose data-subject-request (GDPR articles 15 and 20): identity, profile, every \
      event, consents with their history, sources, purposes and legal bases, who may use what, how long it is kept, and \
      the access history of the log: what was done, when and why, and nobody of the staff.

      FILE.json is for programs, FILE.html for people: one page that opens offline. It is written for you alone (mode \
      0600) and appears whole or not at all. The report is an entry of the log, durable before anything is opened, and \
      so is the reading of the log. With --to it is encrypted to the customer's age key on its way: no plaintext lies in a \
      file (FILE.json.age).

      Exit status: 0 done, 64 usage, 66 no such vault or customer, 73 FILE exists already, 74 input/output, 75 busy, 76 \
      integrity, 77 not permitted or wrong passphrase, 78 configuration, or no age.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String
  @Option(help: "The file to make; it must not be there.", completion: .file()) var out: String
  @Option(help: "json or html (default: by the ending of FILE).") var format: ReportFormat?
  @OptionGroup(title: "Encryption") var recipients: AgeRecipients

  func run(on console: Console) throws {
    let id = try CustomerID.parse(id)
    let format = try format ?? ReportFormat(file: out)
    let age = try recipients.program(in: console.environment)
    let draft = try DraftFile(path: out)
    let session = try options.openSession(on: console)
    var encryption: AgeEncryption?
    var channel = draft.channel(on: console)
    if let age {
      let started = try AgeEncryption(age, output: draft.descriptor.number)
      channel = started.channel(on: console)
      encryption = started
    }
    let counts: SubjectReportCounts
    do {
      counts = try write(format, id, session, to: channel)
    } catch let failure as CommandFailure where failure.isSilent {
      // Nobody takes the plaintext any more: how age ended says why.
      try encryption?.finish()
      throw failure
    }
    try encryption?.finish()
    try draft.publish()
    guard options.json else {
      return try console.output.write("\(out): \(counts.events) events, \(counts.accesses) accesses.\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("file", out)
      try json.field("format", format.rawValue)
      try json.field("customer", id.description)
      try json.field("events", counts.events)
      try json.field("accesses", counts.accesses)
    }
    try json.finish()
  }

  private func write(
    _ format: ReportFormat, _ id: Pseudonym, _ session: Session, to channel: OutputChannel
  ) throws -> SubjectReportCounts {
    switch format {
    case .json:
      let report = SubjectReportJSON(to: channel)
      try session.subjectReport(id, purpose: options.purpose, to: report)
      return try report.finish()
    case .html:
      let report = SubjectReportPage(to: channel)
      try session.subjectReport(id, purpose: options.purpose, to: report)
      return try report.finish()
    }
  }
}

/// The form of a report about customers.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  /// For programs.
  case json
  /// For people.
  case html

  /// The form that a file's ending names, a last `.age` aside.
  init(file path: String) throws(CommandFailure) {
    let file = path.hasSuffix(".age") ? String(path.dropLast(4)) : path
    if file.hasSuffix(".json") {
      self = .json
    } else if file.hasSuffix(".html") || file.hasSuffix(".htm") {
      self = .html
    } else {
      throw .usage(
        "unknown_format", "the file's ending does not say in which form it is to be written",
        hints: "end it with .json or .html, or add --format")
    }
  }
}

extension DraftFile {
  /// The file as results are written to.
  borrowing func channel(on console: Console) -> OutputChannel {
    OutputChannel(
      descriptor: descriptor.number, name: path, environment: console.environment,
      statusLine: console.statusLine)
  }
}

extension AgeEncryption {
  /// The way in, as results are written to.
  func channel(on console: Console) -> OutputChannel {
    OutputChannel(
      descriptor: inputDescriptor, name: "age", environment: console.environment,
      statusLine: console.statusLine)
  }
}

/// What a subject report holds.
struct SubjectReportCounts {
  /// How many events.
  var events = 0
  /// How many accesses of the log.
  var accesses = 0
}
