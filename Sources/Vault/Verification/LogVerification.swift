internal import AuditLog
internal import Sodium

/// Verifies a whole log from the rows of a store: entries through `LogVerifier`, statements through `Governance`,
/// every checkpoint, every frontier, every session.
///
/// It goes on after a problem, so that one finding does not hide another.
struct LogVerification {
  /// Who may have written a commit: what its entries are held against once their parts are open.
  final class CommitSigner: Sendable {
    let keyID: KeyID?
    let governance: [Governance]
    init(_ keyID: KeyID?, _ governance: [Governance]) {
      self.keyID = keyID
      self.governance = governance
    }
  }

  /// An entry whose public half was read, with what is needed to open the rest.
  struct OpenableEntry: Sendable {
    let row: EntryRow
    let envelope: Envelope
    let session: SessionRow?
    var signer: CommitSigner?
  }

  private let anchor: LogAnchor
  private(set) var report = VerificationReport()
  /// Who is in the vault, as far as the log was read; nil before a genesis was found.
  private(set) var governance: Governance?
  /// Sequence numbers of entries with a statement.
  private(set) var statements: [Int64] = []
  /// The sessions that entries name.
  private(set) var sessions: Set<Int64> = []
  /// What is gone of entries: held against the statements at the end.
  private(set) var gone = GoneEntries()
  private(set) var checkpointCount = 0
  private(set) var entryCount = 0

  private var verifier: LogVerifier?
  /// The governance state before the commit at hand.
  private var before: Governance?
  /// Entries of the commit at hand: their signer is known at its end.
  private var open: [OpenableEntry] = []
  /// The tree before the commit at hand: what its checkpoint's frontier must be.
  private var frontier = CompactRange()

  init(_ anchor: LogAnchor) { self.anchor = anchor }

  /// The state after the last entry.
  var state: Digest32? { verifier?.position.state }

  /// Takes the next stretch and what the bytes of its entries say, in the same order; returns its entries as far as
  /// their commits are complete.
  mutating func consume(_ stretch: LogStretch, _ read: [ReadEntry]) throws -> [OpenableEntry] {
    var ready: [OpenableEntry] = []
    var checkpoints = stretch.checkpoints[...]
    entryCount += stretch.entries.count
    for (row, entry) in zip(stretch.entries, read) {
      guard row.seq >= 0 else {
        report.report(nil, .row, "an entry has a negative number")
        continue
      }
      try begin(row)
      guard verifier != nil else { break }
      skipped(&checkpoints)
      consume(row, entry, stretch.sessions[row.session])
      guard let size = verifier?.tree.size, let checkpoint = checkpoints.first, checkpoint.size == Int64(size)
      else {
        continue
      }
      checkpoints = checkpoints.dropFirst()
      if frontier.encoded != checkpoint.frontier {
        report.report(size, .row, "a checkpoint is missing before this one, or its frontier was changed")
      }
      ready += self.checkpoint(checkpoint.note)
    }
    checkpointCount += stretch.checkpoints.count
    for checkpoint in checkpoints {
      report.report(
        UInt64(clamping: checkpoint.size), .checkpoint, "a checkpoint of a size that no commit ended with")
    }
    return ready
  }

  /// Signatures that are still to be checked.
  mutating func takePendingSignatures() -> [PendingSignature] { verifier?.takePendingSignatures() ?? [] }

  /// Ends the walk; returns the report, complete but for signatures and parts.
  mutating func finish() -> VerificationReport {
    if var verifier {
      let found = verifier.finish()
      report.report(found)
      report.count(further: verifier.problemCount - found.count)
      report.size = verifier.tree.size
      report.root = verifier.tree.root
      report.checkedEntries = Int(verifier.tree.size)
      report.checkedCheckpoints = checkpointCount
      gone.check(governance?.retired ?? RetiredEntries(), &report)
      self.verifier = verifier
    } else {
      report.report(nil, .governance, "the log does not begin with a genesis statement")
    }
    return report
  }

  mutating func add(_ problems: [Problem]) { report.report(problems) }

  // MARK: - One entry

  /// The first entry says which vault this is.
  private mutating func begin(_ row: EntryRow) throws {
    guard verifier == nil else { return }
    do {
      guard let statement = try Envelope(decoding: row.envelope).statement else { return }
      let genesis = try Governance(genesis: try Statement(statement))
      governance = genesis
      let key = try LogVerifierKey(name: genesis.vaultID.origin, key: genesis.genesis.logKey)
      let heads = try anchor.heads(genesis, key, &report)
      verifier = LogVerifier(origin: key.name, logKeys: [TrustedLogKey(key)], heads: heads)
    } catch { try report.note(error, seq: 0, .governance) }
  }

  private mutating func consume(_ row: EntryRow, _ entry: ReadEntry, _ session: SessionRow?) {
    guard let index = verifier?.tree.size else { return }
    if let leaf = row.prunedLeaf {
      verifier?.consume(seq: UInt64(row.seq), prunedLeaf: leaf)
      return gone.prune(index)
    }
    if let session, row.what != nil, row.who != nil {
      for part in [Statement.LogPart.what, .who] where row.lacks(part) { gone.erase(part, index) }
      sessions.insert(session.id)
      if session.epoch != Int64(KeyChain.epoch) {
        report.report(index, .row, "the entry's session names a key epoch that is not known")
      }
    } else {
      report.report(index, .sealed, "the sealed parts or their session are missing")
    }
    guard let envelope = verifier?.consume(seq: UInt64(row.seq), entry) else { return }
    if envelope.kind.code != row.kind {
      report.report(index, .row, "the entry's row names another kind than its envelope")
    }
    if let json = envelope.statement {
      statements.append(row.seq)
      apply(json, index)
    }
    open.append(OpenableEntry(row: row, envelope: envelope, session: session))
  }

  private mutating func apply(_ json: JSONValue, _ index: UInt64) {
    guard before != nil || index > 0 else { return }  // the genesis, which begin has taken
    do throws(VaultError) { try governance?.apply(try Statement(json), at: index) } catch {
      report.report(index, .governance, error.reason)
    }
  }

  // MARK: - Checkpoints

  /// Checkpoints that lie between the ends of commits.
  private mutating func skipped(_ checkpoints: inout ArraySlice<CheckpointRow>) {
    while let checkpoint = checkpoints.first, checkpoint.size <= Int64(clamping: verifier?.tree.size ?? 0) {
      report.report(
        UInt64(clamping: checkpoint.size), .checkpoint, "a checkpoint of a size that no commit ended with")
      checkpoints = checkpoints.dropFirst()
    }
  }

  private mutating func checkpoint(_ note: [UInt8]) -> [OpenableEntry] {
    let states = [before, governance].compactMap { $0 }
    let signer = verifier?.checkpoint(note) { text in
      KeyID(text).flatMap { id in
        states.first { $0.maySign(id) }.flatMap { $0.users[id]?.member.signingKey }
      }
    }
    if Set(open.map(\.row.session)).count > 1 {
      report.report(verifier?.tree.size, .checkpoint, "one checkpoint covers the entries of several sessions")
    }
    let context = CommitSigner(signer.flatMap { KeyID($0) }, states)
    let ready = open.map { entry in
      var entry = entry
      entry.signer = context
      return entry
    }
    open.removeAll(keepingCapacity: true)
    before = governance
    frontier = verifier?.tree ?? frontier
    return ready
  }
}

extension Governance {
  /// Whether a user may sign a commit: is in the vault and has a role.
  func maySign(_ id: KeyID) -> Bool { activeUser(id) != nil && !roles(of: id).isEmpty }
}
