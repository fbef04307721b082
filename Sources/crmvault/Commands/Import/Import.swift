import ArgumentParser
import Ingest
import Vault

/// `crmvault import`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import customers and events from a file.",
    subcommands: [ImportFileCommand.self, ImportMappingsCommand.self],
    defaultSubcommand: ImportFileCommand.self)
}

/// `crmvault import FILE`
struct ImportFileCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "file", abstract: "Import customers and events from a file (the default).",
    discussion: """
      Reads CSV, fixed-width text or JSON Lines. The file is validated whole before anything is written. An account \
      that the source has not named before becomes a new customer. The same file twice adds nothing; after an \
      interruption the same file finishes the import.

      With --on-error skip, good rows are imported and the others are listed, by line and field and without their \
      values, in FILE.rejects.csv or where --rejects says. Rows of customers who were erased are never taken, are \
      counted as rejected and listed there too.

      Exit status: 0 done, 64 usage, 65 bad input, 66 no such file or vault, 74 input/output, 75 busy, \
      76 integrity, 77 not permitted.
      """)

  /// What happens at a row that is refused.
  enum OnError: String, ExpressibleByArgument, CaseIterable {
    case stop, skip
  }

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The file.", completion: .file()) var file: String
  @Option(help: "A built-in mapping, or a mapping file (default: the header decides).", completion: .file())
  var mapping: String?
  @Option(help: "Whose account numbers these are.") var source = "default"
  @Flag(help: "Validate the file and say what would happen; write nothing but the log's entries.")
  var dryRun = false
  @Option(help: "At a row that is refused: stop, and write nothing; or skip it.") var onError = OnError.stop
  @Option(help: "Where refused rows are listed (default FILE.rejects.csv).", completion: .file())
  var rejects: String?

  func run(on console: Console) throws {
    let input = try ImportInput(path: file)
    let chosen = try mapping.map { try ImportMapping($0) }
    let session = try options.openSession(on: console)
    var unfinished: [UnfinishedImport] = []
    session.onUnfinishedImports = { unfinished = $0 }
    guard try session.mayImport(purpose: options.purpose) else {
      try session.refuseImport(purpose: options.purpose)
      throw CommandFailure.bug("an import was refused and permitted")
    }
    let rules = try session.importRules(source: source)
    let reading = try ImportReading(input, chosen?.mapping, rules, skips: onError == .skip)
    let listing = try RejectsListing(path: rejects ?? file + ".rejects.csv")
    let validated = try reading.validate(listing: onError == .skip ? listing : nil, on: console)
    let imported = rules.file(
      hash: validated.hash, mapping: chosen?.identity ?? Array(validated.mapping.utf8), rows: validated.rows,
      stagedBytes: validated.stagedBytes, fields: validated.fields)
    let others = unfinished.filter { $0.id != imported.id }.count
    if others > 0 { console.notice(UnfinishedNotice.text(others)) }
    if !validated.extraColumns.isEmpty {
      console.notice("columns that are not imported: \(validated.extraColumns.joined(separator: ", "))")
    }

    let progress = Progress("importing", of: imported.groups * validated.rows, on: console)
    defer { progress.finish() }
    let suppressed = SuppressedAccounts()
    var counts = try session.importRows(
      imported, purpose: options.purpose, isDryRun: dryRun,
      feed: { try reading.feed($0, expecting: validated.hash, progress) }, suppressed: suppressed)
    progress.finish()
    if !suppressed.isEmpty { try reading.list(suppressed, in: listing) }
    counts.rejected += validated.rejected
    try ImportReport(
      counts: counts, rows: validated.rows + validated.rejected, rejects: listing.finished, isDryRun: dryRun
    )
    .write(json: options.json, on: console)
  }
}
