public import Sodium

extension MerkleTree {
  /// Checks that a leaf is at `index` in the tree of `size` leaves with this root (RFC 9162 section 2.1.3.2).
  ///
  /// - Throws: `outOfBounds` when `index` is not below `size`, `proofFailed` when the proof is too long, too short
  ///   or leads elsewhere.
  public static func verifyInclusion(
    leafHash: Digest32, index: UInt64, size: UInt64, proof: [Digest32], root: Digest32
  ) throws(LogError) {
    guard index < size else {
      throw LogError(.outOfBounds, "leaf \(index) is not in a tree of \(size)")
    }
    var position = index
    var last = size - 1
    var hash = leafHash
    for sibling in proof {
      guard last > 0 else { throw LogError(.proofFailed, "the inclusion proof is too long") }
      if position & 1 == 1 || position == last {
        hash = nodeHash(sibling, hash)
        while position & 1 == 0, position != 0 {
          position >>= 1
          last >>= 1
        }
      } else {
        hash = nodeHash(hash, sibling)
      }
      position >>= 1
      last >>= 1
    }
    guard last == 0 else { throw LogError(.proofFailed, "the inclusion proof is too short") }
    guard hash == root else { throw LogError(.proofFailed, "the inclusion proof leads to another root") }
  }

  /// Checks that the tree of `to` leaves begins with the tree of `from` leaves (RFC 9162 section 2.1.4.2).
  ///
  /// Every tree begins with the empty one: that needs an empty proof and the root of the empty tree. (RFC 9162 leaves
  /// size 0 open and some libraries refuse it; witnesses start from it.)
  ///
  /// - Throws: `outOfBounds` when `from` is beyond `to`, `proofFailed` when the proof does not show it.
  public static func verifyConsistency(
    from: UInt64, to: UInt64, oldRoot: Digest32, newRoot: Digest32, proof: [Digest32]
  ) throws(LogError) {
    guard from <= to else { throw LogError(.outOfBounds, "a tree of \(to) has no older size \(from)") }
    if from == 0, oldRoot != emptyRoot {
      throw LogError(.proofFailed, "the root of size 0 is not that of the empty tree")
    }
    guard from > 0, from < to else {
      guard proof.isEmpty else { throw LogError(.proofFailed, "the consistency proof should be empty") }
      guard from == 0 && to > 0 || oldRoot == newRoot else {
        throw LogError(.proofFailed, "two roots of one size differ")
      }
      return
    }
    // A power of two is a node of the new tree itself, so the proof leaves it out.
    let path = from.nonzeroBitCount == 1 ? [oldRoot] + proof : proof
    guard let seed = path.first else { throw LogError(.proofFailed, "the consistency proof is empty") }
    var position = from - 1
    var last = to - 1
    while position & 1 == 1 {
      position >>= 1
      last >>= 1
    }
    var old = seed
    var new = seed
    for sibling in path.dropFirst() {
      guard last > 0 else { throw LogError(.proofFailed, "the consistency proof is too long") }
      if position & 1 == 1 || position == last {
        old = nodeHash(sibling, old)
        new = nodeHash(sibling, new)
        while position & 1 == 0, position != 0 {
          position >>= 1
          last >>= 1
        }
      } else {
        new = nodeHash(new, sibling)
      }
      position >>= 1
      last >>= 1
    }
    guard last == 0 else { throw LogError(.proofFailed, "the consistency proof is too short") }
    guard old == oldRoot else {
      throw LogError(.proofFailed, "the consistency proof leads to another old root")
    }
    guard new == newRoot else {
      throw LogError(.proofFailed, "the consistency proof leads to another new root")
    }
  }
}
