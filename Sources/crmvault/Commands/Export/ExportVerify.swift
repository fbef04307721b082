import ArgumentParser
import AuditLog
import Glibc
import Sodium

/// `crmvault export verify`
struct ExportVerifyCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check a file and its receipt: no vault, no role, no network.",
    discussion: """
      FILE is what was handed out, or what was inside its encryption; its receipt is FILE.receipt.json, or --receipt. \
      It checks that the file is the one that the receipt is for, that the receipt is the one that the vault's log \
      names, that the log's key signed the head under which it is, and the signature of who released it.

      Have the log's public key from somebody you trust, not from where the file comes from.

      Exit status: 0 it verifies, 64 usage, 66 no such file, 76 it does not verify, 78 no public key.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The file that was handed out.", completion: .file()) var file: String
  @Option(help: "Its receipt (default: FILE.receipt.json).", completion: .file()) var receipt: String?
  @Option(
    help: "The log's public key (default: VAULT.vkey in the keyring folder); may be given again.",
    completion: .file())
  var vkey: [String] = []

  func run(on console: Console) throws {
    let keys = try (vkey.isEmpty ? [nil] : vkey.map { $0 as String? }).compactMap {
      try VerifierKeyFile.read($0, options, isNeeded: true, console)
    }
    let paper = receipt ?? file + SignedReceipt.ending
    guard TextFile.exists(paper) else {
      throw CommandFailure.system(ENOENT, doing: "read the receipt \(paper)")
    }
    let digest = try FileDigest.sha256(of: file)
    let check = ReceiptCheck(path: paper, file: (file, digest), keys: keys)
    try options.json ? check.writeJSON(to: console) : check.writeText(to: console)
    guard check.problem == nil else {
      throw CommandFailure(
        "integrity", "\(file) does not verify: \(check.problem ?? "")",
        hints: ["do not rely on it", "is the public key the right one?"], exit: .integrity)
    }
  }
}

/// What was found of a receipt, and of the file that it is for.
struct ReceiptCheck {
  let path: String
  let file: String?
  /// The receipt, as far as it could be read.
  private(set) var receipt: SignedReceipt?
  /// What its proof proved.
  private(set) var proven: ProvenEntry?
  /// Whether the file is what was inside the encryption.
  private(set) var isPlaintext = false
  /// Why it does not verify.
  private(set) var problem: String?

  /// Checks a receipt, and its file where one is given.
  init(path: String, file: (path: String, sha256: Digest32)?, keys: [LogVerifierKey]) {
    self.path = path
    self.file = file?.path
    guard let text = try? TextFile.read(path, limit: SignedReceipt.longest) else {
      problem = "there is no receipt \(path), or it is none"
      return
    }
    do throws(LogError) {
      let receipt = try SignedReceipt(decoding: Array(text.utf8))
      self.receipt = receipt
      proven = try receipt.verify(keys: keys)
      if let file { isPlaintext = try receipt.check(sha256: file.sha256) }
    } catch { problem = error.reason }
  }

  private func text(_ key: String) -> String? { receipt?.body[key]?.string }

  /// What the receipt says, in lines.
  var facts: [String] {
    guard problem == nil, let proven else { return [] }
    var lines: [String] = []
    lines.append(
      "\(text("kind") ?? "?") release \(text("release") ?? "?") for \(text("recipient") ?? "?"), purpose "
        + "\(text("purpose") ?? "?") (\(text("legal_basis") ?? "?")), notice \(text("notice") ?? "?")")
    lines.append(
      "entry \(proven.envelope.seq) of \(proven.checkpoint.origin), at size \(proven.checkpoint.size), of \(proven.envelope.time)"
    )
    if file != nil {
      lines.append(
        isPlaintext ? "the file is what was inside the encryption" : "the file is the one that was delivered")
    }
    return lines
  }

  /// A few lines.
  func writeText(to console: Console) throws {
    for line in facts { try console.output.write(VisibleText.visible(line) + "\n") }
  }

  /// One document.
  func writeJSON(to console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("ok", problem == nil)
      try json.field("file", file)
      try json.field("receipt", path)
      for key in [
        "release", "kind", "recipient", "purpose", "legal_basis", "notice", "sha256", "plain_sha256",
      ] {
        try json.field(key, text(key))
      }
      try json.field("seq", proven?.envelope.seq)
      try json.field("origin", proven?.checkpoint.origin)
      try json.field("size", proven?.checkpoint.size)
      try json.field("t", proven?.envelope.time.description)
      try json.field("problems", problem.map { [$0] } ?? [])
    }
    try json.finish()
  }
}
