public import Sodium

extension MerkleTree {
  /// Where a prover finds the root of a full subtree: the 2^level leaves from index · 2^level on.
  public typealias Nodes<Failure: Error> = (_ level: Int, _ index: UInt64) throws(Failure) -> Digest32

  /// The inclusion proof (audit path) of one leaf, its sibling first.
  ///
  /// - Throws: `outOfBounds` when there is no such leaf.
  public static func inclusionProof(
    index: UInt64, leafHashes: [Digest32]
  ) throws(LogError) -> [Digest32] {
    try inclusionProof(index: index, size: UInt64(leafHashes.count), nodes: fullSubtrees(of: leafHashes))
  }

  /// The inclusion proof of one leaf in the tree of `size` leaves, from wherever full subtrees are kept. Asks for
  /// about log2(size) nodes where inner nodes are kept.
  ///
  /// - Throws: `outOfBounds` when there is no such leaf, and what `nodes` throws.
  public static func inclusionProof(
    index: UInt64, size: UInt64, nodes: Nodes<LogError>
  ) throws(LogError) -> [Digest32] {
    guard index < size else {
      throw LogError(.outOfBounds, "leaf \(index) is not in a tree of \(size)")
    }
    var proof: [Digest32] = []
    var start: UInt64 = 0
    var end = size
    while end - start > 1 {
      let middle = start + splitPoint(end - start)
      if index < middle {
        proof.append(try subtreeRoot(middle..<end, nodes))
        end = middle
      } else {
        proof.append(try subtreeRoot(start..<middle, nodes))
        start = middle
      }
    }
    return proof.reversed()
  }

  /// The consistency proof between the tree of the first `from` leaves and the tree of all of them (RFC 6962
  /// section 2.1.2). Empty when `from` is 0 or all.
  ///
  /// - Throws: `outOfBounds` when there are fewer leaves than `from`.
  public static func consistencyProof(
    from: UInt64, leafHashes: [Digest32]
  ) throws(LogError) -> [Digest32] {
    try consistencyProof(from: from, to: UInt64(leafHashes.count), nodes: fullSubtrees(of: leafHashes))
  }

  /// The consistency proof between two sizes of a tree, from wherever full subtrees are kept.
  ///
  /// - Throws: `outOfBounds` when `from` is beyond `to`, and what `nodes` throws.
  public static func consistencyProof(
    from: UInt64, to: UInt64, nodes: Nodes<LogError>
  ) throws(LogError) -> [Digest32] {
    guard from <= to else { throw LogError(.outOfBounds, "a tree of \(to) has no older size \(from)") }
    guard from > 0, from < to else { return [] }
    var proof: [Digest32] = []
    var start: UInt64 = 0
    var end = to
    while end != from {
      let middle = start + splitPoint(end - start)
      if from <= middle {
        proof.append(try subtreeRoot(middle..<end, nodes))
        end = middle
      } else {
        proof.append(try subtreeRoot(start..<middle, nodes))
        start = middle
      }
    }
    // The verifier knows the old root; it lacks the last common subtree only when that is not the whole old tree.
    if start > 0 { proof.append(try subtreeRoot(start..<end, nodes)) }
    return proof.reversed()
  }

  /// The largest power of two strictly below `size`, which is at least 2.
  static func splitPoint(_ size: UInt64) -> UInt64 {
    1 << UInt64(63 - (size - 1).leadingZeroBitCount)
  }

  /// The root over leaves `range`, whose start is a multiple of the largest power of two in its length.
  private static func subtreeRoot(
    _ range: Range<UInt64>, _ nodes: Nodes<LogError>
  ) throws(LogError) -> Digest32 {
    let count = range.upperBound - range.lowerBound
    if count.nonzeroBitCount == 1 {
      let level = count.trailingZeroBitCount
      return try nodes(level, range.lowerBound >> UInt64(level))
    }
    let middle = range.lowerBound + splitPoint(count)
    let left = try subtreeRoot(range.lowerBound..<middle, nodes)
    return nodeHash(left, try subtreeRoot(middle..<range.upperBound, nodes))
  }

  private static func fullSubtrees(of leafHashes: [Digest32]) -> Nodes<LogError> {
    { (level, index) throws(LogError) in
      let start = Int(index) << level
      guard level > 0 else { return leafHashes[start] }
      return root(of: Array(leafHashes[start..<(start + 1 << level)]))
    }
  }
}
