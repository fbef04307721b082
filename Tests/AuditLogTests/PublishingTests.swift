import Foundation
import Sodium
import Testing

@testable import AuditLog

/// Publishing in steps: what is read, what is left alone, and who can disturb it.
@Suite("Publishing")
struct PublishingTests {
  typealias Numbers = TileDirectoryTests.Numbers

  /// Counts what a publisher reads.
  final class Watched: LogSource {
    let numbers: Numbers
    var read: [Range<UInt64>] = []
    init(_ count: Int) { numbers = Numbers(count: count) }

    func entries(_ range: Range<UInt64>) throws(LogError) -> [[UInt8]] {
      read.append(range)
      return try numbers.entries(range)
    }
  }

  private func publish(_ source: some LogSource, _ numbers: Numbers, to folder: ScratchFolder) throws {
    try TileDirectory(path: folder.path).publish(try numbers.note(try SampleLog()), from: source)
  }

  private func check(_ folder: ScratchFolder) throws -> Checkpoint {
    try TileDirectory(path: folder.path).check(keys: [try SampleLog().logVerifier], origin: SampleLog.origin)
  }

  @Test("again reads what is new and the bundle at the edge, in short stretches, and nothing before")
  func incremental() throws {
    let folder = try ScratchFolder()
    try publish(Watched(9000), Numbers(count: 9000), to: folder)
    let more = Watched(9700)
    try publish(more, more.numbers, to: folder)
    #expect(more.read.allSatisfy { $0.lowerBound >= 9000 / 256 * 256 })
    #expect(more.read.reduce(0) { $0 + $1.count } <= 2 * 700 + 256)
    #expect(try check(folder).size == 9700)
    let again = Watched(9700)
    try publish(again, again.numbers, to: folder)
    #expect(again.read.allSatisfy { $0.isEmpty })
    let first = Watched(9700)
    try publish(first, first.numbers, to: try ScratchFolder())
    #expect(first.read.allSatisfy { $0.count <= 4096 })
  }

  @Test("a folder whose edge was changed is not continued, and says so")
  func damagedEdge() throws {
    for name in ["tile/0/002.p/88", "tile/1/000.p/2", "checkpoint"] {
      let folder = try ScratchFolder()
      try publish(Watched(600), Numbers(count: 600), to: folder)
      var bytes = try folder.bytes(name)
      bytes[name == "checkpoint" ? 50 : 3] ^= 1
      try folder.write(bytes, to: name)
      let before = try folder.files.sorted()
      #expect(throws: LogError.self, "\(name)") { try publish(Watched(700), Numbers(count: 700), to: folder) }
      #expect(try folder.files.sorted() == before)
    }
    let folder = try ScratchFolder()
    try publish(Watched(600), Numbers(count: 600), to: folder)
    try FileManager.default.removeItem(atPath: folder.path + "/tile/1/000.p/2")
    #expect(throws: LogError(.inconsistent, "")) {
      try publish(Watched(700), Numbers(count: 700), to: folder)
    }
  }

  @Test("a partial tile may be gone once the full one is there")
  func fullInPlaceOfPartial() throws {
    let folder = try ScratchFolder()
    try publish(Watched(300), Numbers(count: 300), to: folder)
    let old = try folder.bytes("checkpoint")
    try publish(Watched(600), Numbers(count: 600), to: folder)
    for name in ["tile/0/001.p/44", "tile/entries/001.p/44"] {
      try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
    }
    try folder.write(old, to: "checkpoint")
    try publish(Watched(700), Numbers(count: 700), to: folder)
    #expect(try check(folder).size == 700)
  }

  @Test("while one publishes, another is refused; a log that changes meanwhile is not published")
  func disturbed() throws {
    final class Turning: LogSource {
      var numbers = Numbers(count: 600)
      var calls = 0
      func entries(_ range: Range<UInt64>) throws(LogError) -> [[UInt8]] {
        calls += 1
        if calls > 1 { numbers.changed = 599 }
        return try numbers.entries(range)
      }
    }
    let folder = try ScratchFolder()
    #expect(throws: LogError(.inconsistent, "")) {
      try publish(Turning(), Numbers(count: 600), to: folder)
    }
    #expect(try TileDirectory(path: folder.path).note() == nil)
    var refusal: LogError?
    try Folder(path: folder.path).locked { () throws(LogError) in
      do { try publish(Watched(600), Numbers(count: 600), to: folder) } catch { refusal = error as? LogError }
    }
    #expect(refusal == LogError(.inputOutput, ""))
  }

  @Test("what a killed publisher left behind is put right by the next one")
  func killed() throws {
    let folder = try ScratchFolder()
    try publish(Watched(300), Numbers(count: 300), to: folder)
    // Files of the next step are there, one of them torn, and no checkpoint names them.
    try FileManager.default.createDirectory(
      atPath: folder.path + "/tile/0/002.p", withIntermediateDirectories: true)
    try folder.write([1, 2, 3], to: "tile/0/002.p/188.new")
    try folder.write([UInt8](repeating: 7, count: 8192), to: "tile/0/001")
    #expect(try check(folder).size == 300)
    try publish(Watched(700), Numbers(count: 700), to: folder)
    #expect(try check(folder).size == 700)
  }

  @Test("a log of three tile levels is published in steps, proved, and verified from its files alone")
  func threeLevels() async throws {
    let folder = try ScratchFolder()
    for count in [65_000, 65_537, 70_000] { try publish(Watched(count), Numbers(count: count), to: folder) }
    #expect(try check(folder).size == 70_000)
    let level2 = try folder.bytes("tile/2/000.p/1")
    #expect(level2.count == 32)
    let directory = TileDirectory(path: folder.path)
    let prover = try LogProver(directory, size: 70_000)
    let note = try #require(try directory.note())
    let log = try SampleLog()
    for seq in [0, 65_535, 65_536, 69_999] as [UInt64] {
      let proof = TLogProof(index: seq, hashes: try prover.inclusionProof(of: seq), checkpoint: note)
      try proof.verify(
        entry: try directory.entries(seq..<seq + 1)[0], origin: SampleLog.origin, keys: [log.logVerifier])
    }
    var verifier = LogVerifier(origin: SampleLog.origin, logKeys: [TrustedLogKey(log.logVerifier)])
    var published = PublishedLog(directory)
    await published.verify(size: 70_000, into: &verifier, workers: 2)
    #expect(published.problems.isEmpty)
    #expect(verifier.tree.root == prover.root)
    // The root of a tile is not the hash that its parent holds (CVE-2026-56865).
    try folder.write(level2.map { $0 ^ 1 }, to: "tile/2/000.p/1")
    #expect(throws: LogError(.inconsistent, "")) { try check(folder) }
  }
}

@Suite("A published log, verified on several cores")
struct PublishedLogTests {
  private func problems(_ folder: ScratchFolder, _ log: SampleLog) async throws -> [Problem] {
    let directory = TileDirectory(path: folder.path)
    let note = try #require(try directory.note())
    let head = try Checkpoint.open(note, origin: SampleLog.origin, keys: [log.logVerifier]).checkpoint
    var verifier = log.verifier()
    var published = PublishedLog(directory)
    await published.verify(size: head.size, into: &verifier, workers: 3)
    let user = log.userKey.publicKey
    verifier.checkpoint(note.bytes) { _ in user }
    return published.problems + verifier.finish()
      + verifier.takePendingSignatures().compactMap { $0.problem() }
  }

  @Test("an honest one gives no problem; any changed byte of any file does")
  func bytes() async throws {
    let log = try SampleLog(count: 600)
    let folder = try ScratchFolder()
    try TileDirectory(path: folder.path).publish(try log.note(), from: log)
    #expect(try await problems(folder, log).isEmpty)
    var generator = SystemRandomNumberGenerator()
    for name in try folder.files where name != "checkpoint" {
      let good = try folder.bytes(name)
      for _ in 0..<4 {
        var bytes = good
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= UInt8(1) << UInt8.random(in: 0..<8)
        try folder.write(bytes, to: name)
        #expect(try await !problems(folder, log).isEmpty, "\(name)")
      }
      try folder.write(Array(good.dropLast()), to: name)
      #expect(try await !problems(folder, log).isEmpty, "\(name)")
      try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
      #expect(try await !problems(folder, log).isEmpty, "\(name)")
      try folder.write(good, to: name)
    }
    #expect(try await problems(folder, log).isEmpty)
  }
}
