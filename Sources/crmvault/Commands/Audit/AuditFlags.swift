import ArgumentParser
import AuditLog
import Vault

/// `crmvault audit flags`
struct AuditFlagsCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "flags", abstract: "Show what in the log a reviewer should look at.",
    discussion: """
      Reads the whole log and notes refusals, work outside working hours, unusual volume, first purposes, bulk reads \
      without a ticket, intents without a result and results beyond them, moved clocks, dormant users, repeated looks \
      at one customer and reveals of many fields. The thresholds are the policy's 'review' section. A flag's id is \
      the same in every reading; 'audit review' closes it, for the entries that were seen.

      Exit status: 0 no open flag, 1 open flags, 64 usage, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Flag(help: "Closed flags too.") var all = false
  @Option(help: "Only this rule, such as denied or after-hours.") var rule: String?
  @Option(help: "Only flags about this user.") var actor: String?

  func validate() throws {
    if let rule, LogFlag.Rule(rawValue: rule) == nil {
      throw ValidationError(
        "--rule is one of \(LogFlag.Rule.allCases.map(\.rawValue).joined(separator: ", "))")
    }
  }

  func run(on console: Console) throws {
    let reading = try options.openSession(on: console).flags()
    let shown = reading.flags.filter { flag in
      (all || flag.isOpen) && (rule == nil || flag.rule.rawValue == rule)
        && (actor == nil || flag.actor == actor)
    }
    let open = shown.count { $0.isOpen }
    if options.json {
      try writeJSON(reading.size, shown, open, console)
    } else {
      try writeText(shown, console)
      console.notice(
        "\(open) open of \(reading.size) entries seen"
          + (open > 0
            ? "; to close: crmvault audit review --size \(reading.size) --close FLAG,… --note TEXT" : ""))
    }
    if open > 0 { throw ExitCode.openFlags }
  }

  private func writeText(_ flags: [LogFlag], _ console: Console) throws {
    var table = TableWriter(
      ["FLAG", "RULE", "ACTOR", "FIRST", .trailing("ENTRIES"), "SEQ", "WHAT", "STATE"], to: console.output)
    for flag in flags {
      try table.cell(flag.id)
      try table.cell(flag.rule.rawValue)
      try table.cell(flag.actor)
      try table.cell(TimeText.utc(flag.first))
      table.cell(flag.entries.count)
      try table.cell(
        flag.entries.prefix(3).map { "\($0)" }.joined(separator: ",") + (flag.entries.count > 3 ? ",…" : ""))
      try table.cell(flag.text)
      try table.cell(flag.closing.map { "closed by \($0.reviewer), entry \($0.entry)" } ?? "open")
      try table.endRow()
    }
    try table.finish()
  }

  private func writeJSON(_ size: UInt64, _ flags: [LogFlag], _ open: Int, _ console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("size", size)
      try json.field("open", open)
      try json.array("flags") { json in for flag in flags { try write(flag, &json) } }
    }
    try json.finish()
  }

  private func write(_ flag: LogFlag, _ json: inout JSONWriter) throws {
    try json.object { json in
      try json.field("id", flag.id)
      try json.field("rule", flag.rule.rawValue)
      try json.field("state", flag.isOpen ? "open" : "closed")
      try json.field("actor", flag.actor)
      try json.field("key", flag.key)
      try json.field("first", flag.first.description)
      try json.field("last", flag.last.description)
      try json.field("count", flag.entries.count)
      try json.array("entries") { json in for seq in flag.entries { try json.value(seq) } }
      try json.field("text", flag.text)
      guard let closing = flag.closing else { return }
      try json.object("closed") { json in
        try json.field("entry", closing.entry)
        try json.field("reviewer", closing.reviewer)
        try json.field("t", closing.time.description)
        try json.field("note", closing.note)
      }
    }
  }
}
