import Sodium

/// A proof of one entry and what lies beside it, as `crmvault audit prove` and `crmvault audit subject --proofs` write
/// it: to be checked offline, with nothing but the log's public key.
///
/// | file | holds |
/// |---|---|
/// | `NAME` | the proof, c2sp.org/tlog-proof@v1 |
/// | `NAME.envelope.json` | the exact bytes of the entry |
/// | `NAME.what.json`, `NAME.who.json` | the exact bytes of a part, whose SHA-256 the envelope names |
/// | `NAME.chunk` | for an entry with a set: one chunk of it (``ChunkProof``) |
/// | `NAME.member` | for an entry that enrols customers: one of them (``EnrolProof``) |
public struct EntryEvidence: Sendable {
  /// The proof.
  public var proof: TLogProof
  /// The bytes of the entry.
  public var envelope: [UInt8]
  /// The bytes of *what*, where they are shown.
  public var what: [UInt8]?
  /// The bytes of *who*, where they are shown.
  public var who: [UInt8]?
  /// The chunk of the entry's set that one customer would be in.
  public var chunk: ChunkProof?
  /// Which customer an ordinal is.
  public var member: EnrolProof?

  /// Evidence of these parts.
  public init(
    proof: TLogProof, envelope: [UInt8], what: [UInt8]? = nil, who: [UInt8]? = nil, chunk: ChunkProof? = nil,
    member: EnrolProof? = nil
  ) {
    self.proof = proof
    self.envelope = envelope
    self.what = what
    self.who = who
    self.chunk = chunk
    self.member = member
  }

  /// The files, each with its ending and whether it holds what is for its reader alone.
  public var files: [(ending: String, bytes: [UInt8], isPrivate: Bool)] {
    let parts: [(String, [UInt8]?, Bool)] = [
      ("", proof.encoded, false), (".envelope.json", envelope, false), (".what.json", what, true),
      (".who.json", who, true), (".chunk", chunk?.encoded, true), (".member", member?.encoded, true),
    ]
    return parts.compactMap { ending, bytes, isPrivate in bytes.map { (ending, $0, isPrivate) } }
  }

  /// Reads a proof and what lies beside it.
  ///
  /// - Throws: `malformed`, `inputOutput`; `inconsistent` when the entry itself is not there.
  public init(path: String) throws(LogError) {
    try self.init(name: path) { (name) throws(LogError) in
      try Folder(path: name).read("", limit: Self.limit)
    }
  }

  /// Reads a proof of a package and what lies beside it.
  ///
  /// - Throws: as `init(path:)`.
  public init(name: String, in files: PackageFiles) throws(LogError) {
    try self.init(name: name) { (name) throws(LogError) in try files.read(name, limit: Self.limit) }
  }

  private init(name: String, _ read: (String) throws(LogError) -> [UInt8]?) throws(LogError) {
    guard let text = try read(name) else { throw LogError(.inputOutput, "there is no file \(name)") }
    let proof = try TLogProof(parsing: text)
    guard let envelope = try read(name + ".envelope.json") else {
      throw LogError(
        .inconsistent, "the entry that is proved is not beside its proof: \(name).envelope.json")
    }
    let chunk = try read(name + ".chunk").map { (bytes) throws(LogError) in try ChunkProof(decoding: bytes) }
    let member = try read(name + ".member").map { (bytes) throws(LogError) in try EnrolProof(decoding: bytes)
    }
    self.init(
      proof: proof, envelope: envelope, what: try read(name + ".what.json"),
      who: try read(name + ".who.json"),
      chunk: chunk, member: member)
  }

  /// Longer files than this are no proofs.
  private static let limit = 1 << 20

  /// Checks everything that is there: the entry against the proof, the proof against the signed checkpoint, each part
  /// against the entry, a customer against the batch that the part names.
  ///
  /// - Parameter keys: the log's keys, and those of users and witnesses that are to be checked too. A log's key is named
  ///   as its origin.
  /// - Throws: what `TLogProof.verify` throws; `unsigned` when no key is that log's; `inconsistent` when a part is
  ///   another than the entry names; `proofFailed`, `malformed`.
  public func verify(keys: [LogVerifierKey]) throws(LogError) -> ProvenEntry {
    let origin = try Checkpoint(parsing: proof.checkpoint.text).origin
    guard keys.contains(where: { $0.use == .log && $0.name.utf8.elementsEqual(origin.utf8) }) else {
      throw LogError(.unsigned, "none of the given keys is that of the log \(origin)")
    }
    return try proven(under: try proof.verify(entry: envelope, origin: origin, keys: keys))
  }

  /// Checks the same under a head whose signatures are checked elsewhere: the proof must be one to this very head.
  ///
  /// - Throws: `inconsistent` for a proof to another head; else as ``verify(keys:)``.
  public func verify(under head: Checkpoint) throws(LogError) -> ProvenEntry {
    guard try Checkpoint(parsing: proof.checkpoint.text) == head else {
      throw LogError(.inconsistent, "the entry is proved under another checkpoint")
    }
    try MerkleTree.verifyInclusion(
      leafHash: MerkleTree.leafHash(envelope), index: proof.index, size: head.size,
      proof: proof.hashes, root: head.root)
    return try proven(under: head)
  }

  private func proven(under head: Checkpoint) throws(LogError) -> ProvenEntry {
    let read = try Envelope(decoding: envelope)
    guard read.seq == proof.index else {
      throw LogError(
        .inconsistent, "the entry says that it is entry \(read.seq), and stands at \(proof.index)")
    }
    let what = try part(what, read.what, "what").map { (bytes) throws(LogError) in
      try WhatPart(decoding: bytes)
    }
    let who = try part(who, read.who, "who").map { (bytes) throws(LogError) in try WhoPart(decoding: bytes) }
    return ProvenEntry(
      checkpoint: head, envelope: read, what: what, who: who, customer: try customer(what), chunk: chunk)
  }

  private func part(_ bytes: [UInt8]?, _ hash: Digest32, _ name: String) throws(LogError) -> [UInt8]? {
    guard let bytes else { return nil }
    guard SHA256.hash(bytes) == hash else {
      throw LogError(.inconsistent, "\(name) is not the part that the entry names")
    }
    return bytes
  }

  private func customer(_ what: WhatPart?) throws(LogError) -> EnrolBatch.Member? {
    guard let member else { return nil }
    guard let what, what.action == EnrolBatch.action, let count = what.count, what.outcome == .allowed,
      let root = what.details?["root"]?.string.flatMap({ Digest32(base64: $0.utf8) })
    else { throw LogError(.proofFailed, "a customer is proved by an entry that enrols none") }
    try member.verify(root: root, count: count)
    return member.member
  }
}

/// What an ``EntryEvidence`` has proved.
public struct ProvenEntry: Sendable {
  /// The checkpoint under which the entry is.
  public let checkpoint: Checkpoint
  /// The public half.
  public let envelope: Envelope
  /// What was done, where it is shown.
  public let what: WhatPart?
  /// Who did it, where it is shown.
  public let who: WhoPart?
  /// The customer whom the entry enrolled, where one is shown.
  public let customer: EnrolBatch.Member?
  let chunk: ChunkProof?

  /// Whether the entry's set was shown in part.
  public var hasChunk: Bool { chunk != nil }

  /// Whether a customer is in the entry's set.
  ///
  /// - Parameters:
  ///   - customer: ordinal and pseudonym as an enrolment proved them.
  ///   - enrolment: the index of that enrolment.
  /// - Throws: `proofFailed` without a chunk that shows it, `inconsistent` when the customer is in the set's universe
  ///   and was enrolled after it.
  public func contains(_ customer: EnrolBatch.Member, enrolledBy enrolment: UInt64) throws(LogError) -> Bool {
    guard let set = what?.set else { throw LogError(.proofFailed, "the entry names no set of customers") }
    // No set holds an ordinal beyond its universe: who was enrolled later is not in it.
    guard customer.ordinal < set.universe else { return false }
    guard enrolment <= set.directory else {
      throw LogError(.inconsistent, "the set is over customers of whom this one was not one yet")
    }
    guard let chunk else {
      throw LogError(.proofFailed, "the chunk that the customer would be in is not shown")
    }
    return try chunk.contains(customer.ordinal, in: set)
  }
}
