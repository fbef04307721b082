import Foundation
import Sodium
import Testing

@testable import AuditLog

@Suite("tlog-proof")
struct TLogProofTests {
  private func proof(_ index: Int, _ log: SampleLog, extra: [UInt8]? = nil) throws -> TLogProof {
    TLogProof(
      index: UInt64(index), extra: extra,
      hashes: try MerkleTree.inclusionProof(index: UInt64(index), leafHashes: log.leafHashes),
      checkpoint: try log.note())
  }

  @Test("each entry is proved offline, with and without extra data")
  func roundTrip() throws {
    let log = try SampleLog(count: 11)
    for (index, entry) in log.entries.enumerated() {
      for extra in [nil, [], [1, 2, 3]] as [[UInt8]?] {
        let proof = try proof(index, log, extra: extra)
        let read = try TLogProof(parsing: proof.encoded)
        #expect(read == proof)
        let head = try read.verify(entry: entry.envelope, origin: SampleLog.origin, keys: [log.logVerifier])
        #expect(head.size == 11)
      }
    }
  }

  @Test("it does not hold for another entry, index, log or key")
  func wrong() throws {
    let log = try SampleLog(count: 11)
    let proof = try proof(4, log)
    let entry = log.entries[4].envelope
    let keys = [log.logVerifier]
    #expect(throws: LogError(.proofFailed, "")) {
      try proof.verify(entry: log.entries[5].envelope, origin: SampleLog.origin, keys: keys)
    }
    for (index, code) in [(5, .proofFailed), (11, .outOfBounds)] as [(UInt64, LogError.Code)] {
      let moved = TLogProof(index: index, hashes: proof.hashes, checkpoint: proof.checkpoint)
      #expect(throws: LogError(code, "")) {
        try moved.verify(entry: entry, origin: SampleLog.origin, keys: keys)
      }
    }
    #expect(throws: LogError(.wrongOrigin, "")) {
      try proof.verify(entry: entry, origin: "other", keys: keys)
    }
    #expect(throws: LogError(.unsigned, "")) {
      try proof.verify(entry: entry, origin: SampleLog.origin, keys: [log.userVerifier])
    }
  }

  @Test("malformed proofs are refused")
  func malformed() throws {
    let text = String(decoding: try proof(4, try SampleLog(count: 11)).encoded, as: UTF8.self)
    let hash = try #require(text.split(separator: "\n").dropFirst(2).first)
    for (old, new) in [
      ("@v1", "@v2"), ("index 4", "index 04"), ("index 4", "index -4"), ("index 4\n", ""),
      ("index 4", "index 4 "),
      ("index 4", "extra !!\nindex 4"), ("index 4", "index 4\nextra AAAA"), (hash, hash.dropLast()[...]),
      (hash, "AAAA"), ("\n\ncrm", "\ncrm"), ("index 4", "index 4\r"),
    ] as [(Substring, Substring)] {
      let bytes = Array(text.replacing(old, with: new, maxReplacements: 1).utf8)
      #expect(throws: LogError.self, "\(new)") { try TLogProof(parsing: bytes) }
    }
    let long = text.replacing(hash, with: Array(repeating: String(hash), count: 64).joined(separator: "\n"))
    #expect(throws: LogError(.malformed, "")) { try TLogProof(parsing: Array(long.utf8)) }
  }

  struct Rejected: Decodable {
    struct Vector: Decodable {
      let why: String
      let proof: String
    }
    let must_reject: [Vector]
  }

  // Skipped where the public vectors are absent.
  @Test(
    "what the reference implementation refuses is refused",
    .enabled(if: Vectors.arePresent, "\(Vectors.absence)"))
  func vectors() throws {
    let rejected: Rejected = try Vectors.load("tlog_proof.json")
    for vector in rejected.must_reject {
      #expect(throws: LogError.self, "\(vector.why)") { try TLogProof(parsing: Array(vector.proof.utf8)) }
    }
  }
}
