import ArgumentParser
import AuditLog
import Scoring
import Vault

/// What every command that hands out data is told.
struct ExportOptions: ParsableArguments {
  @Option(
    help: "The file to write; it must not exist, nor its receipt FILE.receipt.json.", completion: .file())
  var out: String
  @Option(help: "Who gets it: letters, digits, '.', '_' and '-'; upper and lower case are the same.")
  var recipient: String
  @Option(help: "The version of the privacy notice that covers it (default: the policy's).")
  var notice: String?
  @Option(
    name: .customLong("as-of"),
    help: "The last day that behavior counts, YYYY-MM-DD (default: today in the vault's zone).")
  var asOf: String?
  @Option(help: "How far back behavior counts: a number and d, w, m or y, such as 90d (default: everything).")
  var window: String?
  @Flag(help: "Do everything but leave a file.") var dryRun = false
}

extension ExportOptions {
  /// Where the receipt goes.
  var receipt: String { out + SignedReceipt.ending }

  /// Checks what can be checked before anything is opened.
  func check() throws {
    guard ExportNames.isRecipient(recipient) else {
      throw CommandFailure.usage(
        "bad_recipient_name", "--recipient is a name of letters, digits, '.', '_' and '-', at most 64",
        hints: "a letter or digit first, such as acme-analytics")
    }
    guard notice.map(ExportNames.isReference) ?? true else {
      throw CommandFailure.usage("bad_notice", "--notice is one line of at most 100 bytes")
    }
    for path in [out, receipt] where TextFile.exists(path) {
      throw CommandFailure("exists", "\(path) exists already", hint: "choose another path", exit: .exists)
    }
  }

  /// The plan of these columns.
  func plan(_ columns: [ExportPlan.Wanted]) throws -> ExportPlan {
    var day: LocalDay?
    if let asOf {
      guard let known = LocalDay(asOf) else {
        throw CommandFailure.usage("bad_date", "--as-of is a date that the calendar has, YYYY-MM-DD")
      }
      day = known
    }
    var span: WindowSpan?
    if let window {
      guard let known = WindowSpan(window) else {
        throw CommandFailure.usage(
          "bad_window", "--window is a number from 1 and d, w, m or y",
          hints: "for instance 90d, 12w, 6m or 1y")
      }
      span = known
    }
    return ExportPlan(
      columns: columns, asOf: day,
      window: { [span] day in span.map { $0.window(through: day) } ?? Window(through: day) },
      minorDigits: HistoryOptions.minorDigits)
  }

  /// Writes the receipt, then gives the file its name. Where that fails, neither is left.
  func publish(_ draft: consuming DraftFile, _ issued: SignedReceipt) throws {
    let text = try issued.encoded()
    try DraftFile.publish(text, at: receipt)
    try draft.publish(orRemoving: receipt)
  }
}
