import Sodium
import Testing

@testable import AuditLog

@Suite("Merkle tree")
struct MerkleTreeTests {
  private let leaves = (0..<70).map { MerkleTree.leafHash([UInt8($0)]) }

  /// The definition of RFC 6962, word for word.
  private func definedRoot(_ leaves: ArraySlice<Digest32>) -> Digest32 {
    guard leaves.count > 1 else { return leaves.first ?? SHA256.hash([UInt8]()) }
    var k = 1
    while k * 2 < leaves.count { k *= 2 }
    let left = definedRoot(leaves.prefix(k))
    return SHA256.hash([1] + left.bytes + definedRoot(leaves.dropFirst(k)).bytes)
  }

  @Test("the root is that of the definition, for every size")
  func roots() {
    for size in 0...leaves.count {
      #expect(MerkleTree.root(of: Array(leaves[..<size])) == definedRoot(leaves[..<size]))
    }
  }

  @Test("the hashes that RFC 6962 users check first")
  func checkValues() {
    #expect(
      MerkleTree.emptyRoot.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(MerkleTree.leafHash([UInt8]()).description.hasPrefix("6e340b9c"))
  }

  @Test("every leaf of every tree is proved, and at no other place")
  func inclusion() throws {
    for size in 1...33 {
      let tree = Array(leaves[..<size])
      let root = MerkleTree.root(of: tree)
      for index in 0..<size {
        let proof = try MerkleTree.inclusionProof(index: UInt64(index), leafHashes: tree)
        for place in 0..<size {
          let accepted =
            (try? MerkleTree.verifyInclusion(
              leafHash: tree[index], index: UInt64(place), size: UInt64(size), proof: proof, root: root))
            != nil
          #expect(accepted == (place == index), "leaf \(index) at \(place) of \(size)")
        }
      }
    }
  }

  @Test("an index at or beyond the size is refused, by prover and verifier")
  func indexBeyondSize() throws {
    let tree = Array(leaves[..<4])
    let root = MerkleTree.root(of: tree)
    #expect(throws: LogError(.outOfBounds, "")) { try MerkleTree.inclusionProof(index: 4, leafHashes: tree) }
    for index: UInt64 in [4, 5, .max] {
      #expect(throws: LogError(.outOfBounds, "")) {
        try MerkleTree.verifyInclusion(leafHash: tree[0], index: index, size: 4, proof: [], root: root)
      }
    }
    #expect(throws: LogError(.outOfBounds, "")) {
      try MerkleTree.verifyInclusion(
        leafHash: tree[0], index: 0, size: 0, proof: [], root: MerkleTree.emptyRoot)
    }
  }

  @Test("a proof with a hash more, a hash less or a changed hash is refused")
  func alteredInclusion() throws {
    let tree = Array(leaves[..<13])
    let root = MerkleTree.root(of: tree)
    let proof = try MerkleTree.inclusionProof(index: 12, leafHashes: tree)
    var changed = proof
    changed[0] = tree[0]
    for wrong in [
      proof + [tree[0]], [tree[0]] + proof, Array(proof.dropLast()), Array(proof.dropFirst()), changed,
    ] {
      #expect(throws: LogError(.proofFailed, "")) {
        try MerkleTree.verifyInclusion(leafHash: tree[12], index: 12, size: 13, proof: wrong, root: root)
      }
    }
  }

  @Test("every tree is shown to begin with every smaller one, and with no other")
  func consistency() throws {
    for size in 0...33 {
      let tree = Array(leaves[..<size])
      let root = MerkleTree.root(of: tree)
      for from in 0...size {
        let old = MerkleTree.root(of: Array(tree[..<from]))
        let proof = try MerkleTree.consistencyProof(from: UInt64(from), leafHashes: tree)
        try MerkleTree.verifyConsistency(
          from: UInt64(from), to: UInt64(size), oldRoot: old, newRoot: root, proof: proof)
        let other = MerkleTree.root(of: Array(leaves[1...(from + 1)]))
        #expect(throws: LogError(.proofFailed, "")) {
          try MerkleTree.verifyConsistency(
            from: UInt64(from), to: UInt64(size), oldRoot: other, newRoot: root, proof: proof)
        }
        guard from > 0, from < size else { continue }
        #expect(throws: LogError(.proofFailed, "")) {
          try MerkleTree.verifyConsistency(
            from: UInt64(from), to: UInt64(size), oldRoot: old, newRoot: other, proof: proof)
        }
        #expect(throws: LogError(.proofFailed, "")) {
          try MerkleTree.verifyConsistency(
            from: UInt64(from), to: UInt64(size), oldRoot: old, newRoot: root, proof: proof + [old])
        }
        #expect(throws: LogError(.proofFailed, "")) {
          try MerkleTree.verifyConsistency(
            from: UInt64(from), to: UInt64(size), oldRoot: old, newRoot: root, proof: Array(proof.dropLast()))
        }
      }
    }
  }

  @Test("from size 0 only the root of the empty tree is accepted")
  func emptyOldTree() {
    #expect(throws: LogError(.proofFailed, "")) {
      try MerkleTree.verifyConsistency(from: 0, to: 1, oldRoot: leaves[1], newRoot: leaves[0], proof: [])
    }
    #expect(throws: LogError(.proofFailed, "")) {
      try MerkleTree.verifyConsistency(from: 0, to: 0, oldRoot: leaves[1], newRoot: leaves[1], proof: [])
    }
  }

  @Test("a shrinking tree is refused")
  func shrinking() {
    #expect(throws: LogError(.outOfBounds, "")) {
      try MerkleTree.verifyConsistency(from: 2, to: 1, oldRoot: leaves[0], newRoot: leaves[0], proof: [])
    }
  }

  @Test("proofs from kept nodes are those from leaves, and ask for few nodes")
  func proofsFromNodes() throws {
    var asked = 0
    let nodes: MerkleTree.Nodes<LogError> = { (level, index) throws(LogError) in
      asked += 1
      return MerkleTree.root(of: Array(leaves[Int(index) << level..<(Int(index) + 1) << level]))
    }
    let proof = try MerkleTree.inclusionProof(index: 37, size: 70, nodes: nodes)
    #expect(try MerkleTree.inclusionProof(index: 37, leafHashes: leaves) == proof)
    #expect(asked <= 8)
    let consistency = try MerkleTree.consistencyProof(from: 37, to: 70, nodes: nodes)
    #expect(try MerkleTree.consistencyProof(from: 37, leafHashes: leaves) == consistency)
  }
}

@Suite("Compact range")
struct CompactRangeTests {
  @Test("it survives its encoding at every size")
  func coding() throws {
    var range = CompactRange()
    for index in 0..<70 {
      #expect(try CompactRange(decoding: range.encoded) == range)
      #expect(range.peaks.count == range.size.nonzeroBitCount)
      range.append(MerkleTree.leafHash([UInt8(index)]))
    }
  }

  @Test("a number of peaks that does not follow from the size is refused")
  func wrongPeaks() throws {
    var range = CompactRange()
    for index in 0..<6 { range.append(MerkleTree.leafHash([UInt8(index)])) }
    let bytes = range.encoded
    for wrong in [
      Array(bytes.dropLast(32)), Array(bytes.dropLast()), bytes + [UInt8](repeating: 0, count: 32), [],
    ] {
      #expect(throws: LogError(.malformed, "")) { try CompactRange(decoding: wrong) }
    }
  }

  @Test("its peaks prove the leaf that comes next")
  func nextLeaf() throws {
    var range = CompactRange()
    for index in 0..<70 {
      let leaf = MerkleTree.leafHash([UInt8(index)])
      let proof = range.proofOfNextLeaf
      range.append(leaf)
      try MerkleTree.verifyInclusion(
        leafHash: leaf, index: UInt64(index), size: range.size, proof: proof, root: range.root)
    }
  }
}
