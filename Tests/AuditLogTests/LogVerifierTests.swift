import Sodium
import Testing

@testable import AuditLog

@Suite("Log verification")
struct LogVerifierTests {
  private func codes(_ problems: [Problem]) -> Set<String> { Set(problems.map(\.code.name)) }

  @Test("an honest log gives no problem", arguments: [1, 2, 5, 40])
  func honest(count: Int) throws {
    #expect(try SampleLog(count: count).problems() == [])
  }

  @Test("an empty log gives no problem, unless a head was seen before")
  func empty() throws {
    let log = try SampleLog()
    #expect(log.problems() == [])
    let head = try Checkpoint(origin: SampleLog.origin, try SampleLog(count: 2).tree)
    #expect(codes(log.problems(log.verifier(heads: [head]))) == ["rollback"])
  }

  @Test("a byte changed in any envelope is found")
  func changedEnvelope() throws {
    for index in 0..<6 {
      let log = try SampleLog(count: 6)
      log.entries[index].envelope[20] ^= 1
      #expect(codes(log.problems()).contains("checkpoint"))
    }
  }

  @Test("a ciphertext that is changed or swapped is found, in what and in who")
  func changedCiphertext() throws {
    let log = try SampleLog(count: 6)
    log.entries[2].what[0] ^= 1
    log.entries[4].who = log.entries[3].who
    let problems = log.problems()
    #expect(codes(problems) == ["sealed"])
    #expect(problems.map(\.seq) == [2, 4])
  }

  @Test("an entry that is left out, put twice or moved is found, also by who holds the keys")
  func gaps() throws {
    let changes: [(SampleLog) -> Void] = [
      { $0.entries.remove(at: 3) }, { $0.entries.insert($0.entries[3], at: 3) }, { $0.entries.swapAt(3, 4) },
    ]
    for change in changes {
      let log = try SampleLog(count: 8)
      change(log)
      try log.signAnew()
      #expect(codes(log.problems()).contains("gap"))
    }
  }

  @Test("a state that changes in an entry that may not change it is found, also by who holds the keys")
  func state() throws {
    let log = try SampleLog(count: 8)
    try log.rewrite(2) { $0.state = SHA256.hash([1]) }
    #expect(codes(log.problems()) == ["state"])
    let change = try SampleLog(count: 8)
    try change.rewrite(4) { $0.kind = .access }
    #expect(codes(change.problems()) == ["state"])
  }

  @Test("the chain of statements holds: hash, predecessor, presence")
  func governance() throws {
    let changes: [(Int, (inout Envelope) -> Void)] = [
      (2, { $0.governance = SHA256.hash([1]) }),
      (2, { $0.statement = ["prev": "x"] }),
      (6, { $0.statement = nil }),
      (6, { $0.statement = ["prev": .digest(.zero), "type": "grant"] }),
      (6, { $0.governance = .zero }),
      (
        6,
        { envelope in
          let statement: JSONValue = ["prev": .digest(.zero), "type": "fork"]
          envelope.statement = statement
          envelope.governance = SHA256.hash((try? CanonicalJSON.encode(statement)) ?? [])
        }
      ),
    ]
    for (seq, change) in changes {
      let log = try SampleLog(count: 6)
      try log.append(.erasure)
      try log.append(.access)
      #expect(log.problems() == [])
      try log.rewrite(seq, change)
      #expect(codes(log.problems()).contains("governance"), "\(seq)")
    }
  }

  @Test("a last statement that follows another than the one before it is found, also by who holds the keys")
  func statementOfAFork() throws {
    let log = try SampleLog(count: 6)
    try log.append(.erasure)
    let statement: JSONValue = ["prev": .digest(.zero), "type": "fork"]
    let hash = SHA256.hash(try CanonicalJSON.encode(statement))
    try log.rewrite(6) { envelope in
      envelope.statement = statement
      envelope.governance = hash
    }
    #expect(log.problems().map(\.text) == ["the statement does not follow the one before it"])
  }

  @Test("a log that is cut off and goes on differently is found by whoever saw its head")
  func truncateAndContinue() throws {
    let log = try SampleLog(count: 10)
    let head = try Checkpoint(origin: SampleLog.origin, log.tree)
    let other = try SampleLog(count: 7)
    for _ in 0..<5 { try other.append(.log) }
    #expect(other.problems() == [])
    #expect(codes(other.problems(other.verifier(heads: [head]))) == ["rollback"])
    let shorter = try SampleLog(count: 7)
    #expect(codes(shorter.problems(shorter.verifier(heads: [head]))) == ["rollback"])
    #expect(log.problems(log.verifier(heads: [head])) == [])
    try log.append(.access)
    #expect(log.problems(log.verifier(heads: [head])) == [])
  }

  @Test("entries after the last checkpoint are found: nothing unsigned passes")
  func uncovered() throws {
    let log = try SampleLog(count: 5)
    log.entries[4].note = []
    #expect(codes(log.problems()) == ["uncovered"])
    for index in log.entries.indices { log.entries[index].note = [] }
    #expect(codes(log.problems()) == ["uncovered"])
  }

  @Test("a checkpoint needs the log's signature and a known user's")
  func bothSignatures() throws {
    let log = try SampleLog(count: 3)
    let full = try SignedNote(parsing: log.entries[2].note)
    for (kept, code) in [(0, "user-signature"), (1, "log-signature")] {
      var note = try SignedNote(text: full.text)
      note.append(full.signatures[kept])
      log.entries[2].note = note.bytes
      #expect(codes(log.problems()) == [code, "uncovered"])
    }
  }

  @Test("a forged signature of log or user is found")
  func forgedSignatures() throws {
    for forged in 0...1 {
      let log = try SampleLog(count: 3)
      let full = try SignedNote(parsing: log.entries[1].note)
      var note = try SignedNote(text: full.text)
      for (index, line) in full.signatures.enumerated() {
        var signature = line.signature
        if index == forged { signature[9] ^= 1 }
        note.append(NoteSignature(name: line.name, keyID: line.keyID, signature: signature))
      }
      log.entries[1].note = note.bytes
      #expect(codes(log.problems()) == [forged == 0 ? "log-signature" : "user-signature"])
    }
  }

  @Test("a user who may not sign is not accepted, nor a stranger's key under a user's name")
  func strangers() throws {
    let log = try SampleLog(count: 2)
    var verifier = log.verifier()
    let stranger = SigningKey.generate().publicKey
    for entry in log.entries {
      verifier.consume(seq: verifier.tree.size, envelope: entry.envelope.span, sealed: nil)
      #expect(verifier.checkpoint(entry.note) { _ in stranger } == nil)
    }
    #expect(codes(verifier.finish()) == ["user-signature", "uncovered"])
  }

  @Test("a retired log key counts only up to the entry that announces its successor")
  func retiredKey() throws {
    let log = try SampleLog(count: 6)
    let early = LogVerifier(origin: SampleLog.origin, logKeys: [TrustedLogKey(log.logVerifier, sizes: 0...4)])
    let problems = log.problems(early)
    #expect(codes(problems) == ["log-signature", "uncovered"])
    #expect(problems.filter { $0.code == .logSignature }.map(\.seq) == [5, 6])
  }

  @Test("a checkpoint of another log, size or root is refused, and so is an extension line")
  func wrongCheckpoints() throws {
    let log = try SampleLog(count: 4)
    let texts: [[UInt8]] = [
      try Checkpoint(origin: "crmvault/other", log.tree).text,
      try Checkpoint(origin: SampleLog.origin, size: 3, root: log.tree.root).text,
      try Checkpoint(origin: SampleLog.origin, size: 4, root: SHA256.hash([1])).text,
      try Checkpoint(origin: SampleLog.origin, log.tree).text + Array("extension\n".utf8),
    ]
    for text in texts {
      var note = try SignedNote(text: text)
      note.append(try NoteSigner(log.logVerifier).sign(text, with: log.logKey))
      note.append(try NoteSigner(log.userVerifier).sign(text, with: log.userKey))
      log.entries[3].note = note.bytes
      #expect(codes(log.problems()) == ["checkpoint", "uncovered"])
    }
  }

  @Test("a verification goes on where another stopped")
  func resuming() throws {
    let log = try SampleLog(count: 12)
    let user = log.userKey.publicKey
    var first = log.verifier()
    for entry in log.entries[..<7] {
      first.consume(seq: first.tree.size, envelope: entry.envelope.span, sealed: nil)
      first.checkpoint(entry.note) { _ in user }
    }
    var second = LogVerifier(
      origin: SampleLog.origin, logKeys: [TrustedLogKey(log.logVerifier)], after: first.position)
    for entry in log.entries[7...] {
      second.consume(seq: second.tree.size, envelope: entry.envelope.span, sealed: nil)
      second.checkpoint(entry.note) { _ in user }
    }
    #expect(second.finish() == [])
    #expect(second.tree == log.tree)
  }

  @Test("signatures are checked on several tasks as on one")
  func concurrency() async throws {
    let log = try SampleLog(count: 30)
    var verifier = log.verifier()
    let user = log.userKey.publicKey
    for entry in log.entries {
      verifier.consume(seq: verifier.tree.size, envelope: entry.envelope.span, sealed: nil)
      verifier.checkpoint(entry.note) { _ in user }
    }
    let signatures = verifier.takePendingSignatures()
    #expect(signatures.count == 60)
    #expect(verifier.pendingSignatures.isEmpty)
    #expect(await PendingSignature.problems(in: signatures, workers: 4) == [])
    #expect(await PendingSignature.problems(in: [], workers: 4) == [])
  }

  @Test("problems are kept up to a limit, and counted beyond")
  func limit() throws {
    var verifier = try SampleLog().verifier()
    for seq in 0..<2000 { verifier.consume(seq: UInt64(seq), envelope: [1, 2, 3].span, sealed: nil) }
    #expect(verifier.problems.count == LogVerifier.problemLimit)
    #expect(verifier.problemCount == 2000)
  }
}
