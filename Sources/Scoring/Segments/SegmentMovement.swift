/// How customers moved between segments from one date to another.
public struct SegmentMovement: Hashable, Sendable {
  /// A way from one segment to another; nil stands for "was not scored".
  public struct Way: Hashable, Sendable {
    /// The segment at the first date.
    public let from: String?
    /// The segment at the second date.
    public let to: String?
    /// How many customers went it.
    public let customers: Int
  }

  /// The ways that customers went, those who stayed included, in the order of the names, nil first.
  public let ways: [Way]

  /// The movement between two dates.
  ///
  /// - Parameters:
  ///   - before: each customer's segment at the first date, by ordinal.
  ///   - after: the same at the second.
  public init(from before: [UInt64: String], to after: [UInt64: String]) {
    var counts: [Key: Int] = [:]
    for (ordinal, segment) in before { counts[Key(from: segment, to: after[ordinal]), default: 0] += 1 }
    for (ordinal, segment) in after where before[ordinal] == nil {
      counts[Key(from: nil, to: segment), default: 0] += 1
    }
    ways = counts.map { Way(from: $0.key.from, to: $0.key.to, customers: $0.value) }.sorted {
      ($0.from ?? "", $0.to ?? "") < ($1.from ?? "", $1.to ?? "")
    }
  }

  /// How many customers are where they were.
  public var stayed: Int { ways.reduce(0) { $0 + ($1.from == $1.to ? $1.customers : 0) } }

  private struct Key: Hashable {
    let from: String?
    let to: String?
  }
}
