public import Sodium

/// Verifies a log from its bytes, entry by entry, with nothing but public keys: no vault, no vault key, no secret.
///
/// Feed it every entry in order, and after each commit that commit's checkpoint; then `finish()`. It goes on after a
/// problem, so that one finding does not hide another. Signatures are set aside in `pendingSignatures`: take them out
/// as often as you like, and check them with `PendingSignature.problems(in:workers:)`. **A log is verified when
/// neither gave a problem.**
///
/// What is checked of an entry: it is the next one; its envelope is in the one canonical form, with a valid time; the
/// state commitment changed only where the kind allows it; the chain of statements; the ciphertexts against the
/// envelope. Of a checkpoint: origin, size and root, a signature by a log key that counts at this size, and one by a
/// known user. Of the whole: no entry is left uncovered, and every remembered head lies on the way.
public struct LogVerifier: Sendable {
  /// The most problems that are kept; further ones are counted.
  public static let problemLimit = 1000

  /// The `governance` of an envelope, and the `prev` of a statement, before which there was no statement.
  public static let noStatement = Digest32.zero

  /// Which log this is: the name that it has by now.
  public internal(set) var origin: String

  /// The log's keys. They may be changed on the way, as the statements of the log announce.
  public var logKeys: [TrustedLogKey]

  /// The tree over the entries so far.
  public private(set) var tree: CompactRange

  /// What was found so far, the first `problemLimit` of it.
  public private(set) var problems: [Problem] = []

  /// How many problems were found so far.
  public private(set) var problemCount = 0

  /// Signatures that are still to be checked.
  public private(set) var pendingSignatures: [PendingSignature] = []

  /// The last size that a valid checkpoint covered.
  public private(set) var coveredSize: UInt64

  /// Whether the checkpoint of every commit is shown. A published folder has the newest alone: there, the signatures
  /// under the heads before are not at hand.
  public var hasEveryCheckpoint = true

  /// The size at which the key before must have signed: that of the entry which announced its successor.
  var announcedSize: UInt64?

  private var state: Digest32?
  private var governance: Digest32
  var heads: [Checkpoint]

  /// The remembered heads that a restore from a backup has left behind, by its statement.
  public internal(set) var superseded: [Checkpoint] = []

  /// A verifier for a log from its beginning.
  ///
  /// - Parameters:
  ///   - heads: checkpoints that are remembered from earlier: the log must be a continuation of each.
  public init(origin: String, logKeys: [TrustedLogKey], heads: [Checkpoint] = []) {
    self.init(origin: origin, logKeys: logKeys, heads: heads, after: Position())
  }

  /// A verifier that goes on where an earlier one stopped.
  public init(origin: String, logKeys: [TrustedLogKey], heads: [Checkpoint] = [], after position: Position) {
    self.origin = origin
    self.logKeys = logKeys
    tree = position.tree
    state = position.state
    governance = position.governance
    coveredSize = position.tree.size
    self.heads = heads.sorted { $0.size > $1.size }
    for head in heads where head.size < tree.size {
      report(head.size, .rollback, "the remembered checkpoint is older than where the verification starts")
    }
    self.heads.removeAll { $0.size < tree.size }
    checkHeads()
  }

  /// Verifies the next entry, and returns its envelope when it is one.
  ///
  /// - Parameters:
  ///   - seq: the number under which the entry is stored.
  ///   - envelope: the bytes of the entry.
  ///   - sealed: the hashes of what is sealed beside it; nil where that is not at hand, as in a published folder.
  @discardableResult
  public mutating func consume(
    seq: UInt64, envelope bytes: Span<UInt8>, sealed: SealedParts?
  ) -> Envelope? {
    consume(seq: seq, ReadEntry(bytes, sealed: sealed))
  }

  /// Verifies the next entry, whose bytes were read before, on whatever core was free.
  @discardableResult
  public mutating func consume(seq: UInt64, _ entry: ReadEntry) -> Envelope? {
    let expected = tree.size
    if seq != expected { report(seq, .gap, "entry \(seq) stands where \(expected) belongs") }
    checkAnnouncement()
    defer {
      tree.append(entry.leafHash)
      checkHeads()
    }
    let envelope: Envelope
    do { envelope = try entry.envelope.get() } catch {
      report(expected, .envelope, error.reason)
      return nil
    }
    if envelope.seq != expected {
      report(expected, .gap, "the envelope says that it is entry \(envelope.seq)")
    }
    if entry.hasItsParts == false {
      report(expected, .sealed, "the sealed parts are not those that the envelope names")
    }
    if let state, state != envelope.state, !envelope.kind.mayChangeState {
      report(expected, .state, "the state changed in an entry of kind \(envelope.kind.rawValue)")
    }
    state = envelope.state
    checkGovernance(envelope, entry.statement)
    governance = envelope.governance
    if let successor = announcedKey(in: envelope) { announce(successor, at: expected) }
    if envelope.kind == .governance, let restoration = envelope.statement.flatMap({ LogRestoration($0) }) {
      restore(restoration, at: expected)
    }
    return envelope
  }

  /// Verifies the next entry. See `consume(seq:envelope:sealed:)` over a span.
  @discardableResult
  public mutating func consume(seq: UInt64, envelope: [UInt8], sealed: SealedParts?) -> Envelope? {
    consume(seq: seq, envelope: envelope.span, sealed: sealed)
  }

  /// Verifies the next entry and its ciphertexts.
  ///
  /// - Parameter sealedSessionKey: SHA-256 of the session key, sealed to the audit key.
  @discardableResult
  public mutating func consume(
    seq: UInt64, envelope: Span<UInt8>, sealedSessionKey: Digest32, what: Span<UInt8>, who: Span<UInt8>
  ) -> Envelope? {
    let sealed = SealedParts(sessionKey: sealedSessionKey, what: what, who: who)
    return consume(seq: seq, envelope: envelope, sealed: sealed)
  }

  /// Takes an entry that is gone under a retention policy, and of which only the leaf's hash is left: the tree stays
  /// whole, and what the entry said is no longer known.
  ///
  /// Whether it was permitted to go is for the caller to say.
  public mutating func consume(seq: UInt64, prunedLeaf leaf: Digest32) {
    if seq != tree.size { report(seq, .gap, "entry \(seq) stands where \(tree.size) belongs") }
    checkAnnouncement()
    state = nil
    tree.append(leaf)
    checkHeads()
  }

  /// Takes the signatures that are still to be checked.
  public mutating func takePendingSignatures() -> [PendingSignature] {
    defer { pendingSignatures.removeAll(keepingCapacity: true) }
    return pendingSignatures
  }

  /// Ends the verification: whatever should have come is missing now.
  ///
  /// - Returns: `problems`, complete but for the pending signatures.
  public mutating func finish() -> [Problem] {
    checkAnnouncement()
    if coveredSize < tree.size {
      report(tree.size, .uncovered, "no valid checkpoint covers the entries from \(coveredSize) on")
    }
    for head in heads {
      report(head.size, .rollback, "the log has \(tree.size) entries, and \(head.size) were seen before")
    }
    heads = []
    return problems
  }

  /// Where the verification stands, to go on from later.
  public var position: Position { Position(tree: tree, state: state, governance: governance) }

  /// Where a verification stands between two entries.
  public struct Position: Hashable, Sendable {
    /// The tree so far.
    public var tree: CompactRange
    /// The state commitment of the last entry; nil before the first.
    public var state: Digest32?
    /// The hash of the latest statement.
    public var governance: Digest32

    /// A position; by default the beginning.
    public init(
      tree: CompactRange = CompactRange(), state: Digest32? = nil,
      governance: Digest32 = LogVerifier.noStatement
    ) {
      self.tree = tree
      self.state = state
      self.governance = governance
    }
  }

  private mutating func checkGovernance(_ envelope: Envelope, _ hash: Digest32?) {
    guard envelope.kind.carriesStatement else {
      if envelope.statement != nil {
        report(envelope.seq, .governance, "a statement in an entry of kind \(envelope.kind.rawValue)")
      }
      if envelope.governance != governance {
        report(envelope.seq, .governance, "the latest statement changed without a statement")
      }
      return
    }
    guard let statement = envelope.statement, let hash else {
      report(envelope.seq, .governance, "an entry of kind \(envelope.kind.rawValue) without a statement")
      return
    }
    if hash != envelope.governance {
      report(envelope.seq, .governance, "the envelope names another statement than it carries")
    }
    guard let previous = statement["prev"]?.string, Digest32(base64: previous.utf8) == governance else {
      report(envelope.seq, .governance, "the statement does not follow the one before it")
      return
    }
  }

  private mutating func checkHeads() {
    guard let smallest = heads.last, smallest.size <= tree.size else { return }
    let name = LogOrigin(origin)
    var wrong: [UInt64] = []
    heads.removeAll { head in
      // A head of a later name of the log waits until the log has that name, or has gone past it.
      guard head.size == tree.size, LogOrigin(head.origin).number <= name.number else { return false }
      if head.root != tree.root || !head.origin.utf8.elementsEqual(origin.utf8) { wrong.append(head.size) }
      return true
    }
    for size in wrong {
      report(size, .rollback, "the log is not a continuation of the remembered checkpoint")
    }
  }

  mutating func report(_ seq: UInt64?, _ code: Problem.Code, _ text: String) {
    problemCount += 1
    if problems.count < Self.problemLimit { problems.append(Problem(seq: seq, code: code, text: text)) }
  }

  mutating func setAside(_ signature: PendingSignature) { pendingSignatures.append(signature) }

  mutating func cover() { coveredSize = tree.size }
}
