import Sodium
import Testing

@testable import AuditLog

@Suite("Audit sample")
struct AuditSampleTests {
  private func head(_ size: UInt64, origin: String = "example.com/log") throws -> Checkpoint {
    try Checkpoint(origin: origin, size: size, root: SHA256.hash(Array("root \(size)".utf8)))
  }

  @Test("is the draw that another program makes of the documented bytes")
  func documented() throws {
    // Made with Python's hashlib from docs/formats.md.
    let nonce = Array("dice 4 2 6".utf8)
    #expect(try AuditSample(nonce: nonce, size: 8, at: head(1000)).entries == Self.draw)
    #expect(
      try AuditSample(nonce: nonce, size: 8, at: head(1000), after: head(400)).entries == Self.drawAfter)
  }

  @Test("follows from nonce and checkpoints, and from nothing else")
  func deterministic() throws {
    let one = try AuditSample(nonce: [1], size: 20, at: head(5000))
    #expect(try AuditSample(nonce: [1], size: 20, at: head(5000)) == one)
    #expect(try AuditSample(nonce: [2], size: 20, at: head(5000)).entries != one.entries)
    #expect(try AuditSample(nonce: [1], size: 20, at: head(5001)).entries != one.entries)
    #expect(try AuditSample(nonce: [1], size: 20, at: head(5000, origin: "other")).entries != one.entries)
    // A larger sample begins with the smaller one: asking for more draws nothing anew.
    #expect(try AuditSample(nonce: [1], size: 60, at: head(5000)).entries.prefix(20) == one.entries[...])
  }

  @Test("draws each entry of the population once, and no other")
  func whole() throws {
    let all = try AuditSample(nonce: [7], size: 60, at: head(100), after: head(40))
    #expect(all.entries.sorted() == Array(40..<100))
    #expect(all.population == 40..<100)
  }

  @Test("every entry is as likely as any other")
  func uniform() throws {
    var counts = [Int](repeating: 0, count: 10)
    for nonce in 0..<2000 {
      let sample = try AuditSample(nonce: Array("\(nonce)".utf8), size: 3, at: head(10))
      for entry in sample.entries { counts[Int(entry)] += 1 }
    }
    // 600 expected, with a standard deviation below 21.
    #expect(counts.allSatisfy { abs($0 - 600) < 110 })
  }

  @Test("a population that is too small, ends before it begins or is of two logs is refused")
  func refused() throws {
    #expect(throws: LogError(.outOfBounds, "")) { try AuditSample(nonce: [1], size: 11, at: head(10)) }
    #expect(throws: LogError(.outOfBounds, "")) { try AuditSample(nonce: [1], size: -1, at: head(10)) }
    #expect(throws: LogError(.inconsistent, "")) {
      try AuditSample(nonce: [1], size: 1, at: head(10), after: head(11))
    }
    #expect(throws: LogError(.wrongOrigin, "")) {
      try AuditSample(nonce: [1], size: 1, at: head(10), after: head(3, origin: "other"))
    }
  }

  private static let draw: [UInt64] = [230, 358, 378, 181, 243, 687, 183, 581]
  private static let drawAfter: [UInt64] = [786, 954, 661, 504, 636, 530, 626, 796]
}
