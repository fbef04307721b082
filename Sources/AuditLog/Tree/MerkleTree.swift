public import Sodium

/// The Merkle tree of RFC 6962 section 2.1 (and RFC 9162 section 2.1), over SHA-256.
///
/// A tree of n > 1 leaves splits at the largest power of two strictly below n. There is no padding and no leaf is
/// counted twice, so a tree says how many leaves it has.
public enum MerkleTree {
  /// The root of the tree without leaves: SHA-256 of nothing.
  public static let emptyRoot = SHA256.hash([])

  /// The hash of a leaf: SHA-256(0x00 ‖ entry).
  public static func leafHash(_ entry: Span<UInt8>) -> Digest32 {
    var hash = SHA256()
    hash.update(leafPrefix)
    hash.update(entry)
    return hash.finalize()
  }

  /// The hash of a leaf: SHA-256(0x00 ‖ entry).
  public static func leafHash(_ entry: [UInt8]) -> Digest32 { leafHash(entry.span) }

  /// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
  public static func nodeHash(_ left: Digest32, _ right: Digest32) -> Digest32 {
    var hash = SHA256()
    hash.update(nodePrefix)
    left.withSpan { hash.update($0) }
    right.withSpan { hash.update($0) }
    return hash.finalize()
  }

  /// The root over these leaf hashes, in order.
  public static func root(of leafHashes: [Digest32]) -> Digest32 {
    var range = CompactRange()
    for leaf in leafHashes { range.append(leaf) }
    return range.root
  }

  private static let leafPrefix: [UInt8] = [0]
  private static let nodePrefix: [UInt8] = [1]
}
