/// A log's key, and for which heads it counts.
public struct TrustedLogKey: Hashable, Sendable {
  /// The key.
  public let key: LogVerifierKey

  /// The sizes of the checkpoints that it may sign. A retired key counts up to the entry that announces its successor,
  /// and a successor from there on.
  public var sizes: ClosedRange<UInt64>

  /// A key for checkpoints of these sizes, by default all.
  public init(_ key: LogVerifierKey, sizes: ClosedRange<UInt64> = 0...UInt64.max) {
    self.key = key
    self.sizes = sizes
  }
}
