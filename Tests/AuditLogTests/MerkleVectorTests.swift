import Foundation
import Sodium
import Testing

@testable import AuditLog

// Skipped where the public vectors are absent.
@Suite("Merkle tree against public vectors", .enabled(if: Vectors.arePresent, "\(Vectors.absence)"))
struct MerkleVectorTests {
  struct Probes<Probe: Decodable>: Decodable { let vectors: [Probe] }

  struct Inclusion: Decodable {
    let leafIdx: UInt64
    let treeSize: UInt64
    let root: String?
    let leafHash: String?
    let proof: [String]?
    let desc: String
    let wantErr: Bool
  }

  struct Consistency: Decodable {
    let size1: UInt64
    let size2: UInt64
    let root1: String?
    let root2: String?
    let proof: [String]?
    let desc: String
    let wantErr: Bool
  }

  struct SubtreeInclusion: Decodable {
    let leafIdx: UInt64
    let start: UInt64
    let end: UInt64
    let root: String?
    let leafHash: String?
    let proof: [String]?
    let desc: String
    let wantErr: Bool
  }

  struct SubtreeConsistency: Decodable {
    let start: UInt64
    let end: UInt64
    let size: UInt64
    let root1: String?
    let root2: String?
    let proof: [String]?
    let desc: String
    let wantErr: Bool
  }

  struct Reference: Decodable {
    struct Proof: Decodable {
      let size1: Int
      let size2: Int
      let proof: [String]
    }
    let leaf_inputs: [String]
    let root_by_tree_size_0_to_8: [String]
    let consistency_proofs: [Proof]
    let hasher: [String: String]
  }

  /// The hashes of a probe; nil where one has not 32 bytes, which no verifier of ours can be given.
  private func digests(_ texts: [String?]) -> [Digest32]? {
    let digests = texts.compactMap { Vectors.digest(base64: $0 ?? "") }
    return digests.count == texts.count ? digests : nil
  }

  @Test("every inclusion probe is judged as its authors say")
  func inclusionProbes() throws {
    let probes: Probes<Inclusion> = try Vectors.load("merkle_inclusion_probes.json")
    #expect(probes.vectors.count == 98)
    for probe in probes.vectors {
      var accepted = false
      if let fixed = digests([probe.leafHash, probe.root]), let proof = digests(probe.proof ?? []) {
        accepted =
          (try? MerkleTree.verifyInclusion(
            leafHash: fixed[0], index: probe.leafIdx, size: probe.treeSize, proof: proof, root: fixed[1]))
          != nil
      }
      #expect(accepted == !probe.wantErr, "\(probe.desc), leaf \(probe.leafIdx) of \(probe.treeSize)")
    }
  }

  @Test("every consistency probe is judged as its authors say")
  func consistencyProbes() throws {
    let probes: Probes<Consistency> = try Vectors.load("merkle_consistency_probes.json")
    #expect(probes.vectors.count == 98)
    for probe in probes.vectors {
      var accepted = false
      // Between equal sizes the probes use any text as a root. Ours are always 32 bytes, so it is hashed here.
      let roots =
        probe.size1 == probe.size2
        ? [probe.root1, probe.root2].map { SHA256.hash(Array(($0 ?? "").utf8)) }
        : digests([probe.root1, probe.root2])
      if let roots, let proof = digests(probe.proof ?? []) {
        accepted =
          (try? MerkleTree.verifyConsistency(
            from: probe.size1, to: probe.size2, oldRoot: roots[0], newRoot: roots[1], proof: proof)) != nil
      }
      #expect(accepted == !probe.wantErr, "\(probe.desc), \(probe.size1) to \(probe.size2)")
    }
  }

  @Test("every probe of a leaf in a subtree is judged as its authors say")
  func subtreeInclusionProbes() throws {
    let probes: Probes<SubtreeInclusion> = try Vectors.load("merkle_subtreeinclusion_probes.json")
    #expect(probes.vectors.count == 204)
    for probe in probes.vectors {
      var accepted = false
      if probe.start <= probe.end, let fixed = digests([probe.leafHash, probe.root]),
        let proof = digests(probe.proof ?? [])
      {
        accepted =
          (try? MerkleTree.verifyInclusion(
            leafHash: fixed[0], index: probe.leafIdx, subtree: probe.start..<probe.end, proof: proof,
            root: fixed[1])) != nil
      }
      #expect(
        accepted == !probe.wantErr, "\(probe.desc), leaf \(probe.leafIdx) of \(probe.start)..<\(probe.end)")
    }
  }

  @Test("every probe of a subtree in a tree is judged as its authors say")
  func subtreeConsistencyProbes() throws {
    let probes: Probes<SubtreeConsistency> = try Vectors.load("merkle_subtreeconsistency_probes.json")
    #expect(probes.vectors.count == 118)
    for probe in probes.vectors {
      var accepted = false
      // Some probes use any text as a root. Ours are always 32 bytes, so it is hashed here.
      let roots = [probe.root1, probe.root2].map { text in
        Vectors.digest(base64: text ?? "") ?? SHA256.hash(Array((text ?? "").utf8))
      }
      if probe.start <= probe.end, let proof = digests(probe.proof ?? []) {
        accepted =
          (try? MerkleTree.verifyConsistency(
            subtree: probe.start..<probe.end, size: probe.size, subtreeRoot: roots[0], root: roots[1],
            proof: proof)) != nil
      }
      #expect(accepted == !probe.wantErr, "\(probe.desc), \(probe.start)..<\(probe.end) of \(probe.size)")
    }
  }

  @Test("the reference tree of RFC 6962 has its roots, hashes and proofs")
  func referenceTree() throws {
    let reference: Reference = try Vectors.load("rfc6962_reference_tree.json")
    let leaves = try reference.leaf_inputs.map { MerkleTree.leafHash(try Hex.decode($0)) }
    for (size, root) in reference.root_by_tree_size_0_to_8.enumerated() {
      #expect(MerkleTree.root(of: Array(leaves[..<size])).description == root)
    }
    for proof in reference.consistency_proofs {
      let made = try MerkleTree.consistencyProof(
        from: UInt64(proof.size1), leafHashes: Array(leaves[..<proof.size2]))
      #expect(made.map(\.description) == proof.proof, "\(proof.size1) to \(proof.size2)")
    }
    #expect(MerkleTree.emptyRoot.description == reference.hasher["empty_root"])
    #expect(MerkleTree.leafHash([UInt8]()).description == reference.hasher["leaf_of_empty"])
    #expect(
      MerkleTree.leafHash(Array("L123456".utf8)).description == reference.hasher["leaf_of_ascii_L123456"])
    let node = SHA256.hash([1] + Array("N123".utf8) + Array("N456".utf8))
    #expect(node.description == reference.hasher["node_of_ascii_N123_N456"])
  }
}
