public import Sodium

/// The right edge of a tree: as little as must be kept to append to it.
///
/// `peaks` are the roots of the full subtrees that a tree of this size falls into, the largest first: one for each
/// one bit of the size.
public struct CompactRange: Hashable, Sendable {
  /// How many leaves were appended.
  public private(set) var size: UInt64

  /// The roots of the full subtrees, the largest (leftmost) first.
  public private(set) var peaks: [Digest32]

  /// The empty tree.
  public init() {
    size = 0
    peaks = []
  }

  /// A range of this size and these peaks.
  ///
  /// - Throws: `malformed` unless there is one peak for each one bit of the size.
  public init(size: UInt64, peaks: [Digest32]) throws(LogError) {
    guard peaks.count == size.nonzeroBitCount else {
      throw LogError(
        .malformed, "a range of size \(size) has \(size.nonzeroBitCount) peaks, not \(peaks.count)")
    }
    self.size = size
    self.peaks = peaks
  }

  /// Reads what `encoded` wrote.
  ///
  /// - Throws: `malformed` when the length does not follow from the size.
  public init(decoding bytes: [UInt8]) throws(LogError) {
    guard bytes.count >= 8, (bytes.count - 8).isMultiple(of: 32) else {
      throw LogError(.malformed, "a compact range of \(bytes.count) bytes")
    }
    let size = UInt64(bigEndian: bytes[..<8])
    var peaks: [Digest32] = []
    for start in stride(from: 8, to: bytes.count, by: 32) {
      guard let peak = Digest32(bytes[start..<(start + 32)]) else {
        throw LogError(.malformed, "a peak is not 32 bytes")
      }
      peaks.append(peak)
    }
    try self.init(size: size, peaks: peaks)
  }

  /// The bytes to keep: size as u64 big-endian, then the peaks.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + 32 * peaks.count)
    bytes.append(bigEndian: size)
    for peak in peaks { bytes.append(peak) }
    return bytes
  }

  /// Appends a leaf by its hash.
  public mutating func append(_ leafHash: Digest32) {
    var node = leafHash
    var merges = size
    while merges & 1 == 1, let left = peaks.popLast() {
      node = MerkleTree.nodeHash(left, node)
      merges >>= 1
    }
    peaks.append(node)
    size += 1
  }

  /// The root of the tree; that of the empty tree for size 0.
  public var root: Digest32 {
    guard var node = peaks.last else { return MerkleTree.emptyRoot }
    for left in peaks.dropLast().reversed() { node = MerkleTree.nodeHash(left, node) }
    return node
  }

  /// The inclusion proof of whichever leaf is appended next, in the tree that ends with it.
  public var proofOfNextLeaf: [Digest32] { peaks.reversed() }
}
