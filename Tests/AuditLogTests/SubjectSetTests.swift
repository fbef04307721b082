import Sodium
import Testing

@testable import AuditLog

@Suite("Subject set")
struct SubjectSetTests {
  private func set(_ universe: UInt64, _ ordinals: [UInt64]) throws -> SubjectSet {
    var set = try SubjectSet(universe: universe)
    for ordinal in ordinals { try set.insert(ordinal) }
    return set
  }

  @Test("what was put in is in it, counted once, in ascending order")
  func membership() throws {
    var set = try set(5000, [4999, 0, 63, 64, 2047, 2048, 64])
    #expect(Array(set) == [0, 63, 64, 2047, 2048, 4999])
    #expect(set.count == 6)
    #expect(set.contains(64) && !set.contains(65) && !set.contains(5000) && !set.contains(.max))
    set.remove(64)
    set.remove(64)
    #expect(set.count == 5)
    #expect(!set.contains(64))
  }

  @Test("a range is what its ordinals are one by one")
  func ranges() throws {
    for (lower, upper) in [(0, 0), (0, 1), (0, 64), (1, 63), (63, 65), (10, 4000), (64, 128), (0, 4000)]
      as [(UInt64, UInt64)]
    {
      var ranged = try set(4000, [5, 100])
      try ranged.insert(lower..<upper)
      #expect(ranged == (try set(4000, [5, 100] + Array(lower..<upper))), "\(lower)..<\(upper)")
    }
  }

  @Test("an ordinal beyond the universe is refused")
  func beyond() throws {
    var set = try SubjectSet(universe: 100)
    #expect(throws: LogError(.outOfBounds, "")) { try set.insert(100) }
    #expect(throws: LogError(.outOfBounds, "")) { try set.insert(50..<101) }
    #expect(throws: LogError(.outOfBounds, "")) { try SubjectSet(universe: 1 << 33) }
  }

  @Test("a result is a subset of its intent, whatever the universes")
  func subsets() throws {
    let intent = try set(5000, [1, 2, 3, 4000])
    #expect(try set(5000, [1, 4000]).isSubset(of: intent))
    #expect(try set(9000, [1]).isSubset(of: intent))
    #expect(try set(10, [1]).isSubset(of: intent))
    #expect(!(try set(5000, [5])).isSubset(of: intent))
    #expect(!(try set(9000, [8000])).isSubset(of: intent))
  }

  @Test("every set survives packing")
  func packing() throws {
    for universe: UInt64 in [0, 1, 63, 2047, 2048, 2049, 10_000] {
      var mixed = try SubjectSet(universe: universe)
      for ordinal in stride(from: 0, to: universe, by: 7) where !(2048..<4096).contains(ordinal) {
        try mixed.insert(ordinal)
      }
      for set in [mixed, try .all(universe: universe), try SubjectSet(universe: universe)] {
        #expect(try SubjectSet(packed: set.packed) == set)
      }
    }
  }

  @Test("all of a million customers pack into less than a hundred bytes")
  func allIsSmall() throws {
    let all = try SubjectSet.all(universe: 1_000_000)
    #expect(all.isAll)
    #expect(all.packed.count == 22)
  }

  @Test("a packed set that was altered is refused")
  func alteredPacking() throws {
    var ordinals = try set(5000, [1, 3000])
    try ordinals.insert(4096..<5000)
    let packed = ordinals.packed
    for index in packed.indices {
      for bit in 0..<8 {
        var changed = packed
        changed[index] ^= 1 << UInt8(bit)
        // What is still accepted must be the one form of another set, of another count.
        if let read = try? SubjectSet(packed: changed, universeLimit: 1 << 20) {
          #expect(read.packed == changed)
        }
      }
    }
    for length in packed.indices {
      #expect(throws: LogError.self) { try SubjectSet(packed: Array(packed[..<length])) }
    }
    #expect(throws: LogError.self) { try SubjectSet(packed: packed + [0]) }
  }

  @Test("a packed set has one form: no spelled-out run, no split run, no bit beyond the universe")
  func canonicalPacking() throws {
    func packed(_ universe: UInt64, _ count: UInt64, _ runs: [UInt8]) -> [UInt8] {
      var bytes: [UInt8] = [1]
      bytes.append(bigEndian: universe)
      bytes.append(bigEndian: count)
      return bytes + runs
    }
    let zeros = [UInt8](repeating: 0, count: 256)
    let cases: [([UInt8], LogError.Code)] = [
      (packed(2048, 0, [2, 0, 0, 0, 1] + zeros), .notCanonical),
      (packed(2048, 2048, [2, 0, 0, 0, 1] + zeros.map { ~$0 }), .notCanonical),
      (packed(4096, 0, [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]), .notCanonical),
      (packed(2000, 1, [2, 0, 0, 0, 1] + zeros.dropLast() + [0x80]), .malformed),
      (packed(2048, 0, [0, 0, 0, 0, 2]), .malformed), (packed(2048, 0, [0, 0, 0, 0, 0]), .malformed),
      (packed(2048, 0, [3, 0, 0, 0, 1]), .malformed), (packed(2048, 1, [0, 0, 0, 0, 1]), .malformed),
      (packed(1 << 40, 1 << 40, [1, 0x20, 0, 0, 0]), .outOfBounds), ([2], .unknownVersion),
    ]
    for (bytes, code) in cases { #expect(throws: LogError(code, "")) { try SubjectSet(packed: bytes) } }
  }
}

@Suite("Committed set")
struct CommittedSetTests {
  private func secret(_ byte: UInt8) throws -> SharedKey<SaltPurpose> {
    SharedKey(try .copying([UInt8](repeating: byte, count: 32).span))
  }

  private func everyThird(_ universe: UInt64) throws -> SubjectSet {
    var set = try SubjectSet(universe: universe)
    for ordinal in stride(from: 0, to: universe, by: 3) { try set.insert(ordinal) }
    return set
  }

  @Test("the root is that of the documented leaves")
  func root() throws {
    var set = try SubjectSet(universe: 3000)
    try set.insert(9)
    try set.insert(2048 + 8 * 5 + 7)
    let secret = try secret(7)
    let leaves = [(0, 1, 0x02), (1, 5, 0x80)].map { (index, byte, value) in
      var chunk = [UInt8](repeating: 0, count: 256)
      chunk[byte] = UInt8(value)
      var hash = BLAKE2b.Stream(key: secret.key, count: 16)
      hash.update([0, 0, 0, 0, 0, 0, 0, UInt8(index)])
      return SHA256.hash([0] + hash.finalize() + chunk)
    }
    #expect(
      CommittedSet(set, secret: secret).root == SHA256.hash([1] + leaves[0].bytes + leaves[1].bytes))
  }

  @Test("one proof shows presence, another absence, each in about 560 bytes of a million")
  func proofs() throws {
    let committed = CommittedSet(try everyThird(1_000_000))
    let reference = committed.reference(directory: 0)
    for (ordinal, expected) in [(0, true), (1, false), (999_999, true), (999_998, false)] as [(UInt64, Bool)]
    {
      let bytes = try committed.proof(of: ordinal).encoded
      #expect(bytes.count <= 560)
      #expect(try ChunkProof(decoding: bytes).contains(ordinal, in: reference) == expected)
    }
    #expect(throws: LogError(.outOfBounds, "")) { try committed.proof(of: 1_000_000) }
  }

  @Test("a proof serves for no other chunk, set, universe or content")
  func wrongProofs() throws {
    let committed = CommittedSet(try everyThird(10_000))
    let reference = committed.reference(directory: 0)
    let proof = try committed.proof(of: 3)
    #expect(throws: LogError(.proofFailed, "")) { try proof.contains(2048, in: reference) }
    #expect(throws: LogError(.outOfBounds, "")) { try proof.contains(10_000, in: reference) }
    let other = CommittedSet(try everyThird(10_000)).reference(directory: 0)
    #expect(throws: LogError(.proofFailed, "")) { try proof.contains(3, in: other) }
    let larger = SetReference(universe: 50_000, count: 1, root: reference.root, directory: 0)
    #expect(throws: LogError(.proofFailed, "")) { try proof.contains(3, in: larger) }
    for index in [0, 16, 271, 272, proof.encoded.count - 1] {
      var bytes = proof.encoded
      bytes[index] ^= 1
      #expect(throws: LogError(.proofFailed, "")) {
        try ChunkProof(decoding: bytes).contains(3, in: reference)
      }
    }
    for bytes in [[], Array(proof.encoded.dropLast()), Array(proof.encoded[..<271])] {
      #expect(throws: LogError(.malformed, "")) { try ChunkProof(decoding: bytes) }
    }
  }

  @Test("the same set under another secret has another root, so that a root tells nothing")
  func hiding() throws {
    let set = try everyThird(3000)
    #expect(CommittedSet(set, secret: try secret(1)).root != CommittedSet(set, secret: try secret(2)).root)
    #expect(CommittedSet(set, secret: try secret(1)).root == CommittedSet(set, secret: try secret(1)).root)
  }

  @Test("the empty universe has the root of the empty tree")
  func emptyUniverse() throws {
    #expect(CommittedSet(try SubjectSet(universe: 0)).root == MerkleTree.emptyRoot)
  }

  @Test("a reference survives, and one that counts too many is refused")
  func reference() throws {
    let reference = CommittedSet(try everyThird(10)).reference(directory: 3)
    #expect(try SetReference(reference.json) == reference)
    let wrong = SetReference(universe: 3, count: 4, root: reference.root, directory: 0).json
    #expect(throws: LogError(.outOfBounds, "")) { try SetReference(wrong) }
  }
}

@Suite("Enrol batch")
struct EnrolBatchTests {
  private func members(_ count: UInt64) -> [EnrolBatch.Member] {
    (0..<count).map { EnrolBatch.Member(ordinal: 100 + 2 * $0, pseudonym: UInt128($0) << 64 | 5) }
  }

  @Test("each customer of a batch is proved, and no other")
  func proofs() throws {
    let batch = try EnrolBatch(members(9))
    for member in batch.members {
      let proof = try EnrolProof(decoding: try batch.proof(of: member.ordinal).encoded)
      #expect(proof.member == member)
      try proof.verify(root: batch.root, count: 9)
      #expect(throws: LogError(.inconsistent, "")) { try proof.verify(root: batch.root, count: 10) }
      for index in [0, 20, 30, 47] {
        var bytes = proof.encoded
        bytes[index] ^= 1
        #expect(throws: LogError.self) { try EnrolProof(decoding: bytes).verify(root: batch.root, count: 9) }
      }
    }
    for ordinal: UInt64 in [0, 101, 118] {
      #expect(throws: LogError(.outOfBounds, "")) { try batch.proof(of: ordinal) }
    }
  }

  @Test("the leaf is the documented one")
  func leaf() throws {
    let batch = try EnrolBatch([EnrolBatch.Member(ordinal: 258, pseudonym: 3)])
    var hash = BLAKE2b.Stream(key: batch.secret.key, count: 16)
    hash.update([UInt8](repeating: 0, count: 8))
    let ordinal: [UInt8] = [0, 0, 0, 0, 0, 0, 1, 2]
    let pseudonym = [UInt8](repeating: 0, count: 15) + [3]
    let leaf = hash.finalize() + ordinal + pseudonym
    #expect(batch.root == SHA256.hash([0] + leaf))
  }

  @Test("ordinals that do not ascend are refused")
  func order() {
    let member = EnrolBatch.Member(ordinal: 1, pseudonym: 1)
    #expect(throws: LogError(.malformed, "")) { try EnrolBatch([member, member]) }
  }
}
