import Sodium

@testable import AuditLog

/// A small log as a vault would write it: entries, ciphertexts, and a doubly signed checkpoint after each commit.
final class SampleLog: LogSource {
  struct Entry {
    var envelope: [UInt8]
    var what: [UInt8]
    var who: [UInt8]
    var note: [UInt8]
    var plainWhat: [UInt8] = []
    var plainWho: [UInt8] = []
  }

  static let origin = "crmvault/00112233445566778899aabbccddeeff"
  static let sessionKey = SHA256.hash(Array("sealed session key".utf8))

  let logKey: SigningKey
  let userKey: SigningKey
  let logVerifier: LogVerifierKey
  let userVerifier: LogVerifierKey
  var entries: [Entry] = []
  var tree = CompactRange()
  private var governance = LogVerifier.noStatement
  private var state = SHA256.hash(Array("state".utf8))

  init() throws {
    logKey = SigningKey(seed: try .copying([UInt8](repeating: 1, count: 32).span))
    userKey = SigningKey(seed: try .copying([UInt8](repeating: 2, count: 32).span))
    logVerifier = try LogVerifierKey(name: Self.origin, key: logKey.publicKey)
    userVerifier = try UserKeyName.verifierKey(origin: Self.origin, key: userKey.publicKey)
  }

  /// A log of so many entries: a statement first, then accesses with a change now and then.
  convenience init(count: Int) throws {
    try self.init()
    for index in 0..<count {
      try append(index == 0 ? .governance : index % 5 == 4 ? .change : .access)
    }
  }

  func append(_ kind: Envelope.Kind, what part: WhatPart? = nil) throws {
    let seq = tree.size
    let shown = WhatPart(
      action: "customer.show", purpose: "support", subjects: .one("C-0"), outcome: .allowed)
    let what = try (part ?? shown).encoded()
    let who = try WhoPart(
      actor: "ada", key: UserKeyName.keyID(of: userKey.publicKey), role: "agent", session: "s1",
      origin: "host",
      mono: seq
    ).encoded()
    let cipherWhat = what.map { $0 ^ 0x5A }
    let cipherWho = who.map { $0 ^ 0xA5 }
    var statement: JSONValue?
    if kind.carriesStatement {
      let value: JSONValue = ["prev": .digest(governance), "type": "genesis", "at": .number(seq)]
      governance = SHA256.hash(try CanonicalJSON.encode(value))
      statement = value
    }
    if kind.mayChangeState { state = SHA256.hash(state.bytes) }
    let envelope = Envelope(
      seq: seq, time: LogTime(nanoseconds: 1_764_076_800_000_000_000 + seq), kind: kind, state: state,
      governance: governance, what: SHA256.hash(what), who: SHA256.hash(who),
      sealed: SealedParts(sessionKey: Self.sessionKey, what: cipherWhat.span, who: cipherWho.span).hash,
      statement: statement)
    append(try envelope.encoded(), cipherWhat, cipherWho)
    entries[entries.count - 1].note = try note().bytes
    entries[entries.count - 1].plainWhat = what
    entries[entries.count - 1].plainWho = who
  }

  func append(_ envelope: [UInt8], _ what: [UInt8] = [], _ who: [UInt8] = []) {
    tree.append(MerkleTree.leafHash(envelope))
    entries.append(Entry(envelope: envelope, what: what, who: who, note: []))
  }

  /// The signed head of the log as it is.
  func note() throws -> SignedNote {
    var note = try Checkpoint(origin: Self.origin, tree).note()
    note.append(try NoteSigner(logVerifier).sign(note.text, with: logKey))
    note.append(try NoteSigner(userVerifier).sign(note.text, with: userKey))
    return note
  }

  var leafHashes: [Digest32] { entries.map { MerkleTree.leafHash($0.envelope) } }

  func entries(_ range: Range<UInt64>) throws(LogError) -> [[UInt8]] {
    guard range.upperBound <= UInt64(entries.count) else { throw LogError(.outOfBounds, "past the end") }
    return entries[Int(range.lowerBound)..<Int(range.upperBound)].map(\.envelope)
  }

  /// A verifier that trusts this log's key.
  func verifier(heads: [Checkpoint] = []) -> LogVerifier {
    LogVerifier(origin: Self.origin, logKeys: [TrustedLogKey(logVerifier)], heads: heads)
  }

  /// Everything that a verification of the log finds, signatures included.
  func problems(_ verifier: LogVerifier? = nil) -> [Problem] {
    var verifier = verifier ?? self.verifier()
    let user = userKey.publicKey
    for (seq, entry) in entries.enumerated() {
      verifier.consume(
        seq: UInt64(seq), envelope: entry.envelope.span, sealedSessionKey: Self.sessionKey,
        what: entry.what.span,
        who: entry.who.span)
      guard !entry.note.isEmpty else { continue }
      verifier.checkpoint(entry.note) { $0 == UserKeyName.keyID(of: user) ? user : nil }
    }
    let found = verifier.finish()
    return found + verifier.takePendingSignatures().compactMap { $0.problem() }
  }

  /// Changes the envelope of one entry and hashes and signs everything anew, as whoever holds the keys could.
  func rewrite(_ seq: Int, _ change: (inout Envelope) throws -> Void) throws {
    var envelope = try Envelope(decoding: entries[seq].envelope)
    try change(&envelope)
    entries[seq].envelope = try envelope.encoded()
    try signAnew()
  }

  /// Makes every checkpoint anew over the entries as they are.
  func signAnew() throws {
    tree = CompactRange()
    for index in entries.indices {
      tree.append(MerkleTree.leafHash(entries[index].envelope))
      entries[index].note = try note().bytes
    }
  }
}
