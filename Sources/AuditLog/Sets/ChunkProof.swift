import Sodium

/// Shows whether one ordinal is in a committed set, and of 2,047 others of its chunk; nothing of the rest.
public struct ChunkProof: Hashable, Sendable {
  /// The salt of the chunk, 16 bytes.
  let salt: [UInt8]
  /// The chunk, 256 bytes.
  let chunk: [UInt8]
  /// The inclusion proof of the chunk, its sibling first.
  let path: [Digest32]

  init(salt: [UInt8], chunk: [UInt8], path: [Digest32]) {
    self.salt = salt
    self.chunk = chunk
    self.path = path
  }

  /// Reads what `encoded` wrote.
  ///
  /// - Throws: `malformed` for another length.
  public init(decoding bytes: [UInt8]) throws(LogError) {
    let fixed = SaltedLeaf.saltBytes + SubjectSet.chunkBytes
    guard bytes.count >= fixed else { throw LogError(.malformed, "a chunk proof of \(bytes.count) bytes") }
    salt = Array(bytes[..<SaltedLeaf.saltBytes])
    chunk = Array(bytes[SaltedLeaf.saltBytes..<fixed])
    path = try ProofPath.decode(bytes[fixed...])
  }

  /// The bytes of the proof: salt, chunk, path.
  public var encoded: [UInt8] {
    var bytes = salt + chunk
    for hash in path { bytes.append(hash) }
    return bytes
  }

  /// Checks the proof and says whether the ordinal is in the set that `reference` commits to.
  ///
  /// - Throws: `outOfBounds` when the ordinal is beyond the universe, `proofFailed` when the chunk is not the set's.
  public func contains(_ ordinal: UInt64, in reference: SetReference) throws(LogError) -> Bool {
    guard reference.universe <= SubjectSet.universeLimit, ordinal < reference.universe else {
      throw LogError(.outOfBounds, "the ordinal is beyond the universe of the set")
    }
    let index = ordinal / UInt64(SubjectSet.chunkBits)
    try MerkleTree.verifyInclusion(
      leafHash: MerkleTree.leafHash(salt + chunk), index: index,
      size: UInt64(SubjectSet.chunkCount(universe: reference.universe)), proof: path, root: reference.root)
    let bit = Int(ordinal % UInt64(SubjectSet.chunkBits))
    return chunk[bit / 8] >> UInt8(bit % 8) & 1 == 1
  }
}

/// The hashes of a proof, one after the other.
enum ProofPath {
  /// No tree is deeper than its size has bits.
  static let limit = 64

  static func decode(
    _ bytes: ArraySlice<UInt8>, limit: Int = ProofPath.limit
  ) throws(LogError) -> [Digest32] {
    guard bytes.count.isMultiple(of: 32), bytes.count <= 32 * limit else {
      throw LogError(.malformed, "the path of a proof has \(bytes.count) bytes")
    }
    var path: [Digest32] = []
    var rest = bytes
    while let hash = Digest32(rest.prefix(32)) {
      path.append(hash)
      rest = rest.dropFirst(32)
    }
    return path
  }
}
