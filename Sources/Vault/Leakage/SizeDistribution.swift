internal import Glibc

/// How long the sealed parts of rows are: what is left of their contents to whoever has the file and no key.
public struct SizeDistribution: Sendable, Hashable {
  private var counts: [Int: Int] = [:]
  /// How many parts there are.
  public private(set) var rows = 0
  /// How many bytes they have together.
  public private(set) var bytes = 0

  /// Of nothing.
  public init() {}

  mutating func add(_ size: Int) {
    counts[size, default: 0] += 1
    rows += 1
    bytes += size
  }

  /// How many different lengths there are.
  public var distinct: Int { counts.count }
  /// The shortest, or nil.
  public var smallest: Int? { counts.keys.min() }
  /// The longest, or nil.
  public var largest: Int? { counts.keys.max() }
  /// How many parts have a length that no other has: they are recognized by it.
  public var alone: Int { counts.values.count { $0 == 1 } }

  /// How much the length says of which part it is, in bits: the entropy of the distribution (Shannon 1948).
  public var bits: Double {
    guard rows > 0 else { return 0 }
    return counts.values.reduce(0) { sum, count in
      let share = Double(count) / Double(rows)
      return sum - share * log2(share)
    }
  }

  /// The most frequent lengths with their counts.
  public func frequent(_ limit: Int) -> [(size: Int, rows: Int)] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit).map { ($0.key, $0.value) }
  }
}
