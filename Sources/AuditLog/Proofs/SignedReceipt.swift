public import Sodium

/// What goes with a released file: what was measured, under which purpose it left, and the proof that its release is in
/// the log; to be checked offline with nothing but the log's public key.
///
/// One canonical JSON object: `body` (an object, see below), `signature` (base64), and the evidence of the entry that
/// carries the body's hash: `envelope` and `what` (their exact bytes, as texts) and `proof` (c2sp.org/tlog-proof@v1).
///
/// | body | |
/// |---|---|
/// | `v`, `kind` | 1; `anonymized`, `pseudonymized`, `aggregate` |
/// | `vault`, `index` | the vault's id in hex; the place in its log, a decimal string |
/// | `sha256`, `plain_sha256` | of the file as delivered and of what it was before encryption, in hex |
/// | `key` | the Ed25519 key that signed, base64 |
/// | others | as the release has them: purpose, recipient, notice, limits, measured values |
///
/// The signature counts through the log alone: the entry names the body's hash, and the body names the key.
public struct SignedReceipt: Hashable, Sendable {
  /// The action of the entry that carries the receipt's hash.
  public static let action = "export.release"
  /// The longest receipt.
  public static let longest = 1 << 20
  /// What a receipt's name adds to that of its file.
  public static let ending = ".receipt.json"

  /// What is signed.
  public let body: JSONObject
  /// Ed25519 over `crmvault/receipt/v1`, a zero byte, the vault id and the canonical body.
  public let signature: [UInt8]
  /// The exact bytes of the entry.
  public let envelope: [UInt8]
  /// The exact bytes of its *what*, which names the body's hash.
  public let what: [UInt8]
  /// The proof that the entry is in the log.
  public let proof: TLogProof

  /// A receipt of these parts.
  public init(body: JSONObject, signature: [UInt8], envelope: [UInt8], what: [UInt8], proof: TLogProof) {
    self.body = body
    self.signature = signature
    self.envelope = envelope
    self.what = what
    self.proof = proof
  }

  /// SHA-256 of the canonical body: what the entry names.
  public static func hash(of body: JSONObject) throws(LogError) -> Digest32 {
    SHA256.hash(try CanonicalJSON.encode(.object(body)))
  }

  /// What is signed of a body.
  ///
  /// - Parameter vault: the 16 bytes of the vault's id.
  public static func message(_ body: JSONObject, vault: [UInt8]) throws(LogError) -> [UInt8] {
    Array("crmvault/receipt/v1".utf8) + [0] + vault + (try CanonicalJSON.encode(.object(body)))
  }

  /// The text of the receipt, with a line feed.
  public func encoded() throws(LogError) -> [UInt8] {
    func text(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: bytes, as: UTF8.self)) }
    var object = JSONObject()
    object["body"] = .object(body)
    object["signature"] = .string(Base64.encode(signature))
    object["envelope"] = text(envelope)
    object["what"] = text(what)
    object["proof"] = text(proof.encoded)
    return try CanonicalJSON.encode(.object(object)) + [UInt8(ascii: "\n")]
  }

  /// Whether bytes begin as a receipt does.
  public static func isLikely(_ start: some Collection<UInt8>) -> Bool {
    start.starts(with: #"{"body":{"#.utf8)
  }

  /// Reads a receipt.
  ///
  /// - Throws: `malformed`, `unknownField`, `unknownVersion`.
  public init(decoding bytes: [UInt8]) throws(LogError) {
    var fields = try ObjectFields(try CanonicalJSON.parse(bytes), "a receipt")
    guard let body = fields.optional("body")?.object, body["v"] == 1 else {
      throw LogError(.unknownVersion, "a receipt has a body of version 1")
    }
    guard let signature = StrictBase64.decode(Array(try fields.string("signature").utf8).span) else {
      throw fields.malformed("signature")
    }
    let envelope = Array(try fields.string("envelope").utf8)
    let what = Array(try fields.string("what").utf8)
    let proof = try TLogProof(parsing: Array(try fields.string("proof").utf8))
    try fields.finish()
    self.init(body: body, signature: signature, envelope: envelope, what: what, proof: proof)
  }

  /// Checks the receipt itself: the entry is in the log, names this body, and the body's signature is by its key.
  ///
  /// - Parameter keys: the log's keys.
  /// - Throws: what ``EntryEvidence/verify(keys:)`` throws; `inconsistent`, `badSignature`.
  public func verify(keys: [LogVerifierKey]) throws(LogError) -> ProvenEntry {
    let evidence = EntryEvidence(proof: proof, envelope: envelope, what: what)
    let proven = try evidence.verify(keys: keys)
    guard let what = proven.what, what.action == Self.action, what.outcome == .allowed else {
      throw LogError(.inconsistent, "the entry that is proved is not that of a release")
    }
    let hash = what.details?["receipt"]?.string.flatMap { Digest32(base64: $0.utf8) }
    guard hash == (try Self.hash(of: body)) else {
      throw LogError(.inconsistent, "the entry names another receipt: this one was changed")
    }
    guard body["index"]?.string == String(proven.envelope.seq), let vault = vault(of: proven.checkpoint)
    else {
      throw LogError(.inconsistent, "the receipt says that it belongs to another entry or another vault")
    }
    guard let key = body["key"]?.string.flatMap({ StrictBase64.decode(Array($0.utf8).span) }),
      VerifyingKey(key)?.verifies(signature, of: try Self.message(body, vault: vault)) == true
    else { throw LogError(.badSignature, "the signature of the receipt does not verify") }
    return proven
  }

  /// The vault's id, where the log is that vault's.
  private func vault(of head: Checkpoint) -> [UInt8]? {
    guard let text = body["vault"]?.string, text.utf8.count == 32, let id = try? Hex.decode(text) else {
      return nil
    }
    // After a restore behind the known head the log goes on under `ORIGIN/2`.
    let own = "crmvault/\(text)"
    return head.origin == own || head.origin.hasPrefix(own + "/") ? id : nil
  }

  /// Checks that a file is the one that the receipt is for.
  ///
  /// - Parameters:
  ///   - sha256: of the file's bytes.
  /// - Returns: whether it is what was inside the encryption rather than the file as delivered.
  /// - Throws: `inconsistent` for another file.
  public func check(sha256: Digest32) throws(LogError) -> Bool {
    let text = Hex.encode(sha256.bytes)
    if body["sha256"]?.string == text { return false }
    guard body["plain_sha256"]?.string == text else {
      throw LogError(.inconsistent, "the file is not the one that the receipt is for, or was changed")
    }
    return true
  }
}
