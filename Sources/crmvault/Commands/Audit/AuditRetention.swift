import ArgumentParser
import AuditLog
import Vault

/// `crmvault audit retention`
struct AuditRetentionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention", abstract: "Let old parts of the log go, as the policy states.",
    discussion: """
      The policy states it: 'log: {retention: {who: 3y, entries: 10y}}'. Without a statement nothing ever goes.
      """,
    subcommands: [AuditRetentionShow.self, AuditRetentionApply.self])
}

/// `crmvault audit retention show`
struct AuditRetentionShow: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what the policy states, what is gone and what is due.",
    discussion: """
      Exit status: 0 done, 66 no such vault, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let retention = try options.openSession(on: console).logRetention()
    guard options.json else { return try RetentionText.write(retention, on: console) }
    var json = JSONWriter(to: console.output)
    try json.object { json in try json.fields(retention) }
    try json.finish()
  }
}

/// `crmvault audit retention apply`
struct AuditRetentionApply: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Take away what is due: who acted, then whole entries.",
    discussion: """
      For privacy officers. A signed statement in the log says first what goes; then each entry is reduced to the hash of \
      its leaf, or loses who acted. The tree, every proof and every signed head stay valid. Statements, and entries that \
      added customers, stay. Copies that were published or backed up before still have what goes here.

      Exit status: 0 done, 64 not confirmed, 66 no such vault, 74 input/output, 75 busy, 76 integrity, 77 not permitted, no \
      retention is stated, or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Flag(help: "Only say what is due.") var dryRun = false

  func run(on console: Console) throws {
    if !dryRun { try console.confirm("take away what is due of the log", yes: options.yes) }
    let session = try options.openSession(on: console)
    let outcome = dryRun ? nil : try session.applyLogRetention()
    let retention = try outcome?.retention ?? session.logRetention()
    guard options.json else {
      if let outcome { try RetentionText.write(outcome, on: console) }
      return try RetentionText.write(retention, on: console)
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.fields(retention)
      try json.field("pruned_entries", outcome?.prunedEntries)
      try json.field("erased_parts", outcome?.erasedParts)
    }
    try json.finish()
  }
}

/// `crmvault audit erase`
struct AuditErase: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase", abstract: "Erase who acted, or what was done, from one entry.",
    discussion: """
      For privacy officers: the entry stays in the log with its time and kind, and says that the part was erased. The \
      tree, every proof and every signed head stay valid.

      Exit status: 0 done, 64 usage, 66 no such vault or entry, 73 it was erased already, 74 input/output, 75 busy, 76 \
      integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The entry's number.") var seq: UInt64
  @Option(help: "The part: who or what.") var part: String

  func run(on console: Console) throws {
    guard let part = Statement.LogPart(rawValue: part) else {
      throw CommandFailure.usage("bad_part", "--part is who or what")
    }
    try console.confirm("erase the \(part.rawValue) of entry \(seq)", yes: options.yes)
    _ = try options.openSession(on: console).eraseLogPart(part, of: seq)
    guard options.json else {
      return try console.output.write("The \(part.rawValue) of entry \(seq) was erased.\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("seq", seq)
      try json.field("erased", part.rawValue)
    }
    try json.finish()
  }
}

/// The text form of a log's retention.
enum RetentionText {
  static func write(_ outcome: Session.LogRetentionOutcome, on console: Console) throws {
    try console.output.write(
      "Taken away: \(outcome.prunedEntries) entries, \(outcome.erasedParts) parts of entries.\n")
  }

  static func write(_ retention: Session.LogRetention, on console: Console) throws {
    func stated(_ days: Int?) -> String { days.map { "after \($0) days" } ?? "never" }
    let rules = retention.rules
    var lines = [
      "The policy lets go: who acted \(stated(rules.whoDays)), entries \(stated(rules.entryDays))."
    ]
    if retention.prunedBelow > 0 { lines.append("Pruned: entries below \(retention.prunedBelow).") }
    for (part, ranges) in [("Who acted", retention.erasedWho), ("What was done", retention.erasedWhat)]
    where !ranges.isEmpty {
      let text = ranges.map { "\($0.lowerBound) to \($0.upperBound - 1)" }.joined(separator: ", ")
      lines.append("\(part) is erased in the entries \(text).")
    }
    if let below = retention.duePruning { lines.append("Due: entries below \(below).") }
    if let who = retention.dueWho {
      lines.append("Due: who acted in the entries \(who.lowerBound) to \(who.upperBound - 1).")
    }
    if retention.duePruning == nil, retention.dueWho == nil { lines.append("Nothing is due.") }
    try console.output.write(lines.map { $0 + "\n" }.joined())
  }
}

extension JSONWriter {
  /// Writes the members of a log's retention.
  mutating func fields(_ retention: Session.LogRetention) throws(CommandFailure) {
    try field("size", retention.size)
    try field("who_days", retention.rules.whoDays)
    try field("entry_days", retention.rules.entryDays)
    try field("pruned_below", retention.prunedBelow)
    try field("erased_who", retention.erasedWho)
    try field("erased_what", retention.erasedWhat)
    try field("due_below", retention.duePruning)
    try field("due_who", retention.dueWho.map { [$0] } ?? [])
  }

  private mutating func field(_ key: String, _ ranges: [Range<UInt64>]) throws(CommandFailure) {
    try array(key) { (json: inout JSONWriter) throws(CommandFailure) in
      for range in ranges {
        try json.object { (json: inout JSONWriter) throws(CommandFailure) in
          try json.field("from", range.lowerBound)
          try json.field("to", range.upperBound)
        }
      }
    }
  }
}
