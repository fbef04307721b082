import ArgumentParser
import AuditLog
import Glibc
import Sodium
import Vault

/// `crmvault audit subject`
struct AuditSubjectCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "subject", abstract: "List every access to one customer, bulk runs included.",
    discussion: """
      An entry is about the customer when it names the customer ("via": "direct") or when the customer is in its set \
      ("via": "set"). A bulk run whose result left the customer out is not one; a run without a result is.

      --for-subject is the form that may go to the customer: dates, purposes, legal bases and what was looked at, and \
      nobody of the staff.

      --proofs DIR writes what proves it: customer.tlog-proof, which shows which bit of a bulk run is this customer, \
      and entry-N.tlog-proof for every entry, with the chunk of the set for a bulk run that the customer was, or was \
      not, in. They hold nothing of any other customer's accesses but bits without a name. Anybody can check them: \
      crmvault audit verify-proof DIR --vkey VAULT.vkey.

      Exit status: 0 done, 66 no such customer, 73 DIR exists already, 76 integrity, 77 not permitted or wrong \
      passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String
  @Flag(help: "Leave out who acted: the form for the customer.") var forSubject = false
  @Option(help: "A folder to make, for proofs of every entry.", completion: .directory) var proofs: String?

  func run(on console: Console) throws {
    let id = try CustomerID.parse(id)
    if let proofs, TextFile.exists(proofs) {
      throw CommandFailure(
        "exists", "\(proofs) exists already", hint: "choose another --proofs", exit: .exists)
    }
    let session = try options.openSession(on: console)
    var writer = try SubjectAccessWriter(forSubject: forSubject, json: options.json, to: console.output)
    guard let proofs else {
      try session.logEntries(of: id) { try writer.write($0, via: $1.rawValue) }
      return try writer.finish()
    }
    var folder: ProofFolder?
    try session.proveAccesses(to: id, withWho: !forSubject) { evidence in
      let made = try ProofFolder(proofs)
      try made.add("customer.tlog-proof", evidence)
      folder = made
    } _: { proof in
      try folder?.add("entry-\(proof.entry.envelope.seq).tlog-proof", proof.evidence)
      if proof.isAccess { try writer.write(proof.entry, via: proof.relation.rawValue) }
    }
    try folder?.finish()
    try writer.finish()
    console.notice("The proofs are in \(proofs): crmvault audit verify-proof \(proofs)")
  }
}

/// A new folder of proofs.
struct ProofFolder {
  private let path: String

  /// Makes the folder, for its owner alone: the proofs tell of a person.
  init(_ path: String) throws(CommandFailure) {
    guard unsafe mkdir(path, 0o700) == 0 else { throw .system(errno, doing: "make \(path)") }
    self.path = path
  }

  /// Writes a proof and what lies beside it.
  func add(_ name: String, _ evidence: EntryEvidence) throws(CommandFailure) {
    _ = try NewFile.write(evidence, to: "\(path)/\(name)")
  }

  /// Makes the names in the folder durable.
  func finish() throws(CommandFailure) {
    let folder = try Descriptor.open(path, O_RDONLY | O_DIRECTORY, doing: "write \(path)")
    guard fsync(folder.number) == 0 else { throw .system(errno, doing: "write \(path)") }
  }
}

/// Writes the accesses to one customer: for an auditor with who acted, for the customer without.
struct SubjectAccessWriter: ~Copyable {
  private let isForSubject: Bool
  private let isJSON: Bool
  private var json: JSONWriter
  private var table: TableWriter

  /// A writer of a list.
  init(forSubject: Bool, json: Bool, to output: OutputChannel) throws(CommandFailure) {
    isForSubject = forSubject
    isJSON = json
    self.json = JSONWriter(to: output)
    var columns: [TableWriter.Column] = [
      "TIME", "ACTION", "VIA", "PURPOSE", "LEGAL BASIS", "DATA", "OUTCOME",
    ]
    if !forSubject { columns = [.trailing("SEQ")] + columns + ["ACTOR", "ROLE"] }
    table = TableWriter(columns, to: output)
    if json { self.json.beginArray() }
  }

  /// Writes an access.
  mutating func write(_ entry: LogEntry, via: String) throws {
    guard isJSON else { return try writeRow(entry, via) }
    guard isForSubject else {
      var fields = entry.fields
      fields["via"] = .string(via)
      return try json.value(fields)
    }
    try json.object { json in try json.access(entry, via: via) }
  }

  /// Writes what is left.
  mutating func finish() throws(CommandFailure) {
    guard isJSON else { return try table.finish() }
    json.endArray()
    try json.finish()
  }

  private mutating func writeRow(_ entry: LogEntry, _ via: String) throws {
    let what = entry.what
    if !isForSubject { table.cell(entry.envelope.seq) }
    try table.cell(entry.envelope.time.description)
    try table.cell(what.action + (what.phase.map { " (\($0.rawValue))" } ?? ""))
    try table.cell(via)
    try table.cell(what.purpose)
    try table.cell(what.legalBasis)
    try table.cell(
      (what.object.fields.isEmpty ? what.object.classes : what.object.fields).joined(separator: ","))
    if case .error(let code) = what.outcome {
      try table.cell("error: \(code)")
    } else {
      try table.cell(what.outcomeName)
    }
    if !isForSubject {
      try table.cell(entry.who.actor)
      try table.cell(entry.who.role)
    }
    try table.endRow()
  }
}

extension JSONWriter {
  /// Writes the members of an access in the form that may go to the customer: nobody of the staff.
  mutating func access(_ entry: LogEntry, via: String) throws(CommandFailure) {
    let what = entry.what
    try field("seq", entry.envelope.seq)
    try field("t", entry.envelope.time.description)
    try field("action", what.action)
    try field("via", via)
    try field("purpose", what.purpose)
    try field("legal_basis", what.legalBasis)
    try field("classes", what.object.classes)
    try field("fields", what.object.fields)
    try field("outcome", what.outcomeName)
    try field("phase", what.phase?.rawValue)
    try field("ref", what.ref)
  }
}
