/// Many customers' statistics with equal ones counted once, in one order whatever the order of the input.
///
/// Day-grained data of a million customers has some ten thousand distinct rows of (x, t_x, T); each distinct
/// count and time also gets a place of its own, so that a model evaluates ln Γ once per count and the logarithm once per
/// time. The likelihood is exactly that of all rows.
public struct CompressedStatistics: Sendable {
  /// Customers that are equal in x, t_x and T.
  struct Group: Sendable {
    /// The place of x in `counts`.
    let count: Int32
    /// The place of t_x in `times`.
    let recency: Int32
    /// The place of T in `times`.
    let age: Int32
    /// How many customers there are, exact.
    let customers: Double
  }

  /// The distinct x, ascending.
  let counts: [Int]
  /// How many customers have each count.
  let customersByCount: [Double]
  /// The distinct times, ascending.
  let times: [Double]
  /// The distinct rows by x, t_x and T, ascending.
  let groups: [Group]
  /// How many customers there are.
  public let customers: Int
  /// How many of them have a repeat.
  public let repeaters: Int
  /// The mean age, 0 without customers.
  let meanAge: Double

  /// How many distinct rows there are.
  public var distinct: Int { groups.count }

  /// The customers' statistics.
  public init(_ statistics: [SufficientStatistics]) {
    var countNumbers = DistinctKeys()
    var timeNumbers = DistinctKeys()
    let rows = statistics.map { row in
      (
        countNumbers.number(of: UInt64(row.repeats)), timeNumbers.number(of: row.recency.bitPattern),
        timeNumbers.number(of: row.age.bitPattern)
      )
    }
    // Times are not negative, so that their bits are in the order of their values.
    let (counts, countRanks) = Self.ranked(countNumbers.keys)
    let (times, timeRanks) = Self.ranked(timeNumbers.keys)
    let timeBits = UInt64(max(1, 64 - times.count.leadingZeroBitCount))
    let mask = (UInt64(1) << timeBits) - 1
    var keys = rows.map { row in
      UInt64(countRanks[Int(row.0)]) << (2 * timeBits) | UInt64(timeRanks[Int(row.1)]) << timeBits
        | UInt64(timeRanks[Int(row.2)])
    }
    precondition(2 * timeBits + UInt64(64 - counts.count.leadingZeroBitCount) <= 64, "too many distinct rows")
    radixSort(&keys)
    var groups: [Group] = []
    var byCount = [Double](repeating: 0, count: counts.count)
    var age = CompensatedSum()
    var index = 0
    while index < keys.count {
      let key = keys[index]
      let start = index
      while index < keys.count, keys[index] == key { index += 1 }
      let customers = Double(index - start)
      let group = Group(
        count: Int32(truncatingIfNeeded: key >> (2 * timeBits)),
        recency: Int32(truncatingIfNeeded: key >> timeBits & mask),
        age: Int32(truncatingIfNeeded: key & mask),
        customers: customers)
      groups.append(group)
      byCount[Int(group.count)] += customers
      age += customers * Double(bitPattern: times[Int(group.age)])
    }
    self.counts = counts.map(Int.init)
    self.times = times.map(Double.init(bitPattern:))
    self.groups = groups
    customersByCount = byCount
    customers = statistics.count
    repeaters = statistics.count - (counts.first == 0 ? Int(byCount[0]) : 0)
    meanAge = statistics.isEmpty ? 0 : age.value / Double(statistics.count)
  }

  /// The keys in ascending order, and for each its place there.
  private static func ranked(_ keys: [UInt64]) -> ([UInt64], [Int]) {
    let order = keys.indices.sorted { keys[$0] < keys[$1] }
    var ranks = [Int](repeating: 0, count: keys.count)
    for (rank, index) in order.enumerated() { ranks[index] = rank }
    return (order.map { keys[$0] }, ranks)
  }
}
