import Anonymization
import ArgumentParser
import Release

/// `crmvault table anonymize`
struct TableAnonymizeCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "anonymize", abstract: "Recode a CSV file by a profile, and measure what was written.",
    discussion: """
      Columns that the profile does not name do not leave. The rows are recoded so that every class of equal \
      quasi-identifiers meets the limits, shuffled, written under a temporary name, and read again by code that shares \
      nothing with the recoder; only where both say the same does the file get its name.

      local publishes each class at its own levels; the order in which levels are tried is random, which costs some 4 % \
      of utility and takes away the certainty that attacks on minimal recodings need; nothing is proved by it. global \
      gives each column one level. partition cuts ranges, for large tables and many levels. The mode is never changed \
      in silence.

      Needs no vault. Memory: 4 bytes a cell of the columns that are named, about 60 bytes a row to recode and 30 to \
      measure, and each different value once; a million rows with nine columns take about 300 MB.

      Exit status: 0 done, 64 usage, 65 bad input or limits that cannot be met, 66 no such file, 70 the two measurements \
      differ, 73 the output exists already, 74 input/output, 78 no age program.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "The profile: a YAML file of columns, roles, hierarchies and limits.", completion: .file())
  var profile: String
  @OptionGroup(title: "Limits") var limits: LimitOptions
  @OptionGroup(title: "Encryption") var recipients: AgeRecipients
  @Argument(help: "The CSV file, with a header.", completion: .file()) var file: String
  @Option(help: "The file to write; it must not exist.", completion: .file()) var out: String
  @Option(help: "How rows are written (default: by the ending, jsonl or else csv).") var format:
    ReleaseFormat?
  @Option(help: "Write a risk report as an HTML file.", completion: .file()) var report: String?
  @Flag(help: "Do everything but leave a file.") var dryRun = false

  func run(on console: Console) throws {
    let profile = try limits.applied(to: try ProfileSource.read(profile))
    let age = try recipients.program(in: console.environment)
    let draft = try DraftFile(path: out)
    if let report, TextFile.exists(report) {
      throw CommandFailure("exists", "\(report) exists already", hint: "choose another path", exit: .exists)
    }
    let table = try TableFile(path: file).read(columns: profile.columns.map(\.name), on: console)
    let plan = try ReleasePlan(profile, table)
    var generator = SystemRandomNumberGenerator()
    let recoding = try Self.recode(plan, using: &generator, on: console)
    let output = ReleaseOutput(
      plan: plan, recoding: recoding, format: format ?? ReleaseFormat(path: out), age: age, console: console)
    let written = try output.write(to: draft, order: plan.order(recoding, using: &generator))
    try plan.compare(written.measures, with: recoding.claims(of: plan.microdata))
    if let report {
      let text = try RiskReport(plan, recoding, written.measures, file: file).html(using: &generator)
      if !dryRun { try DraftFile.publish(Array(text.utf8), at: report) }
    }
    if !dryRun { try draft.publish() }
    let outcome = ReleaseSummary(
      plan: plan, measures: written.measures, file: dryRun ? nil : out, sha256: written.file.sha256)
    try options.json ? outcome.writeJSON(to: console) : outcome.writeText(to: console)
  }

  static func recode(
    _ plan: ReleasePlan, using generator: inout some RandomNumberGenerator, on console: Console
  ) throws -> Recoding {
    let scale = 1000
    let progress = Progress("recoding", of: scale, on: console)
    defer { progress.finish() }
    var told = 0
    let recoder = try Recoder(plan.microdata, limits: plan.limits) { done, total in
      let now = total > 0 ? done * scale / total : 0
      progress.advance(by: max(0, now - told))
      told = max(told, now)
    }
    return try recoder.recode(plan.profile.mode, using: &generator)
  }
}
