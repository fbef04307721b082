import ArgumentParser
import AuditLog
import Sodium
import Vault
import VaultSQLite

/// `crmvault backup verify`
struct BackupVerify: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Open a backup and verify everything in it.",
    discussion: """
      Opens it with your key, checks the signature and every chunk, and verifies what is inside from nothing but public \
      keys: the whole log, who is in the vault, and the sum over every row. It needs no vault. What is unpacked lies in \
      a private folder below TMPDIR for that time, as sealed as it is in the vault. Where the keyring has the vault's \
      .vkey, the log must be that one.

      Exit status: 0 it verifies, 66 no such file, 74 input/output, 76 it does not, 77 it is not sealed to you, or wrong \
      passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The backup.", completion: .file()) var file: String

  func run(on console: Console) async throws {
    let backup = try BackupFile(path: file)
    let identity = try options.unlock(on: console)
    let scratch = try ScratchFolder(in: console.environment)
    let progress = Progress("verifying", of: 0, on: console)
    defer { progress.finish() }
    var digest: Digest32?
    let store = try SQLiteStore.create(folder: scratch.path) { sink in
      digest = try backup.contents(for: identity, progress: { progress.advance(by: $0) }, sink)
    }
    var anchor = LogAnchor()
    let known = options.keyringFiles(in: console.environment).verifierPath(backup.header.name)
    if TextFile.exists(known) {
      anchor.verifierKey = try VerifierKeyFile.read(known, options, isNeeded: true, console)
    }
    let report = try await Session.verifyBackup(
      backup.header, in: store, anchor, workers: Processors.count
    ) { progress.advance(by: $0) }
    let days = try? Session.maximumBackupDays(in: store)
    try store.close()
    progress.finish()
    let now = console.wallClock.now().nanoseconds / 1_000_000_000
    let made = backup.header.created.nanoseconds / 1_000_000_000
    let isExpired = days.map { made &+ UInt64($0) * 86_400 < now } ?? false
    try write(backup, report, digest?.description ?? "", isExpired: isExpired, on: console)
    if isExpired {
      console.warning("the backup is older than the policy's \(days ?? 0) days: destroy it, with every copy")
    }
    guard report.isOK else {
      throw CommandFailure(
        "integrity", "the backup does not verify: \(report.problemCount) found",
        hints: ["do not restore it", "tell the privacy officer"], exit: .integrity)
    }
  }

  private func write(
    _ backup: BackupFile, _ report: VerificationReport, _ digest: String, isExpired: Bool, on console: Console
  ) throws {
    let header = backup.header
    guard options.json else {
      for problem in report.problems {
        let place = problem.seq.map { "entry \($0): " } ?? ""
        try console.output.write("\(problem.code.name): \(place)\(VisibleText.visible(problem.text))\n")
      }
      guard report.isOK else { return }
      try console.output.write(
        """
        The backup verifies: vault \(header.name) (\(header.vaultID)) as of \(TimeText.utc(header.created)), \
        \(report.size) entries, \(report.rows ?? 0) rows.
        Root: \(Base64.encode(report.root.bytes))
        SHA-256: \(digest)

        """)
      return
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("ok", report.isOK)
      try json.field("vault_id", header.vaultID.description)
      try json.field("name", header.name)
      try json.field("created", TimeText.utc(header.created))
      try json.field("by", header.by.description)
      try json.field("size", report.size)
      try json.field("root", Base64.encode(report.root.bytes))
      try json.field("rows", report.rows)
      try json.field("bytes", backup.byteCount)
      try json.field("sha256", digest)
      try json.field("expired", isExpired)
      try json.problemFields(report)
    }
    try json.finish()
  }
}
