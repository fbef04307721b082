import ArgumentParser
import AuditLog
import Sodium
import Vault

/// `crmvault audit verify-proof`
struct AuditVerifyProofCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-proof", abstract: "Check proofs, packages and published logs: no vault, no keys.",
    discussion: """
      Each FILE is a proof of 'audit prove' (with what lies beside it), a receipt of 'export' (with the file beside it), a folder of proofs of 'audit subject --proofs', \
      a package of 'audit package' (the archive, or unpacked), or a folder of 'audit publish'. Everything is rebuilt \
      from the bytes of the entries; no hash in a file is believed.

      It needs the log's public key and nothing else: no vault, no user, no network. Have the key from somebody you \
      trust, not from where the files come from. A checkpoint that you kept says more still: --since.

      Exit status: 0 all of it verifies, 64 usage, 66 no such file, 76 something does not verify, 78 no public key.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "Proofs, folders and packages.", completion: .file()) var files: [String]
  @Option(
    help: "The log's public key (default: VAULT.vkey in the keyring folder); may be given again.",
    completion: .file())
  var vkey: [String] = []
  @Option(help: "A checkpoint that was kept: a log or package must continue it.", completion: .file())
  var since: [String] = []

  func run(on console: Console) async throws {
    let trust = try trust(console)
    let progress = Progress("verifying", of: 0, on: console)
    var checks: [EvidenceCheck] = []
    for file in files { checks += try await check(file, trust, progress) }
    progress.finish()
    try EvidenceOutput(checks).write(json: options.json, on: console)
  }

  /// What is believed before anything is read: the log's public keys, and checkpoints that were kept.
  private struct Trust {
    let keys: [LogVerifierKey]
    let kept: [SignedNote]
  }

  private func trust(_ console: Console) throws -> Trust {
    let keys = try (vkey.isEmpty ? [nil] : vkey.map { $0 as String? }).compactMap {
      try VerifierKeyFile.read($0, options, isNeeded: true, console)
    }
    return Trust(keys: keys, kept: try since.map { try CheckpointFile.read($0) })
  }

  /// Checks what one path holds. Never inlined: with it in `run`, the optimizer of Swift 6.3.1 crashes.
  @inline(never)
  private func check(_ file: String, _ trust: Trust, _ progress: Progress) async throws -> [EvidenceCheck] {
    let kind = try EvidenceKind(path: file)
    if case .proofs(let paths) = kind { return EntryChecks.run(paths, trust.keys) }
    if case .receipt = kind { return [try EvidenceCheck(receipt: file, trust.keys)] }
    if case .certificate(let bytes) = kind { return [EvidenceCheck(certificate: bytes, file, trust.keys)] }
    let report: VerificationReport
    switch kind {
    case .package:
      report = try await EvidenceVerification.package(
        file, keys: trust.keys, kept: trust.kept, workers: Processors.count, progress: progress.advance)
    case .published:
      report = try await EvidenceVerification.published(
        file, keys: trust.keys, kept: trust.kept, workers: Processors.count, progress: progress.advance)
    case .proofs, .certificate, .receipt, .unknown:
      let problems = ["this is no proof, package or published log"]
      return [EvidenceCheck(file: file, kind: "unknown", problems: problems)]
    }
    return [EvidenceCheck(file: file, kind: kind == .package ? "package" : "log", report: report)]
  }
}

/// What a path that is to be verified holds.
enum EvidenceKind: Equatable {
  /// Proofs of entries.
  case proofs([String])
  /// An evidence package, in its archive or unpacked.
  case package
  /// A published folder of tiles.
  case published
  /// The receipt of a release.
  case receipt
  /// A certificate of erasure.
  case certificate([UInt8])
  /// Something else.
  case unknown

  /// Looks at what is there.
  ///
  /// - Throws: `not_found` where there is nothing.
  init(path: String) throws {
    guard TextFile.exists(path) else {
      throw CommandFailure("not_found", "there is no \(path)", hint: "check the path", exit: .missing)
    }
    if let names = FolderListing.names(path) {
      let proofs = names.filter { $0.hasSuffix(".tlog-proof") }
      if TextFile.exists("\(path)/\(PackageLayout.end)") {
        self = .package
      } else if names.contains("checkpoint") {
        self = .published
      } else {
        self = proofs.isEmpty ? .unknown : .proofs(proofs.map { "\(path)/\($0)" })
      }
      return
    }
    let start = try FolderListing.beginning(of: path, count: 265)
    if start.starts(with: Array("c2sp.org/tlog-proof@".utf8)) {
      self = .proofs([path])
    } else if start.count == 265, start[257..<262].elementsEqual("ustar".utf8) {
      self = .package
    } else if start.first == UInt8(ascii: "{"),
      let text = try? TextFile.read(path, limit: ErasureCertificate.byteLimit),
      ErasureCertificate.isOne(Array(text.utf8))
    {
      self = .certificate(Array(text.utf8))
    } else {
      self = SignedReceipt.isLikely(start) ? .receipt : .unknown
    }
  }
}

/// What was found of one file.
struct EvidenceCheck {
  /// The path as it was given.
  let file: String
  /// What the file holds: `entry`, `package`, `log`, `unknown`.
  let kind: String
  /// What it proves, in words.
  var facts: [String] = []
  /// The entry that was proved.
  var proven: ProvenEntry?
  /// Customers whose place in the entry's set was shown.
  var members: [(customer: Pseudonym, isMember: Bool)] = []
  /// The customer whom the entry enrolled.
  var customer: Pseudonym?
  /// The erasure that a certificate proves.
  var erasure: ProvenErasure?
  /// What was verified of a whole log or package.
  var report: VerificationReport?
  /// Why it does not verify.
  var problems: [String] = []

  /// The check of one entry, or of something that is none.
  init(file: String, kind: String, problems: [String] = []) {
    self.file = file
    self.kind = kind
    self.problems = problems
  }

  /// The check of a receipt, and of the file beside it where it is there.
  init(receipt path: String, _ keys: [LogVerifierKey]) throws {
    let released =
      path.hasSuffix(SignedReceipt.ending) ? String(path.dropLast(SignedReceipt.ending.count)) : ""
    let isThere = !released.isEmpty && TextFile.exists(released)
    let check = ReceiptCheck(
      path: path, file: isThere ? (released, try FileDigest.sha256(of: released)) : nil, keys: keys)
    self.init(file: path, kind: "receipt", problems: check.problem.map { [$0] } ?? [])
    facts = check.facts
    if !isThere { facts.append("the file that it is for is not beside it") }
  }

  /// The check of a certificate of erasure.
  init(certificate bytes: [UInt8], _ file: String, _ keys: [LogVerifierKey]) {
    self.init(file: file, kind: ErasureCertificate.type)
    do {
      let erasure = try ErasureCertificate.verify(bytes, keys: keys)
      self.erasure = erasure
      facts = Self.facts(erasure)
    } catch { problems = [CommandFailure.describing(error).message] }
  }

  private static func facts(_ erasure: ProvenErasure) -> [String] {
    func names(_ classes: [DataClass]) -> String { classes.map(\.name).joined(separator: ", ") }
    var facts = [
      "\(names(erasure.classes)) of \(erasure.customer) erased by entry \(erasure.seq) of "
        + "\(erasure.checkpoint.origin), of \(erasure.time)"
    ]
    if !erasure.kept.isEmpty { facts.append("not erased: \(names(erasure.kept))") }
    if !erasure.merged.isEmpty {
      facts.append("with it: \(erasure.merged.map(\.description).joined(separator: ", "))")
    }
    facts.append(
      "signed by the privacy officer with the key \(erasure.signedBy); \(erasure.tags) tags are kept")
    return facts + erasure.notReached.map { "not reached: \($0)" }
  }

  /// The check of a log or a package.
  init(file: String, kind: String, report: VerificationReport) {
    self.init(file: file, kind: kind, problems: report.problems.map { "\($0.code.name): \($0)" })
    self.report = report
    let hidden = report.problemCount - report.problems.count
    if hidden > 0 { problems.append("and \(hidden) more") }
  }

  /// How many entries were checked: of a published log, which begins with the first, all of them.
  var checkedEntries: UInt64? {
    report.map { kind == "log" ? $0.size : UInt64($0.checkedEntries) }
  }

  /// Whether it verifies.
  var isOK: Bool { problems.isEmpty }
}
