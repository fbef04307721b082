public import Sodium

/// Where a publisher reads a log from, range by range, so that it never has to hold all of it.
public protocol LogSource {
  /// The envelope bytes of these entries, in order.
  func entries(_ range: Range<UInt64>) throws(LogError) -> [[UInt8]]

  /// The envelope bytes of these entries, in order; nil for one that is gone under a retention policy. By default none is.
  func keptEntries(_ range: Range<UInt64>) throws(LogError) -> [[UInt8]?]

  /// The leaf hashes of these entries, in order. By default they are made from the entries; a source that keeps them
  /// makes publishing again much faster.
  func leafHashes(_ range: Range<UInt64>) throws(LogError) -> [Digest32]
}

extension LogSource {
  /// The entries, all of them.
  public func keptEntries(_ range: Range<UInt64>) throws(LogError) -> [[UInt8]?] { try entries(range) }

  /// The leaf hashes of these entries, made from the entries.
  public func leafHashes(_ range: Range<UInt64>) throws(LogError) -> [Digest32] {
    try entries(range).map { MerkleTree.leafHash($0) }
  }
}
