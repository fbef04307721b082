import AuditLog
import Foundation
import Sodium
import Testing

@testable import Witness

@Suite("A witness")
struct WitnessServiceTests {
  @Test("cosigns heads that continue what it saw, and shows the last one")
  func cosigns() throws {
    let witness = try TestWitness()
    var log = TestLog(count: 3)
    let service = try witness.service([log.verifier])
    for size in [3, 8, 9, 33] {
      let old = log.leaves.count
      while log.leaves.count < size { log.append("entry \(log.leaves.count)") }
      let answer = service.submit(try log.request(from: size == 3 ? 0 : old))
      #expect(answer.status == 200, "\(answer.text)")
      let opened = try Cosignatures.open(answer.body, of: log.note(), by: witness.identity.verifierKey)
      #expect(opened.time == 1_700_000_000)
      let hash = HeadBook.hash(ofOrigin: log.origin)
      let shown = service.answer(method: "GET", path: "/\(hash)/checkpoint", body: [])
      #expect(try shown.status == 200 && shown.body == (log.note()).bytes + answer.body)
    }
    #expect(
      service.answer(method: "GET", path: "/\(String(repeating: "0", count: 64))/checkpoint", body: []).status
        == 404)
  }

  @Test("does not forget when it ends: rollback and fork are refused by the next one too")
  func remembers() throws {
    let witness = try TestWitness()
    let log = TestLog(count: 9)
    #expect(try witness.service([log.verifier]).submit(log.request(from: 0)).status == 200)
    var older = log
    older.leaves.removeLast(4)
    let service = try witness.service([log.verifier])
    let rolledBack = service.submit(try older.request(from: 5))
    #expect(rolledBack.status == 409 && rolledBack.text == "9\n" && rolledBack.type == "text/x.tlog.size")
    var fork = older
    for _ in 0..<4 { fork.append("something else") }
    #expect(service.submit(try fork.request(from: 9)).status == 422)
    fork.append("and more")
    #expect(service.submit(try fork.request(from: 9)).status == 422)
    // The true log goes on.
    var next = log
    next.append("entry 9")
    #expect(service.submit(try next.request(from: 9)).status == 200)
  }

  @Test("keeps a fork as evidence: both notes, each signed by the log, once")
  func evidence() throws {
    let witness = try TestWitness()
    let log = TestLog(count: 4)
    let service = try witness.service([log.verifier])
    #expect(service.submit(try log.request(from: 0)).status == 200)
    var fork = log
    fork.leaves.removeLast()
    fork.append("another")
    for old in [4, 0, 4] {
      #expect(service.submit(try fork.request(from: old)).status == (old == 4 ? 422 : 409))
    }
    let place = "evidence/\(HeadBook.hash(ofOrigin: log.origin))"
    let found = witness.files(place)
    #expect(found.count == 3 && found.allSatisfy { $0.hasPrefix("fork-4-") })
    for (name, expected) in [("seen", log), ("offered", fork)] {
      let file = try #require(found.first { $0.hasSuffix(name) })
      let note = try SignedNote(parsing: Array(witness.text("\(place)/\(file)").utf8))
      #expect(try note.verify(against: [log.verifier]).count == 1)
      #expect(note.text == (try expected.note()).text)
    }
    // What may be a fork further on is kept apart.
    fork.append("more")
    #expect(service.submit(try fork.request(from: 4)).status == 422)
    #expect(witness.files(place).contains { $0.hasPrefix("unproved-5-") })
  }

  @Test("evidence is bounded, whoever has the log's key")
  func evidenceIsBounded() throws {
    let witness = try TestWitness()
    let log = TestLog(count: 1)
    let service = try witness.service([log.verifier])
    #expect(service.submit(try log.request(from: 0)).status == 200)
    for index in 0..<(HeadBook.evidenceLimit + 5) {
      var fork = log
      fork.leaves = [MerkleTree.leafHash(Array("fork \(index)".utf8))]
      #expect(service.submit(try fork.request(from: 1)).status == 422)
    }
    let kept = witness.files("evidence/\(HeadBook.hash(ofOrigin: log.origin))").filter { !$0.contains("/") }
    #expect(kept.count == HeadBook.evidenceLimit)
  }

  @Test("keeps nothing of who shows it a log that it does not know, or that the log did not sign")
  func strangers() throws {
    let witness = try TestWitness()
    let log = TestLog(count: 4)
    let stranger = TestLog(count: 4)
    let service = try witness.service([log.verifier])
    #expect(service.submit(try stranger.request(from: 0)).status == 403)
    #expect(service.submit(try TestLog("example.org/other", count: 1).request(from: 0)).status == 404)
    #expect(service.submit([]).status == 400)
    #expect(service.answer(method: "DELETE", path: "/add-checkpoint", body: []).status == 405)
    #expect(service.answer(method: "POST", path: "/", body: []).status == 404)
    #expect(witness.files("heads").isEmpty && witness.files("evidence").isEmpty)
  }

  @Test("dates no head before the one it continues, when the clock was set back")
  func clock() throws {
    let witness = try TestWitness()
    var log = TestLog(count: 4)
    #expect(try witness.service([log.verifier], time: 2_000).submit(log.request(from: 0)).status == 200)
    log.append("more")
    let answer = try witness.service([log.verifier], time: 1_000).submit(log.request(from: 4))
    #expect(
      try Cosignatures.open(answer.body, of: log.note(), by: witness.identity.verifierKey).time == 2_000)
  }

  @Test("of two requests at once only one continues, and nothing is rolled back")
  func races() async throws {
    let witness = try TestWitness()
    let log = TestLog(count: 40)
    let service = try witness.service([log.verifier])
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for size in 1...40 {
        var part = log
        part.leaves = Array(log.leaves.prefix(size))
        let body = try part.request(from: 0)
        group.addTask { service.submit(body).status }
      }
      var statuses: [Int] = []
      for try await status in group { statuses.append(status) }
      return statuses
    }
    #expect(statuses.filter { $0 == 200 }.count == 1 && statuses.filter { $0 == 409 }.count == 39)
  }

  @Test("tells its journal nothing that came with a request but a log that it knows")
  func journal() throws {
    let witness = try TestWitness()
    let told = Told()
    let log = TestLog(count: 2)
    let service = try witness.service([log.verifier]) { told.append($0.text) }
    _ = service.submit(Array("old 0\n\nevil\u{1b}[31m\n".utf8))
    _ = service.submit(try TestLog("evil.example/secret", count: 1).request(from: 0))
    _ = service.submit(try log.request(from: 0))
    #expect(told.all.joined().contains("cosigned example.org/log at 2"))
    #expect(!told.all.joined().contains("evil"))
  }
}

/// What a service told.
final class Told: @unchecked Sendable {
  private let lock = NSLock()
  private var texts: [String] = []
  func append(_ text: String) { lock.withLock { texts.append(text) } }
  var all: [String] { lock.withLock { texts } }
}

@Suite("What a witness keeps")
struct HeadBookTests {
  @Test("belongs to one process at a time")
  func lock() throws {
    let witness = try TestWitness()
    let log = TestLog(count: 1)
    let first = try witness.service([log.verifier])
    #expect(throws: WitnessError(.busy, "")) { try witness.service([log.verifier]) }
    _ = first.submit(try log.request(from: 0))
  }

  @Test("that was damaged or exchanged stops it: it does not go on with less than it had seen")
  func damaged() throws {
    let witness = try TestWitness()
    var log = TestLog(count: 5)
    #expect(try witness.service([log.verifier]).submit(log.request(from: 0)).status == 200)
    let file = witness.folder + "/heads/\(HeadBook.hash(ofOrigin: log.origin)).note"
    let good = try Data(contentsOf: URL(filePath: file))
    // An older head, signed by the log but not by this witness.
    log.leaves.removeLast()
    for bad in [
      Data(), good.dropLast(),
      Data(String(decoding: good, as: UTF8.self).replacing("\n5\n", with: "\n4\n").utf8),
      Data(try log.note().bytes),
    ] {
      try bad.write(to: URL(filePath: file))
      #expect(throws: WitnessError(.integrity, "")) { try witness.service([log.verifier]) }
    }
    try good.write(to: URL(filePath: file))
    try FileManager.default.moveItem(
      atPath: file, toPath: witness.folder + "/heads/\(String(repeating: "0", count: 64)).note")
    #expect(throws: WitnessError(.integrity, "")) { try witness.service([log.verifier]) }
  }

  @Test("what a killed write left behind is no head")
  func leftover() throws {
    let witness = try TestWitness()
    let log = TestLog(count: 2)
    try Data("half".utf8).write(
      to: URL(filePath: witness.folder + "/heads/\(HeadBook.hash(ofOrigin: log.origin)).note.new"))
    #expect(try witness.service([log.verifier]).submit(log.request(from: 0)).status == 200)
  }

  @Test("the key is its owner's alone, and is not used when others can read it or it was damaged")
  func key() throws {
    let witness = try TestWitness()
    let path = witness.folder + "/witness.key"
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect((attributes[.posixPermissions] as? Int) == 0o600)
    #expect(try WitnessIdentity.open(witness.folder).verifierKey == witness.identity.verifierKey)
    #expect(try witness.text("witness.vkey") == witness.identity.verifierKey.text + "\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    #expect(throws: WitnessError(.configuration, "")) { try WitnessIdentity.open(witness.folder) }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let good = try Data(contentsOf: URL(filePath: path))
    for index in [0, 17, 20, 60, 83] {
      var bad = good
      bad[index] ^= 1
      try bad.write(to: URL(filePath: path))
      #expect(throws: WitnessError(.integrity, "")) { try WitnessIdentity.open(witness.folder) }
    }
    #expect(throws: WitnessError(.exists, "")) {
      try WitnessIdentity.create(in: witness.folder, name: "example.org/w")
    }
    for name in ["", "a b", "a+b", String(repeating: "x", count: 300)] {
      #expect(throws: WitnessError(.usage, "")) {
        try WitnessIdentity.create(in: witness.folder + "-2", name: name)
      }
    }
    #expect(throws: WitnessError(.missing, "")) { try WitnessIdentity.open(witness.folder + "-3") }
  }
}
