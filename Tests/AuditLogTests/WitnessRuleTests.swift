import Sodium
import Testing

@testable import AuditLog

@Suite("A witness's judgement")
struct WitnessRuleTests {
  private func request(
    _ log: SampleLog, from old: UInt64, proof: [Digest32]? = nil, note: SignedNote? = nil
  ) throws -> AddCheckpointRequest {
    let hashes = try proof ?? MerkleTree.consistencyProof(from: old, leafHashes: log.leafHashes)
    return try AddCheckpointRequest(oldSize: old, proof: hashes, note: note ?? log.note())
  }

  private func status(
    _ request: AddCheckpointRequest, _ log: SampleLog, seen: Checkpoint? = nil
  ) throws -> (status: Int, evidence: WitnessRule.Evidence?) {
    switch try WitnessRule(logs: [log.logVerifier]).judge(request, remembered: seen) {
    case .accepted: (200, nil)
    case .refused(let refusal): (refusal.status, refusal.evidence)
    }
  }

  private func head(_ log: SampleLog) throws -> Checkpoint {
    try Checkpoint(origin: SampleLog.origin, log.tree)
  }

  @Test("accepts the first head, a later one with its proof, and the same one again")
  func accepts() throws {
    let log = try SampleLog(count: 5)
    #expect(try status(request(log, from: 0), log).status == 200)
    let seen = try head(log)
    #expect(try status(request(log, from: 5), log, seen: seen).status == 200)
    for _ in 0..<4 { try log.append(.access) }
    #expect(try status(request(log, from: 5), log, seen: seen).status == 200)
  }

  @Test("keeps the lines of the log's own keys and drops all others")
  func keepsOwnLines() throws {
    let log = try SampleLog(count: 3)
    let rule = try WitnessRule(logs: [log.logVerifier])
    guard case .accepted(let checkpoint, let note) = rule.judge(try request(log, from: 0), remembered: nil)
    else {
      Issue.record("it was refused")
      return
    }
    #expect(checkpoint.size == 3)
    #expect(note.signatures.map(\.name) == [SampleLog.origin])
  }

  @Test("tells a rolled back log by 409, a fork by 422 or 409 with evidence, and nonsense by 400")
  func refuses() throws {
    let log = try SampleLog(count: 9)
    let seen = try head(log)
    let older = try SampleLog(count: 6)
    // Rolled back: the witness is asked to go back.
    #expect(try status(request(older, from: 6), log, seen: seen) == (409, nil))
    #expect(try status(request(older, from: 0), log, seen: seen) == (409, nil))
    // Forked at the same size, and further on.
    let fork = try SampleLog(count: 6)
    for _ in 0..<3 { try fork.append(.log) }
    #expect(try status(request(fork, from: 9), log, seen: seen) == (422, .fork))
    #expect(try status(request(fork, from: 0), log, seen: seen) == (409, .fork))
    try fork.append(.log)
    #expect(try status(request(fork, from: 9), log, seen: seen) == (422, .unproved))
    // Larger old size than the checkpoint's.
    #expect(
      try status(request(log, from: 10, proof: []), log, seen: seen) == (400, nil))
  }

  @Test("does not take a proof where there must be none, or one that is too long, too short or of others")
  func proofs() throws {
    let log = try SampleLog(count: 3)
    let seen = try head(log)
    for _ in 0..<4 { try log.append(.access) }
    let proof = try MerkleTree.consistencyProof(from: 3, leafHashes: log.leafHashes)
    for bad in [[], proof.dropLast(), proof + [.zero], proof.reversed(), [.zero] + proof.dropFirst()]
      as [[Digest32]]
    {
      #expect(try status(request(log, from: 3, proof: bad), log, seen: seen).status == 422)
    }
    #expect(try status(request(log, from: 0, proof: [.zero]), log).status == 422)
    #expect(try status(request(log, from: 7, proof: [.zero]), log, seen: head(log)).status == 422)
  }

  @Test("does not know a log that it was not told of, and takes no signature but a trusted one")
  func strangers() throws {
    let log = try SampleLog(count: 3)
    let other = try LogVerifierKey(name: "other", key: log.logKey.publicKey)
    let rule = try WitnessRule(logs: [other])
    guard case .refused(let refusal) = rule.judge(try request(log, from: 0), remembered: nil) else {
      Issue.record("it was accepted")
      return
    }
    #expect(refusal.status == 404)
    var unsigned = try head(log).note()
    unsigned.append(try log.note().signatures[1])
    #expect(try status(request(log, from: 0, note: unsigned), log).status == 403)
    var forged = try head(log).note()
    var line = try log.note().signatures[0]
    line = NoteSignature(name: line.name, keyID: line.keyID, signature: line.signature.reversed())
    forged.append(line)
    #expect(try status(request(log, from: 0, note: forged), log).status == 403)
    #expect(throws: LogError(.wrongKey, "")) {
      try WitnessRule(logs: [LogVerifierKey(name: "w", use: .cosignature, key: log.logKey.publicKey)])
    }
  }

  @Test("a checkpoint of size zero has the root of the empty tree, or is refused by 422")
  func emptyTree() throws {
    let log = try SampleLog()
    #expect(try status(request(log, from: 0), log).status == 200)
    let text = Array("\(SampleLog.origin)\n0\n\(Base64.encode(SHA256.hash([1]).bytes))\n".utf8)
    var note = try SignedNote(text: text)
    note.append(try NoteSigner(log.logVerifier).sign(text, with: log.logKey))
    #expect(try status(request(log, from: 0, proof: [], note: note), log).status == 422)
  }

  @Test("a request is read as it was written, and nothing else is")
  func bytes() throws {
    let log = try SampleLog(count: 9)
    let request = try request(log, from: 5)
    #expect(try AddCheckpointRequest(parsing: request.encoded) == request)
    let good = String(decoding: request.encoded, as: UTF8.self)
    let note = String(decoding: try log.note().bytes, as: UTF8.self)
    let hash = Base64.encode([UInt8](repeating: 1, count: 32))
    let bad = [
      "", "old 5", good.replacing("old 5", with: "old 05"), good.replacing("old 5", with: "new 5"),
      good.replacing("old 5", with: "old  5"), good.replacing("old 5", with: "old -1"), "old 0\n" + note,
      "old 5\n\(hash)\n", "old 5\n\(hash.dropLast())\n\n" + note, "old 5\n\(hash) \n\n" + note,
      "old 5\n" + String(repeating: hash + "\n", count: 64) + "\n" + note, String(good.dropLast()),
      good + "\n", "old 0\n\nno note\n", "\n" + good, good.replacing("\n", with: "\r\n"),
    ]
    for text in bad {
      #expect(throws: LogError.self, "\(text.prefix(60))") {
        try AddCheckpointRequest(parsing: Array(text.utf8))
      }
    }
    #expect(throws: LogError(.outOfBounds, "")) {
      try AddCheckpointRequest(parsing: [UInt8](repeating: 0x6f, count: 70_000))
    }
  }
}

@Suite("Cosignatures as a witness answers them")
struct CosignaturesTests {
  @Test("are held against the witness's key; lines of unknown keys are kept byte for byte")
  func open() throws {
    let log = try SampleLog(count: 3)
    let checkpoint = try Checkpoint(origin: SampleLog.origin, log.tree)
    let key = try RotatedLog.SigningKeyBox(20)
    let verifier = try LogVerifierKey(name: "example.org/w", use: .cosignature, key: key.key.publicKey)
    let line = try NoteSigner(verifier).cosign(checkpoint, time: 1_700_000_000, with: key.key)
    // As an ML-DSA-44 witness would add: a kind of key that is not known here.
    let strange = NoteSignature(
      name: "example.org/w", keyID: 0x0102_0304, signature: [UInt8](repeating: 7, count: 2428))
    let body = Cosignatures.encode([line, strange])
    let answer = try Cosignatures.open(body, of: log.note(), by: verifier)
    #expect(answer.time == 1_700_000_000 && answer.lines == [line, strange])
    var note = try log.note()
    try note.merge(answer.lines)
    #expect(note.bytes == (try log.note()).bytes + body)
    // Again the same, an older one and a newer one of the same key.
    try note.merge(answer.lines)
    try note.merge([try NoteSigner(verifier).cosign(checkpoint, time: 1_600_000_000, with: key.key)])
    #expect(note.bytes == (try log.note()).bytes + body)
    let newer = try NoteSigner(verifier).cosign(checkpoint, time: 1_800_000_000, with: key.key)
    try note.merge([newer])
    #expect(
      note.signatures.count == 4 && note.signatures.contains(newer) && note.signatures.contains(strange))
  }

  @Test("that are malformed, unsigned, of another head, without a time or too many are refused")
  func refused() throws {
    let log = try SampleLog(count: 3)
    let key = try RotatedLog.SigningKeyBox(20)
    let verifier = try LogVerifierKey(name: "example.org/w", use: .cosignature, key: key.key.publicKey)
    let head = try Checkpoint(origin: SampleLog.origin, log.tree)
    let other = try Checkpoint(origin: SampleLog.origin, size: 4, root: head.root)
    func body(_ checkpoint: Checkpoint, _ time: UInt64) throws -> [UInt8] {
      Cosignatures.encode([try NoteSigner(verifier).cosign(checkpoint, time: time, with: key.key)])
    }
    let good = try body(head, 1)
    let many = [UInt8](Array(repeating: good, count: 17).joined())
    for bad in [
      [], [0x0a], Array(good.dropLast()), try body(other, 1), try body(head, 0), good + [0x0a], many,
      try body(head, 1 << 63), Array("\u{2014} example.org/x AAAAAAAA\n".utf8),
    ] {
      #expect(throws: LogError.self) { try Cosignatures.open(bad, of: log.note(), by: verifier) }
    }
  }
}
