import ArgumentParser
import AuditLog
import Sodium
import Vault

/// `crmvault backup request`
struct BackupRequest: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "request", abstract: "Ask the privacy officer's approval to restore a backup.",
    discussion: """
      For the custodian who will restore it. The vault may be gone, so the request is a signed file: over the backup's \
      SHA-256, the end of its log, and the latest state that the file of customer keys or this machine knows. Give it to \
      a privacy officer, who runs 'crmvault backup approve REQUEST'. Nobody approves the own request.

      Exit status: 0 done, 66 no such file, 73 the request exists, 74 input/output, 76 the backup was changed, 77 wrong \
      passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The backup.", completion: .file()) var file: String
  @Option(help: "Where to write the request (default: FILE.request).", completion: .file()) var out: String?

  func run(on console: Console) throws {
    let backup = try BackupFile(path: file)
    let path = out ?? file + ".request"
    let identity = try options.unlock(on: console)
    guard backup.header.recipients.contains(where: { $0.id == identity.keyID.description }) else {
      throw CommandFailure(
        "not_permitted", "the backup is not sealed to you",
        hint: "who was a custodian when it was made can ask for it", exit: .notPermitted)
    }
    let progress = Progress("reading", of: Int(backup.byteCount), on: console)
    defer { progress.finish() }
    let digest = try backup.digest { progress.advance(by: $0) }
    progress.finish()
    let request = try RestoreRequest.sign(
      backup.header, digest: digest, newer: try known(backup.header.vaultID, console), by: identity,
      time: console.wallClock.now())
    try SignedFile.write(request.json, to: path)
    guard options.json else {
      try console.output.write(
        RestoreSummary.text(request, now: console.wallClock.now())
          + "Give \(path) to a privacy officer: crmvault backup approve \(path)\n")
      return
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("file", path)
      try json.fields(request)
    }
    try json.finish()
  }

  /// The latest head that the file of customer keys or this machine knows of the vault.
  private func known(_ vault: VaultID, _ console: Console) throws -> RememberedHead? {
    let path = try options.wardenPath(in: console.environment)
    var heads: [RememberedHead] = []
    if TextFile.exists(path) {
      let warden = try FileWarden.open(path: path)
      guard warden.vaultID == vault else {
        throw CommandFailure.configuration(
          "other_warden", "\(path) is the file of customer keys of another vault")
      }
      if let head = try warden.head() { heads.append(head) }
    } else {
      console.warning("there is no file of customer keys at \(path): without it nothing will open")
    }
    let state = try GlobalOptions.stateFolder(in: console.environment)
    if let head = try ClientMemory(folder: state, vaultID: vault).load() { heads.append(head) }
    return heads.max { $1.isLater(than: $0) }
  }
}

/// `crmvault backup approve`
struct BackupApprove: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Approve, as privacy officer, that a backup be restored.",
    discussion: """
      Shows what is asked and signs an approval over the request's hash, for one use and a limited time. What was done \
      after the backup is left behind by the restore: make sure that the newer log, where it still exists, is given to \
      it. Whether you are a privacy officer of the vault is checked when it is restored, from its own chain.

      Exit status: 0 done, 64 usage, 66 no such file, 73 the approval exists, 74 input/output, 76 the request was changed, \
      77 it is your own request, not confirmed, or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The request.", completion: .file()) var request: String
  @Option(help: "Where to write the approval (default: REQUEST.approval).", completion: .file()) var out:
    String?
  @Option(help: "For how many days it counts, at most 30.") var days = 7

  func run(on console: Console) throws {
    let asked = try RestoreRequest(SignedFile.read(request))
    guard asked.isSigned else {
      throw CommandFailure(
        "integrity", "the request's signature does not verify: it was changed", hint: "have it made again",
        exit: .integrity)
    }
    let path = out ?? request + ".approval"
    let now = console.wallClock.now()
    let state = try GlobalOptions.stateFolder(in: console.environment)
    let seen = try ClientMemory(folder: state, vaultID: asked.vaultID).load()
    console.notice(RestoreSummary.text(asked, now: now) + RestoreSummary.seen(seen, asked))
    try console.confirm("approve that this backup be restored", yes: options.yes)
    let identity = try options.unlock(on: console)
    let approval = try RestoreApproval.sign(asked, by: identity, time: now, days: days)
    try SignedFile.write(approval.json, to: path)
    guard options.json else {
      try console.output.write(
        "Approved until \(TimeText.utc(approval.expires)). Give \(path) to \(asked.name).\n")
      return
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("file", path)
      try json.field("request", Base64.encode(approval.request.bytes))
      try json.field("expires", TimeText.utc(approval.expires))
      try json.field("backup", asked.backup.description)
    }
    try json.finish()
  }
}

/// A signed object in a file of its own: canonical JSON and a line feed.
enum SignedFile {
  private static let limit = 1 << 20

  /// Writes one; it must not be there.
  static func write(_ json: JSONValue, to path: String) throws {
    let draft = try DraftFile(path: path)
    let bytes = try CanonicalJSON.encode(json) + [0x0A]
    try draft.write(bytes.span)
    try draft.publish()
  }

  /// Reads one.
  static func read(_ path: String) throws -> JSONValue {
    let text = try TextFile.read(path, limit: limit)
    let bytes = Array(text.utf8)
    do {
      return try CanonicalJSON.parseCanonical(bytes.last == 0x0A ? Array(bytes.dropLast()) : bytes)
    } catch {
      throw CommandFailure(
        "integrity", "\(path) is no request or approval of crmvault, or was changed",
        hint: "have it made again",
        exit: .integrity)
    }
  }
}

/// What a request to restore comes to, in words.
enum RestoreSummary {
  /// The request.
  static func text(_ request: RestoreRequest, now: LogTime) -> String {
    let age = BackupAge.text(
      request.created.nanoseconds / 1_000_000_000, now: now.nanoseconds / 1_000_000_000)
    let lost = request.newer.map { newer in
      "\(newer.size) entries are known, so at least \(newer.size - min(newer.size, request.size)) are left behind"
    }
    return """
      Restore of vault \(request.vaultID), asked for by \(request.name) (key \(request.by)) at \(TimeText.utc(request.time)).
      The backup is of \(TimeText.utc(request.created)), \(age) old, and has \(request.size) entries; \
      \(lost ?? "nothing beyond it is known here").
      SHA-256: \(request.backup)

      """
  }

  /// What this machine has seen beyond that.
  static func seen(_ head: RememberedHead?, _ request: RestoreRequest) -> String {
    guard let head else { return "This machine has not seen the vault's log.\n" }
    let known = request.newer.map { ($0.origin, $0.size) } ?? (request.origin - 1, request.size)
    return (head.origin, head.size) > known
      ? "This machine has seen \(head.size) entries: more than the request tells of.\n" : ""
  }
}

extension JSONWriter {
  /// Writes what a request asks for.
  mutating func fields(_ request: RestoreRequest) throws(CommandFailure) {
    try field("request", Base64.encode(request.hash.bytes))
    try field("vault_id", request.vaultID.description)
    try field("backup", request.backup.description)
    try field("created", TimeText.utc(request.created))
    try field("size", request.size)
    try field("origin", request.origin)
    try field("newer_size", request.newer?.size)
  }
}
