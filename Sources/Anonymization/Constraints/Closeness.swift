/// How far a class's distribution of a sensitive column may be from that of the whole table: t-closeness.
///
/// Li, Li, Venkatasubramanian, "t-Closeness: Privacy Beyond k-Anonymity and l-Diversity", ICDE 2007; the distance
/// is the earth mover's under one of their three ground distances.
public struct Closeness: Sendable, Equatable {
  /// What moving a share from one value to another costs.
  public enum Distance: Sendable, Equatable {
    /// 1, whatever the values.
    case equal
    /// The number of values between them, over the greatest such number.
    case ordered
    /// The height of their lowest common ancestor, over the height of the tree.
    case hierarchical
  }

  /// The greatest distance that is allowed, 0 to 1.
  public let limit: Double
  /// What moving costs.
  public let distance: Distance

  /// A limit.
  public init(limit: Double, distance: Distance) {
    self.limit = limit
    self.distance = distance
  }

  func check(column: String) throws(AnonymizationError) {
    guard limit > 0, limit <= 1 else {
      throw AnonymizationError(.badLimit, column: column, reason: "t is above 0 and at most 1")
    }
  }
}

/// The earth mover's distances of classes of one column to one distribution.
struct EarthMover {
  private let distance: Closeness.Distance
  /// The distribution of the whole table, by code.
  private let reference: [Double]
  /// The codes that occur, in order of their values.
  private let ranked: [UInt32]
  /// For each level of the column's tree, from the values to the top, the group of each code.
  private let tree: [[UInt32]]

  init(_ distance: Closeness.Distance, counts: [Int], ranked: [UInt32], tree: [[UInt32]]) {
    self.distance = distance
    let total = Double(max(1, counts.reduce(0, +)))
    reference = counts.map { Double($0) / total }
    self.ranked = ranked.filter { counts[Int($0)] > 0 }
    self.tree = tree
  }

  /// The distance of a class.
  ///
  /// - Parameters:
  ///   - counts: by code, of the whole domain.
  ///   - touched: the codes whose counts are not 0.
  ///   - total: the sum of the counts.
  func distance(_ counts: [Int], touched: [UInt32], total: Int) -> Double {
    guard total > 0 else { return 0 }
    switch distance {
    case .equal:
      return touched.reduce(0) { sum, code in
        sum + max(0, Double(counts[Int(code)]) / Double(total) - reference[Int(code)])
      }
    case .ordered:
      guard ranked.count > 1 else { return 0 }
      var carried = 0.0
      var moved = 0.0
      for code in ranked {
        carried += Double(counts[Int(code)]) / Double(total) - reference[Int(code)]
        moved += carried.magnitude
      }
      return moved / Double(ranked.count - 1)
    case .hierarchical:
      return hierarchical(counts, Double(total))
    }
  }

  /// At each inner node what its children have too much is moved to those that have too little, as far as it
  /// goes; the rest is carried up (section 5.2 of the paper).
  private func hierarchical(_ counts: [Int], _ total: Double) -> Double {
    guard tree.count > 1 else { return 0 }
    var extra = counts.indices.map { Double(counts[$0]) / total - reference[$0] }
    var groupOfCode = tree[0]
    let height = Double(tree.count - 1)
    var moved = 0.0
    for level in 1..<tree.count {
      let groups = Int(tree[level].max() ?? 0) + 1
      var surplus = [Double](repeating: 0, count: groups)
      var deficit = [Double](repeating: 0, count: groups)
      var seen = [Bool](repeating: false, count: extra.count)
      for (code, group) in groupOfCode.enumerated() where !seen[Int(group)] {
        seen[Int(group)] = true
        let above = Int(tree[level][code])
        if extra[Int(group)] > 0 {
          surplus[above] += extra[Int(group)]
        } else {
          deficit[above] -= extra[Int(group)]
        }
      }
      extra = (0..<groups).map { surplus[$0] - deficit[$0] }
      groupOfCode = tree[level]
      for group in 0..<groups { moved += min(surplus[group], deficit[group]) * Double(level) / height }
    }
    return moved
  }
}
