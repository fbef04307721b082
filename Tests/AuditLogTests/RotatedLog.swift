import Sodium

@testable import AuditLog

/// A log whose key was changed once: five entries under the first key, the fifth announcing the second, then four more.
struct RotatedLog {
  static let origin = SampleLog.origin
  let keys: [SigningKeyBox]
  let userKey: SigningKeyBox
  var envelopes: [[UInt8]] = []
  var notes: [[UInt8]] = []

  final class SigningKeyBox: Sendable {
    let key: SigningKey
    init(_ byte: UInt8) throws {
      key = SigningKey(seed: try .copying([UInt8](repeating: byte, count: 32).span))
    }
  }

  /// The index of the entry that announces the second key.
  static let announcement = 4

  init(announces: Bool = true) throws {
    keys = [try SigningKeyBox(11), try SigningKeyBox(12)]
    userKey = try SigningKeyBox(13)
    var governance = LogVerifier.noStatement
    for seq in 0..<9 {
      var statement: JSONValue?
      if seq == 0 { statement = ["prev": .digest(governance), "type": "genesis"] }
      if seq == Self.announcement {
        statement = [
          "prev": .digest(governance), "type": .string(announces ? LogKeyAnnouncement.type : "other"),
          "key": .string(Base64.encode(keys[1].key.publicKey.bytes)),
        ]
      }
      if let statement { governance = SHA256.hash(try CanonicalJSON.encode(statement)) }
      let envelope = Envelope(
        seq: UInt64(seq), time: LogTime(nanoseconds: 1_764_076_800_000_000_000 + UInt64(seq)),
        kind: statement == nil ? .access : .governance, state: .zero, governance: governance,
        what: .zero, who: .zero, sealed: .zero, statement: statement)
      envelopes.append(try envelope.encoded())
    }
    try signAnew { $0 <= UInt64(Self.announcement) + 1 ? 0 : 1 }
  }

  /// Makes every checkpoint anew, each by the log key that `key` says.
  mutating func signAnew(_ key: (UInt64) -> Int) throws {
    notes = []
    var tree = CompactRange()
    for envelope in envelopes {
      tree.append(MerkleTree.leafHash(envelope))
      notes.append(try note(tree, key(tree.size)).bytes)
    }
  }

  func verifierKey(_ index: Int) throws -> LogVerifierKey {
    try LogVerifierKey(name: Self.origin, key: keys[index].key.publicKey)
  }

  func note(_ tree: CompactRange, _ key: Int) throws -> SignedNote {
    var note = try Checkpoint(origin: Self.origin, tree).note()
    note.append(try NoteSigner(verifierKey(key)).sign(note.text, with: keys[key].key))
    let user = try UserKeyName.verifierKey(origin: Self.origin, key: userKey.key.publicKey)
    note.append(try NoteSigner(user).sign(note.text, with: userKey.key))
    return note
  }

  /// What somebody finds who has the first key alone.
  ///
  /// - Parameter commits: the sizes at which commits end; nil for one an entry.
  func problems(heads: [Checkpoint] = [], commits: Set<UInt64>? = nil, pruned: Set<Int> = []) throws -> Set<
    String
  > {
    var verifier = LogVerifier(
      origin: Self.origin, logKeys: [TrustedLogKey(try verifierKey(0))], heads: heads)
    let user = userKey.key.publicKey
    for (seq, envelope) in envelopes.enumerated() {
      if pruned.contains(seq) {
        verifier.consume(seq: UInt64(seq), prunedLeaf: MerkleTree.leafHash(envelope))
      } else {
        verifier.consume(seq: UInt64(seq), envelope: envelope, sealed: nil)
      }
      guard commits?.contains(UInt64(seq) + 1) ?? true else { continue }
      verifier.checkpoint(notes[seq]) { $0 == UserKeyName.keyID(of: user) ? user : nil }
    }
    let found = verifier.finish() + verifier.takePendingSignatures().compactMap { $0.problem() }
    return Set(found.map(\.code.name))
  }
}
