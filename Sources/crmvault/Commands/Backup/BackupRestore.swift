import ArgumentParser
import AuditLog
import Glibc
import Sodium
import Vault
import VaultSQLite

/// `crmvault backup restore`
struct BackupRestore: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Make the vault anew from a backup, with a privacy officer's approval.",
    discussion: """
      For the custodian who asked for it. Everything in the backup is verified first; then the vault appears at --vault, \
      whole or not at all. The log goes on from the backup under a new name (…/2), and its first new entry holds the \
      request, the approval and the latest state that is known and left behind: every machine, the file of customer keys \
      and all verifiers accept it by that statement alone, and say so once.

      What was erased stays unreadable: the keys are gone from the file of customer keys. Where the vault's newer log \
      still exists, as a vault or as a published folder, give it with --newer: revocations in it are stated anew, and \
      what could not be taken over is said. A vault that lies at --vault needs --yes: it is kept beside, under a name \
      that is told, and is the newer log unless another one is given.

      Exit status: 0 done, 64 usage, 66 no such file, 73 a vault is there, 74 input/output, 76 backup or newer log do not \
      verify, 77 not permitted, not approved or wrong passphrase, 78 no file of customer keys.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The backup.", completion: .file()) var file: String
  @Option(help: "The request (default: FILE.request).", completion: .file()) var request: String?
  @Option(help: "The approval (default: REQUEST.approval, where it is there).", completion: .file())
  var approval: String?
  @Option(help: "The newer log: a vault's folder, or a published log.", completion: .directory) var newer:
    String?

  func run(on console: Console) async throws {
    let place = RestorePlace(try options.vaultFolder(in: console.environment))
    let backup = try BackupFile(path: file)
    let (asked, agreed) = try papers()
    if place.isTaken, !options.yes {
      throw CommandFailure(
        "exists", "there is a vault at \(place.vault)",
        hint: "name another place with --vault, or add --yes to put it aside",
        exit: .exists)
    }
    let warden = try FileWarden.open(path: try options.wardenPath(in: console.environment))
    let identity = try options.unlock(on: console)
    let progress = Progress("restoring", of: 0, on: console)
    defer { progress.finish() }
    let draft = try RestoreDraft(place)
    var computed: Digest32?
    let store = try SQLiteStore.create(folder: draft.folder) { sink in
      computed = try backup.contents(for: identity, progress: { progress.advance(by: $0) }, sink)
    }
    guard let digest = computed else { throw CommandFailure.bug("a backup without a hash") }
    try await verify(backup, store, progress, console)
    let later = try await newerLog(place, backup.header, progress, console)
    let restore = VaultRestore(backup.header, digest: digest, request: asked, approval: agreed, newer: later)
    let outcome = try restore.run(
      in: store, warden: warden, identity: identity, clock: console.wallClock, host: GlobalOptions.hostName())
    try store.close()
    try Ballast(folder: draft.folder).make()
    let aside = try draft.publish()
    try warden.remember(outcome.head)
    progress.finish()
    try RestoreOutput(outcome, vault: place.vault, aside: aside).write(json: options.json, on: console)
  }

  private func papers() throws -> (RestoreRequest, RestoreApproval?) {
    let requestPath = request ?? file + ".request"
    guard TextFile.exists(requestPath) else {
      throw CommandFailure(
        "approval_required", "a restore is asked for first: there is no \(requestPath)",
        hint: "crmvault backup request \(file)", exit: .notPermitted)
    }
    let asked = try RestoreRequest(SignedFile.read(requestPath))
    let approvalPath = approval ?? requestPath + ".approval"
    guard approval != nil || TextFile.exists(approvalPath) else { return (asked, nil) }
    return (asked, try RestoreApproval(SignedFile.read(approvalPath)))
  }

  private func verify(
    _ backup: BackupFile, _ store: SQLiteStore, _ progress: Progress, _ console: Console
  ) async throws {
    var anchor = LogAnchor()
    let known = options.keyringFiles(in: console.environment).verifierPath(backup.header.name)
    if TextFile.exists(known) {
      anchor.verifierKey = try VerifierKeyFile.read(known, options, isNeeded: true, console)
    }
    let report = try await Session.verifyBackup(backup.header, in: store, anchor, workers: Processors.count) {
      progress.advance(by: $0)
    }
    guard report.isOK else {
      let first = report.problems.first.map { ": \($0.text)" } ?? ""
      throw CommandFailure(
        "integrity", "the backup does not verify\(first)", hint: "crmvault backup verify \(file) tells more",
        exit: .integrity)
    }
  }

  /// The newer log that was named, else that of the vault that is put aside, if it verifies.
  private func newerLog(
    _ place: RestorePlace, _ header: BackupHeader, _ progress: Progress, _ console: Console
  ) async throws -> NewerLog? {
    func stored(_ folder: String) async throws -> NewerLog {
      let store = try SQLiteStore.open(folder: folder)
      let log = try await NewerLog.stored(store, continuing: header, workers: Processors.count) {
        progress.advance(by: $0)
      }
      try store.close()
      return log
    }
    if let newer {
      guard !TextFile.exists("\(newer)/vault.sqlite") else { return try await stored(newer) }
      return try await NewerLog.published(newer, continuing: header, workers: Processors.count) {
        progress.advance(by: $0)
      }
    }
    guard place.isTaken else { return nil }
    do { return try await stored(place.vault) } catch {
      let why = CommandFailure.describing(error).message
      console.warning("the vault that is put aside does not serve as newer log: \(why)")
      return nil
    }
  }
}
