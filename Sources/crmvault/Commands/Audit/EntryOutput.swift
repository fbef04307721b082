import ArgumentParser
import AuditLog
import Sodium
import Vault

/// How `audit list` writes entries.
enum EntryFormat: String, ExpressibleByArgument, CaseIterable {
  /// A table for people.
  case text
  /// One array of objects.
  case json
  /// An object a line, with the exact bytes of envelope and parts as texts, to be hashed.
  case jsonl
  /// A table for spreadsheets.
  case csv
  /// An event of class 6005, Datastore Activity, of the Open Cybersecurity Schema Framework, a line.
  case ocsf
  /// An event of the Common Event Format a line.
  case cef
}

extension JSONWriter {
  /// Writes a value of the log's own JSON.
  mutating func value(_ value: JSONValue) throws(CommandFailure) {
    switch value {
    case .object(let object): try self.value(object)
    case .array(let elements):
      try array { (json: inout JSONWriter) throws(CommandFailure) in
        for element in elements { try json.value(element) }
      }
    case .string(let text): try self.value(text)
    case .integer(let number): try self.value(number)
    case .bool(let truth): try self.value(truth)
    case .null: try null()
    }
  }

  /// Writes an object of the log's own JSON.
  mutating func value(_ object: JSONObject) throws(CommandFailure) {
    try self.object { (json: inout JSONWriter) throws(CommandFailure) in
      for member in object.members {
        json.key(member.key)
        try json.value(member.value)
      }
    }
  }
}

/// Writes entries one by one, in one of the formats.
struct EntryWriter: ~Copyable {
  private static let columns = [
    "seq", "t", "kind", "actor", "key", "role", "action", "purpose", "legal_basis", "subject", "set_count",
    "set_universe", "set_root", "classes", "fields", "count", "outcome", "error", "phase", "ref", "session",
    "origin", "ticket", "policy", "what", "who",
  ]

  private let format: EntryFormat
  private let source: EventSource
  private var json: JSONWriter
  private var lines: CEFWriter
  private var csv: CSVWriter
  private var table: TableWriter

  /// A writer of a list in a format.
  ///
  /// - Parameter source: where the entries come from, as the formats for other systems name it.
  init(_ format: EntryFormat, source: EventSource = .unnamed, to output: OutputChannel) throws {
    self.format = format
    self.source = source
    json = JSONWriter(to: output)
    lines = CEFWriter(to: output)
    csv = CSVWriter(to: output)
    table = TableWriter(
      [.trailing("SEQ"), "TIME", "ACTOR", "ROLE", "ACTION", "WHOM", "PURPOSE", "OUTCOME"], to: output)
    if format == .csv { try csv.header(Self.columns) }
  }

  /// Writes an entry.
  ///
  /// - Parameter via: how it is about the customer who was asked for, where one was.
  mutating func write(_ entry: LogEntry, via: Session.Involvement? = nil) throws {
    switch format {
    case .json:
      var fields = entry.fields
      fields["via"] = via.map { .string($0.rawValue) }
      try json.value(fields)
    case .jsonl: try writeLine(entry)
    case .csv: try writeRow(entry)
    case .ocsf: try OCSFEvent(entry, source).write(to: &json)
    case .cef: try lines.write(entry, source)
    case .text:
      table.cell(entry.envelope.seq)
      try table.cell(entry.envelope.time.description)
      try table.cell(entry.who.actor)
      try table.cell(entry.who.role)
      try table.cell(Self.action(entry.what))
      try table.cell(Self.subjects(entry.what))
      try table.cell(entry.what.purpose)
      try table.cell(Self.outcome(entry.what))
      try table.endRow()
    }
  }

  /// Lets the body write all entries of the list.
  mutating func list(_ body: (inout EntryWriter) throws -> Void) throws {
    if format == .json { json.beginArray() }
    try body(&self)
    if format == .json { json.endArray() }
    switch format {
    case .json: try json.finish()
    case .jsonl, .ocsf: try json.finishLines()
    case .cef: try lines.finish()
    case .csv: try csv.finish()
    case .text: try table.finish()
    }
  }

  private mutating func writeLine(_ entry: LogEntry) throws {
    try json.object { json in
      try json.field("seq", entry.envelope.seq)
      try json.field("envelope", entry.envelopeBytes.span)
      try json.field("what", entry.whatBytes.span)
      try json.field("who", entry.whoBytes.span)
    }
    try json.endLine()
  }

  private mutating func writeRow(_ entry: LogEntry) throws {
    let (envelope, what, who) = (entry.envelope, entry.what, entry.who)
    try csv.cell(envelope.seq)
    for text in [envelope.time.description, envelope.kind.rawValue, who.actor, who.key, who.role] {
      try csv.cell(text)
    }
    for text in [what.action, what.purpose, what.legalBasis, what.subject] { try csv.cell(text) }
    try csv.cell(what.set?.count)
    try csv.cell(what.set?.universe)
    try csv.cell(what.set.map { Base64.encode($0.root.bytes) })
    try csv.cell(what.object.classes.joined(separator: " "))
    try csv.cell(what.object.fields.joined(separator: " "))
    try csv.cell(what.count)
    try csv.cell(what.outcomeName)
    if case .error(let code) = what.outcome { try csv.cell(code) } else { try csv.cell(nil as String?) }
    try csv.cell(what.phase?.rawValue)
    try csv.cell(what.ref)
    for text in [who.session, who.origin, who.ticket, what.policy.map { Base64.encode($0.bytes) }] {
      try csv.cell(text)
    }
    for digest in [envelope.what, envelope.who] { try csv.cell(Base64.encode(digest.bytes)) }
    try csv.endRow()
  }

  private static func action(_ what: WhatPart) -> String {
    what.action + (what.phase.map { " (\($0.rawValue))" } ?? "")
  }

  private static func subjects(_ what: WhatPart) -> String? {
    what.subject ?? what.set.map { "\($0.count) of \($0.universe)" }
  }

  private static func outcome(_ what: WhatPart) -> String {
    if case .error(let code) = what.outcome { "error: \(code)" } else { what.outcomeName }
  }
}
