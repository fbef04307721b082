public import Sodium

/// A set of customers and the Merkle root that commits to it.
///
/// Leaf i is salt (16 bytes) ‖ chunk i (256 bytes); the salt is BLAKE2b-128 of i under the set's own secret. The
/// root commits to the chunks themselves, so that the packed form may change.
public struct CommittedSet: Sendable {
  /// The set.
  public let set: SubjectSet

  /// The secret that the salts come from. It is kept with the set, sealed, and never shown.
  public let secret: SharedKey<SaltPurpose>

  private let leafHashes: [Digest32]

  /// Commits to a set under a secret, by default a new one.
  public init(_ set: SubjectSet, secret: SharedKey<SaltPurpose> = SharedKey(.random())) {
    self.set = set
    self.secret = secret
    var leaf: [UInt8] = []
    leaf.reserveCapacity(SaltedLeaf.saltBytes + SubjectSet.chunkBytes)
    leafHashes = (0..<SubjectSet.chunkCount(universe: set.universe)).map { index in
      leaf.removeAll(keepingCapacity: true)
      SaltedLeaf.appendSalt(UInt64(index), secret.key, to: &leaf)
      set.appendChunk(index, to: &leaf)
      return MerkleTree.leafHash(leaf)
    }
    root = MerkleTree.root(of: leafHashes)
  }

  /// The root over the salted chunks; that of the empty tree for an empty universe.
  public let root: Digest32

  /// What an entry says of this set.
  ///
  /// - Parameter directory: the index of the entry that fixes which ordinals are live.
  public func reference(directory: UInt64) -> SetReference {
    SetReference(universe: set.universe, count: set.count, root: root, directory: directory)
  }

  /// The proof that an ordinal is, or is not, in the set: the one chunk in which it would be, with its salt and path.
  /// About 560 bytes for a universe of a million.
  ///
  /// - Throws: `outOfBounds` when the ordinal is not below the universe.
  public func proof(of ordinal: UInt64) throws(LogError) -> ChunkProof {
    guard ordinal < set.universe else {
      throw LogError(.outOfBounds, "the ordinal is beyond the universe of the set")
    }
    let index = ordinal / UInt64(SubjectSet.chunkBits)
    var salt: [UInt8] = []
    SaltedLeaf.appendSalt(index, secret.key, to: &salt)
    return ChunkProof(
      salt: salt, chunk: set.chunk(Int(index)),
      path: try MerkleTree.inclusionProof(index: index, leafHashes: leafHashes))
  }
}
