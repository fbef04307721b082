import ArgumentParser
import AuditLog
import Vault

/// `crmvault audit list`
struct AuditListCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the log's entries.",
    discussion: """
      Shows every entry that the options ask for, oldest first, the entry of this reading included. The whole log is \
      held against its signed checkpoint before anything is shown. For other systems: jsonl has the exact bytes of \
      envelope and parts as strings, to be hashed; ocsf is class 6005, Datastore Activity, of the Open Cybersecurity \
      Schema Framework, the purpose under unmapped; cef the Common Event Format; csv has cells that no spreadsheet runs.

      Exit status: 0 done, 64 usage, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "Only what this user did.") var actor: String?
  @Option(help: "Only this action: customer.show, or customer for all of customer.*") var action: String?
  @Option(help: "Only entries that name this customer; bulk reads are in 'audit subject'.") var subject:
    String?
  @Option(help: "Only this outcome: allowed, denied, error.") var outcome: String?
  @Option(help: "Only from this time on: YYYY-MM-DD in the vault's zone, or RFC 3339.") var since: String?
  @Option(help: "Only up to this time.") var until: String?
  @Option(help: "At most so many entries, the newest.") var limit: Int?
  @Option(help: "text, json, jsonl, csv, ocsf or cef.") var format: EntryFormat?

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit is a count") }
    if let outcome, !["allowed", "denied", "error"].contains(outcome) {
      throw ValidationError("--outcome is one of allowed, denied, error")
    }
    if options.json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) exclude each other")
    }
  }

  func run(on console: Console) throws {
    let subject = try subject.map { try CustomerID.parse($0) }
    let session = try options.openSession(on: console)
    var query = LogQuery()
    query.actor = actor
    query.action = action
    query.subject = subject
    query.outcome = outcome
    query.since = try since.map { try TimeBound.first($0, session) }
    query.until = try until.map { try TimeBound.last($0, session) }
    let format = format ?? (options.json ? .json : .text)
    var writer = try EntryWriter(format, source: try .of(session, for: format), to: console.output)
    try writer.list { writer in
      try session.readLog(query, limit: limit) { try writer.write($0) }
    }
  }
}
