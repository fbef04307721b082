public import Sodium

/// Proofs about a part of a tree: what witnesses sign under `subtree/v1`, and what Merkle tree certificates are made of
/// (draft-ietf-plants-merkle-tree-certs, sections 4.1 to 4.4).
extension MerkleTree {
  /// Whether a range of leaves is a subtree: it begins at a multiple of the least power of two that is not below its
  /// length.
  public static func isSubtree(_ range: Range<UInt64>) -> Bool {
    guard !range.isEmpty else { return false }
    let last = range.upperBound - range.lowerBound - 1
    // The least power of two at or above the length has as many zero bits as `last` has bits at all.
    let bits = UInt64.bitWidth - last.leadingZeroBitCount
    guard bits < UInt64.bitWidth else { return range.lowerBound == 0 }
    return range.lowerBound & (1 << UInt64(bits) - 1) == 0
  }

  /// Checks that a leaf is in a subtree with this root.
  ///
  /// - Throws: `outOfBounds` when the range is no subtree or does not hold the leaf, `proofFailed` when the proof does
  ///   not show it.
  public static func verifyInclusion(
    leafHash: Digest32, index: UInt64, subtree: Range<UInt64>, proof: [Digest32], root: Digest32
  ) throws(LogError) {
    guard isSubtree(subtree), subtree.contains(index) else {
      throw LogError(.outOfBounds, "a leaf is not in the subtree, or that is none")
    }
    try verifyInclusion(
      leafHash: leafHash, index: index - subtree.lowerBound, size: subtree.upperBound - subtree.lowerBound,
      proof: proof, root: root)
  }

  /// Checks that a subtree with this root is a part of the tree of `size` leaves. An empty range is a part of every
  /// tree: that needs an empty proof and the root of the empty tree.
  ///
  /// - Throws: `outOfBounds` when the range is no subtree or reaches beyond the tree, `proofFailed` when the proof does
  ///   not show it.
  public static func verifyConsistency(
    subtree: Range<UInt64>, size: UInt64, subtreeRoot: Digest32, root: Digest32, proof: [Digest32]
  ) throws(LogError) {
    guard subtree.isEmpty || isSubtree(subtree), subtree.upperBound <= size else {
      throw LogError(.outOfBounds, "a range is no subtree, or not in the tree")
    }
    guard !subtree.isEmpty else {
      guard proof.isEmpty, subtreeRoot == emptyRoot else {
        throw LogError(.proofFailed, "an empty range has the root of the empty tree and no proof")
      }
      return
    }
    var first = subtree.lowerBound
    var last = subtree.upperBound - 1
    var end = size - 1
    func shift() {
      first >>= 1
      last >>= 1
      end >>= 1
    }
    // Up to the largest full subtree at the right edge that both trees share.
    let isAtEdge = last == end
    while first != last, isAtEdge || last & 1 == 1 { shift() }
    var rest = proof[...]
    var seed = subtreeRoot
    if first != last {
      guard let node = rest.popFirst() else { throw LogError(.proofFailed, "the subtree's proof is empty") }
      seed = node
    }
    var part = seed
    var whole = seed
    for sibling in rest {
      guard end > 0 else { throw LogError(.proofFailed, "the subtree's proof is too long") }
      if last & 1 == 1 || last == end {
        if first < last { part = nodeHash(sibling, part) }
        whole = nodeHash(sibling, whole)
        while last & 1 == 0, last != 0 { shift() }
      } else {
        whole = nodeHash(whole, sibling)
      }
      shift()
    }
    guard end == 0 else { throw LogError(.proofFailed, "the subtree's proof is too short") }
    guard part == subtreeRoot else { throw LogError(.proofFailed, "the proof leads to another subtree") }
    guard whole == root else { throw LogError(.proofFailed, "the subtree's proof leads to another root") }
  }
}
