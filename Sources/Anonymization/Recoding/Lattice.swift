/// The lattice of full-domain generalizations: a node is one level for each quasi-identifier.
///
/// Samarati, "Protecting Respondents' Identities in Microdata Release", TKDE 13(6), 2001.
struct Lattice {
  /// How many levels each column has.
  let depths: [Int]
  /// How many nodes there are; nil beyond what is worth counting.
  let nodeCount: Int?
  /// For each column and level the mean penalty of the table's rows.
  let penalties: [[Double]]
  /// The weights of the columns, their sum being the number of columns.
  let weights: [Double]

  init(_ table: Microdata) {
    depths = table.quasiIdentifiers.map { $0.hierarchy.levels.count }
    nodeCount = Self.nodeCount(of: table)
    penalties = table.quasiIdentifiers.map { column in
      var counts = [Int](repeating: 0, count: column.hierarchy.values.count)
      for code in column.codes { counts[Int(code)] += 1 }
      return column.hierarchy.levels.map { level in
        var sum = 0.0
        for (value, count) in counts.enumerated() where count > 0 {
          sum += Double(count) * level.penalty[Int(level.groupOfValue[value])]
        }
        return sum / Double(max(1, table.rowCount))
      }
    }
    let total = table.quasiIdentifiers.reduce(0) { $0 + $1.weight }
    weights = table.quasiIdentifiers.map { $0.weight / total * Double(table.quasiIdentifiers.count) }
  }

  /// How many nodes the lattice of a table has; nil where that is beyond 2^31.
  static func nodeCount(of table: Microdata) -> Int? {
    var product = 1
    for column in table.quasiIdentifiers {
      product *= column.hierarchy.levels.count
      if product > 1 << 31 { return nil }
    }
    return product
  }

  /// The levels of a node.
  func levels(of node: Int) -> [Int] {
    var rest = node
    return depths.map { depth in
      defer { rest /= depth }
      return rest % depth
    }
  }

  /// The node of these levels.
  func node(_ levels: [Int]) -> Int {
    var node = 0
    for (level, depth) in zip(levels, depths).reversed() { node = node * depth + level }
    return node
  }

  /// The weighted mean penalty of a cell if no row were suppressed.
  func expectedLoss(_ levels: [Int]) -> Double {
    var sum = 0.0
    for (column, level) in levels.enumerated() { sum += weights[column] * penalties[column][level] }
    return sum / Double(depths.count)
  }

  /// The nodes by rising expected loss.
  ///
  /// - Parameter jitter: what the loss of each is multiplied with.
  func ordered(_ jitter: () -> Double = { 1 }) -> [Int] {
    let count = nodeCount ?? 0
    var losses = [Double](repeating: 0, count: count)
    for node in 0..<count { losses[node] = expectedLoss(levels(of: node)) * jitter() }
    return (0..<count).sorted { (losses[$0], $0) < (losses[$1], $1) }
  }
}
