import Sodium
import Testing

@testable import AuditLog

@Suite("Trust policies")
struct TrustPolicyTests {
  /// A witness with a key made of one byte.
  struct Party {
    let name: String
    let key: RotatedLog.SigningKeyBox
    let use: LogVerifierKey.Use

    init(_ name: String, _ byte: UInt8, _ use: LogVerifierKey.Use = .cosignature) throws {
      self.name = name
      key = try RotatedLog.SigningKeyBox(byte)
      self.use = use
    }

    var verifier: LogVerifierKey {
      get throws { try LogVerifierKey(name: name, use: use, key: key.key.publicKey) }
    }
  }

  let log: Party
  let witnesses: [Party]
  let checkpoint: Checkpoint

  init() throws {
    log = try Party("example.org/log", 1, .log)
    witnesses = try ["x1", "x2", "x3", "y1", "y2", "y3"].enumerated().map {
      try Party("example.org/\($1)", UInt8(10 + $0))
    }
    checkpoint = try Checkpoint(origin: log.name, size: 7, root: SHA256.hash([7]))
  }

  private func policy(_ tail: String) throws(LogError) -> TrustPolicy {
    do {
      var text = "# who is trusted\n\tlog \(try log.verifier.text) https://example.org/log\n"
      for (index, witness) in witnesses.enumerated() {
        text += "witness W\(index) \(try witness.verifier.text)\n"
      }
      return try TrustPolicy(parsing: Array((text + tail).utf8))
    } catch let error as LogError { throw error } catch { throw LogError(.malformed, "\(error)") }
  }

  private func note(_ signers: [Int], time: UInt64 = 1_700_000_000) throws -> SignedNote {
    var note = try checkpoint.note()
    note.append(try NoteSigner(log.verifier).sign(note.text, with: log.key.key))
    for index in signers {
      note.append(
        try NoteSigner(witnesses[index].verifier).cosign(
          checkpoint, time: time, with: witnesses[index].key.key))
    }
    return note
  }

  private func satisfied(_ policy: TrustPolicy, _ signers: [Int]) throws -> Bool {
    try policy.evaluate(note(signers), origin: log.name).isSatisfied
  }

  @Test("the quorum of the specification's example is what it says")
  func example() throws {
    let policy = try policy(
      """
      group X-witnesses 2 W0 W1 W2
      group Y-witnesses any W3 W4 W5
      group X-and-Y all X-witnesses Y-witnesses
      quorum X-and-Y

      """)
    #expect(policy.logs.map(\.url) == ["https://example.org/log"])
    #expect(policy.witnesses.map(\.name) == ["W0", "W1", "W2", "W3", "W4", "W5"])
    #expect(try satisfied(policy, [0, 2, 4]))
    #expect(try satisfied(policy, [0, 1, 2, 3, 4, 5]))
    for signers in [[], [0, 1, 2], [0, 3, 4, 5], [3, 4, 5], [0]] {
      #expect(try !satisfied(policy, signers), "\(signers)")
    }
  }

  @Test("one witness, none, and an unknown kind of key")
  func simple() throws {
    #expect(try satisfied(policy("quorum W1\n"), [1]))
    #expect(try !satisfied(policy("quorum W1\n"), [0]))
    #expect(try satisfied(policy("quorum none\n"), []))
    #expect(try policy("quorum none\n").demandsNothing)
    // An ML-DSA witness is silent here: the others must do.
    let unknown =
      "witness Q example.org/q+01020304+\(Base64.encode([6] + [UInt8](repeating: 1, count: 1312)))\n"
    #expect(try satisfied(policy(unknown + "group G any Q W0\nquorum G\n"), [0]))
    #expect(try !satisfied(policy(unknown + "quorum Q\n"), [0]))
  }

  @Test("a witness that signed twice counts once, with its latest time; a time of zero is none")
  func times() throws {
    let policy = try policy("group G 2 W0 W1\nquorum G\n")
    var twice = try note([0])
    twice.append(try note([0], time: 1_700_000_100).signatures[1])
    let verdict = try policy.evaluate(twice, origin: log.name)
    #expect(!verdict.isSatisfied)
    #expect(verdict.cosigned == [.init(name: "W0", time: 1_700_000_100)])
    #expect(try !policy.evaluate(note([0, 1], time: 0), origin: log.name).isSatisfied)
  }

  @Test("cosignatures of another checkpoint, and a note that the log did not sign, count for nothing")
  func forged() throws {
    let policy = try policy("quorum W0\n")
    var moved = try note([])
    let other = try Checkpoint(origin: log.name, size: 8, root: SHA256.hash([8]))
    moved.append(try NoteSigner(witnesses[0].verifier).cosign(other, time: 1, with: witnesses[0].key.key))
    #expect(throws: LogError(.badSignature, "")) { try policy.evaluate(moved, origin: log.name) }
    var unsigned = try checkpoint.note()
    unsigned.append(try note([0]).signatures[1])
    #expect(throws: LogError(.unsigned, "")) { try policy.evaluate(unsigned, origin: log.name) }
    #expect(throws: LogError(.wrongOrigin, "")) {
      try policy.evaluate(note([0]), origin: "example.org/other")
    }
  }

  @Test(
    "what is no policy is refused, with the line",
    arguments: [
      "", "quorum none", "quorum W9\n", "quorum none\nquorum none\n", "quorum\n", "quorum W0 W1\n",
      "group G all\nquorum none\n", "group G 0 W0\nquorum none\n", "group G 3 W0 W1\nquorum none\n",
      "group G 01 W0\nquorum none\n", "group G some W0\nquorum none\n", "group G any W0 W0\nquorum none\n",
      "group G any W0\ngroup H any W0\nquorum none\n", "group G any none\nquorum none\n",
      "group none any W0\nquorum none\n", "group W0 any W1\nquorum none\n",
      "group G any H\ngroup H any W0\nquorum G\n",
      "witness W0 VKEY\nquorum none\n", "log\nquorum none\n", "wit W0\nquorum none\n", "quorum none\u{7}\n",
      "quorum none\r\n", "witness A VKEY url more\nquorum none\n",
    ])
  func refused(tail: String) throws {
    let vkey = try LogVerifierKey(
      name: "example.org/z", use: .cosignature, key: try RotatedLog.SigningKeyBox(99).key.publicKey)
    let tail = tail.replacing("VKEY", with: vkey.text)
    #expect(throws: LogError.self) { try policy(tail) }
  }

  @Test("keys in the wrong place, or twice under two names, are refused")
  func wrongKeys() throws {
    let alias = try LogVerifierKey(
      name: "other.example", use: .cosignature, key: witnesses[0].key.key.publicKey)
    let log2 = try LogVerifierKey(name: "other.example", key: log.key.key.publicKey)
    for line in [
      "witness A \(alias.text)", "log \(log2.text)", "log \(alias.text)", "witness A \(log2.text)",
      "witness A \(alias.text.dropLast(4))AAA=",
    ] {
      #expect(throws: LogError(.malformed, "")) { try policy("\(line)\nquorum none\n") }
    }
  }

  @Test("thirty-two logs, witnesses and groups fit, and names are octets")
  func large() throws {
    var text = ""
    for index in 0..<32 {
      let key = try RotatedLog.SigningKeyBox(UInt8(100 + index)).key.publicKey
      text += "log \(try LogVerifierKey(name: "l\(index)", key: key).text)\n"
      text +=
        "witness K\u{212A}\(index) \(try LogVerifierKey(name: "w\(index)", use: .cosignature, key: key).text)\n"
      text += "group g\(index) all K\u{212A}\(index)\(index > 0 ? " g\(index - 1)" : "")\n"
    }
    let policy = try TrustPolicy(parsing: Array((text + "quorum g31\n").utf8))
    #expect(policy.witnesses.count == 32 && policy.logs.count == 32)
  }
}
