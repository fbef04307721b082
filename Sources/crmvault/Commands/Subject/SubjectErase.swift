import ArgumentParser
import AuditLog
import Vault

/// `crmvault subject erase`
struct SubjectErase: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase", abstract: "Erase a customer, or some classes of a customer's data, for good.",
    discussion: """
      A signed statement goes into the log; then the customer's keys are overwritten where they lie, which makes every \
      copy of the records unreadable, old backups of the vault among them; then the records go. Those who were merged \
      into the customer are erased too. The id stays in the directory, without anything behind it.

      Keyed tags of the identifiers are kept, so that a later import recognizes and rejects the customer; 'customer \
      add' with a fresh consent takes the customer up again.

      --certificate writes a signed certificate with its proofs, for anybody to check offline with 'audit \
      verify-proof'. It says what an erasure does not reach. For a customer who was erased before it only writes that.

      Interrupted anywhere, it is finished by the next command that opens the vault.

      Exit status: 0 done, 64 usage, 66 no such vault or customer, 73 the certificate's file exists already, 74 \
      input/output, 75 busy, 76 integrity, 77 not permitted, a legal hold (the error says why), not confirmed or wrong \
      passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String
  @Option(name: .customLong("class"), help: "Data classes with commas between them, or 'all'.")
  var classes = "all"
  @Option(help: "Where the certificate goes.", completion: .file()) var certificate: String?
  @Flag(help: "Only say what would be erased.") var dryRun = false

  func run(on console: Console) throws {
    let id = try CustomerID.parse(id)
    let classes = try DataClassList.parse(classes, "--class")
    if dryRun, certificate != nil {
      throw CommandFailure.usage(
        "no_certificate", "--dry-run erases nothing that --certificate could certify")
    }
    if let certificate, TextFile.exists(certificate) {
      throw CommandFailure(
        "exists", "\(certificate) exists already", hint: "choose another --certificate", exit: .exists)
    }
    if !dryRun {
      let names = classes.count == DataClass.allCases.count ? "everything" : Self.names(classes.sorted())
      try console.confirm("erase \(names) of \(id), for good", yes: options.yes)
    }
    let session = try options.openSession(on: console)
    let erasure = try session.eraseSubject(id, classes, purpose: options.purpose, isDryRun: dryRun)
    if let certificate {
      let bytes = try session.erasureCertificate(of: id).bytes
      try NewFile.write(bytes.span, to: certificate, mode: 0o600)
    }
    if options.json { try json(erasure, on: console) } else { try text(erasure, on: console) }
  }

  private func text(_ erasure: Session.Erasure, on console: Console) throws {
    var lines: [String] = []
    if !erasure.classes.isEmpty {
      let records = erasure.records.values.reduce(0, +)
      lines.append(
        (dryRun ? "Would erase " : "Erased ") + "\(Self.names(erasure.classes)) of \(erasure.customer): "
          + "\(records) records, \(erasure.indexEntries) index entries; \(erasure.tags) tags are kept.")
    }
    if !erasure.erasedBefore.isEmpty {
      lines.append("Erased before: \(Self.names(erasure.erasedBefore)).")
    }
    if !erasure.merged.isEmpty {
      lines.append("With it: \(erasure.merged.map(\.description).joined(separator: ", ")).")
    }
    if let certificate { lines.append("The certificate is in \(certificate).") }
    try console.output.write(lines.map { $0 + "\n" }.joined())
  }

  private func json(_ erasure: Session.Erasure, on console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("id", erasure.customer.description)
      try json.field("merged", erasure.merged.map(\.description))
      try json.field("classes", erasure.classes.map(\.name))
      try json.field("erased_before", erasure.erasedBefore.map(\.name))
      try json.object("records") { json in
        for (dataClass, count) in erasure.records.sorted(by: { $0.key < $1.key }) {
          try json.field(dataClass.name, count)
        }
      }
      try json.field("index_entries", erasure.indexEntries)
      try json.field("tags", erasure.tags)
      try json.field("seq", erasure.seq)
      try json.field("dry_run", dryRun)
      try json.field("certificate", certificate)
    }
    try json.finish()
  }

  private static func names(_ classes: [DataClass]) -> String {
    classes.map(\.name).joined(separator: ", ")
  }
}
