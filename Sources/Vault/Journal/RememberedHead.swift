public import Sodium

/// The last state of a vault's log that the warden, or a user's machine, has seen.
///
/// A vault whose log is shorter, or does not contain this state, was rolled back or forked.
public struct RememberedHead: Sendable, Hashable {
  /// The number of the log's name: 1, and after each restore from a backup a higher one.
  public let origin: UInt32
  /// The number of entries of the log.
  public let size: UInt64
  /// The root of the log's tree at that size.
  public let root: Digest32
  /// The roots of the perfect subtrees that make up the tree, largest first, 32 bytes each: one for each bit that
  /// is set in ``size``. From these a consistency proof is checked without older entries.
  public let compactRange: [UInt8]

  /// A head, or nil when the length of the compact range does not belong to the size.
  public init?(origin: UInt32 = 1, size: UInt64, root: Digest32, compactRange: [UInt8]) {
    guard compactRange.count == size.nonzeroBitCount * 32 else { return nil }
    self.origin = origin
    self.size = size
    self.root = root
    self.compactRange = compactRange
  }

  /// Whether it is of a later state of the log than another one: under a later name, or a longer log of the same name.
  public func isLater(than other: RememberedHead?) -> Bool {
    guard let other else { return true }
    return (origin, size) > (other.origin, other.size)
  }
}
