public import AuditLog
internal import Sodium

/// Verifies what was handed out of a vault, a published folder or an evidence package, with nothing but public keys:
/// no vault, no user, no secret.
public enum EvidenceVerification {
  /// Verifies a published folder: every tile, every entry, every statement with its signature and right, the
  /// checkpoint's signatures by log and user, and that the log continues the checkpoints that were kept.
  ///
  /// - Throws: `.io` only: what does not verify is in the report.
  public static func published(
    _ folder: String, keys: [LogVerifierKey], kept: [SignedNote] = [], workers: Int,
    progress: (Int) -> Void = { _ in }
  ) async throws -> VerificationReport {
    try await walk(folder, keys: keys, kept: kept, workers: workers, progress: progress).report
  }

  /// As ``published(_:keys:kept:workers:progress:)``, with who was in the vault in the end.
  static func walk(
    _ folder: String, keys: [LogVerifierKey], kept: [SignedNote], workers: Int, progress: (Int) -> Void
  ) async throws -> EvidenceWalk {
    var walk = EvidenceWalk()
    do {
      let directory = TileDirectory(path: folder)
      guard let note = try directory.note() else {
        throw LogError(.inputOutput, "there is no checkpoint in \(folder)")
      }
      let head = try walk.claim(note, keys)
      var heads = [head]
      for kept in kept { heads.append(try walk.claim(kept, keys)) }
      var verifier = LogVerifier(
        origin: LogOrigin(head.origin).base, logKeys: try firstKeys(directory, head), heads: heads)
      verifier.hasEveryCheckpoint = false
      var published = PublishedLog(directory)
      var told = 0
      var gone = GoneEntries()
      await published.verify(size: head.size, into: &verifier, workers: workers) { seq, envelope in
        if let envelope {
          if envelope.statement != nil { walk.take(envelope) }
        } else {
          gone.prune(seq)
        }
        told += 1
        if told == 4096 {
          progress(told)
          told = 0
        }
      }
      progress(told)
      walk.report.report(published.problems)
      verifier.checkpoint(note.bytes) { walk.signingKey($0) }
      await walk.finish(&verifier, keys, workers: workers)
      gone.check(walk.governance?.retired ?? RetiredEntries(), &walk.report)
    } catch { try walk.report.note(error, .checkpoint) }
    walk.report.sort()
    return walk
  }

  /// The key that the log began with; those after it are announced by entries.
  static func firstKeys(_ directory: TileDirectory, _ head: Checkpoint) throws -> [TrustedLogKey] {
    let width = TilePath.width(level: 0, index: 0, size: head.size)
    guard width > 0 else { throw LogError(.inconsistent, "the folder has no entries") }
    // The first statement is never pruned.
    let first =
      try (try? directory.bundle(0, width: width))?.first ?? directory.kept(0, width: width).first?.entry
    guard let first else { throw LogError(.inconsistent, "the log's first entry is not in the folder") }
    return try EvidenceWalk.firstKeys(first)
  }

  /// Verifies an evidence package, in its archive or unpacked.
  ///
  /// - Throws: `.io` only: what does not verify is in the report.
  public static func package(
    _ path: String, keys: [LogVerifierKey], kept: [SignedNote] = [], workers: Int,
    progress: (Int) -> Void = { _ in }
  ) async throws -> VerificationReport {
    var walk = EvidenceWalk()
    do {
      let files = try PackageFiles(path: path)
      var package = try PackageVerification(files, keys, kept, &walk)
      try package.run(&walk, progress)
      await walk.finish(&package.verifier, keys, workers: workers)
    } catch { try walk.report.note(error, .package) }
    walk.report.sort()
    return walk.report
  }
}

/// What the verification of any evidence keeps on its way: who is in the vault, and what was found.
struct EvidenceWalk {
  var report = VerificationReport()
  /// Who is in the vault, as the statements so far make it.
  private(set) var governance: Governance?
  /// The same before the commit at hand.
  private var before: Governance?

  /// The signed heads, whose signatures are checked at the end: which key had to sign is known then.
  private var claims: [(note: SignedNote, head: Checkpoint)] = []

  /// The keys of a log whose first entry has these bytes, before any other was announced.
  static func firstKeys(_ entry: [UInt8]) throws -> [TrustedLogKey] {
    guard let json = try Envelope(decoding: entry).statement else {
      throw LogError(.inconsistent, "the log does not begin with a genesis statement")
    }
    return try Governance(genesis: try Statement(json)).trustedLogKeys()
  }

  /// Takes a signed head of a log of which a key was given. Its signature counts once the log's keys are known.
  mutating func claim(_ note: SignedNote, _ keys: [LogVerifierKey]) throws(LogError) -> Checkpoint {
    let head = try Checkpoint(parsing: note.text)
    let origin = LogOrigin(head.origin).base
    guard keys.contains(where: { $0.use == .log && LogOrigin($0.name).base.utf8.elementsEqual(origin.utf8) })
    else {
      throw LogError(.wrongOrigin, "none of the given keys is that of the log \(origin)")
    }
    guard head.size < Self.sizeLimit else {
      throw LogError(.outOfBounds, "a checkpoint of a size that no log reaches")
    }
    claims.append((note, head))
    return head
  }

  /// Checks every head's signature by the key that the log had at its size, and that a given key is one of the log's:
  /// all are announced in its own entries, from the first one on, by statements that name their makers.
  private mutating func checkClaims(_ governance: Governance, _ keys: [LogVerifierKey]) {
    let isKnown = governance.logKeys.contains { period in keys.contains { $0.key == period.key } }
    if !isKnown { report.report(nil, .logSignature, "none of the given keys was ever the log's") }
    for (note, head) in claims {
      do throws(LogError) {
        _ = try Checkpoint.open(note, origin: head.origin, keys: [try governance.verifierKey(of: head)])
      } catch { report.report(head.size, .logSignature, error.reason) }
    }
  }

  /// An operator may sign any size: one beyond this is a trap for arithmetic, not a log.
  private static let sizeLimit: UInt64 = 1 << 48

  /// Takes an entry's statement into the governance state.
  mutating func take(_ envelope: Envelope) {
    guard let json = envelope.statement else { return }
    do throws(VaultError) {
      let statement = try Statement(json)
      if governance == nil {
        guard envelope.seq == 0 else {
          throw VaultError(.integrity, "the log does not begin with its genesis statement")
        }
        governance = try Governance(genesis: statement)
      } else {
        try governance?.apply(statement, at: envelope.seq)
      }
    } catch { report.report(envelope.seq, .governance, error.reason) }
  }

  /// The states in which a commit that ends here may have been signed.
  var states: [Governance] { [before, governance].compactMap { $0 } }

  /// The key of a user who may sign here.
  func signingKey(_ text: String) -> VerifyingKey? {
    KeyID(text).flatMap { id in
      states.first { $0.maySign(id) }.flatMap { $0.users[id]?.member.signingKey }
    }
  }

  /// Notes that a commit has ended.
  mutating func endCommit() { before = governance }

  /// Ends the walk: what is missing, signatures, and whether the log is the one that its genesis makes.
  mutating func finish(_ verifier: inout LogVerifier, _ keys: [LogVerifierKey], workers: Int) async {
    let found = verifier.finish()
    report.report(found)
    report.count(further: verifier.problemCount - found.count)
    report.report(
      await PendingSignature.problems(in: verifier.takePendingSignatures(), workers: workers))
    report.size = verifier.tree.size
    report.root = verifier.tree.root
    guard let governance else {
      report.report(nil, .governance, "the log does not begin with a genesis statement")
      return
    }
    report.restorations = governance.restorations
    if governance.origin.text != verifier.origin {
      report.report(
        nil, .governance, "the genesis statement is that of another vault than the log's name says")
    }
    checkClaims(governance, keys)
  }
}

extension Problem.Code {
  /// A package that is malformed or lacks something.
  public static let package = Self("package")
}
