import Glibc

/// What moving a share from one sensitive value to another costs (Li, Li, Venkatasubramanian, ICDE 2007).
public enum GroundDistance: Sendable {
  /// Ordered where all values are numbers, else equal.
  case automatic
  /// 1, whatever the values.
  case equal
  /// By places in the order of numbers.
  case numeric
  /// By places in this order.
  case ordered([String])
  /// By the height of the lowest common ancestor; for each value the value, then its group at each level.
  case hierarchical([[String]])
}

/// Earth mover's distances to the distribution of the whole table.
struct TransportPlan {
  private enum Method {
    case total
    case line([Int])
    case tree([[Int]])
  }
  private let method: Method
  private let whole: [Double]

  /// - Parameters:
  ///   - names: the values by number.
  ///   - whole: their shares in the table.
  init(_ distance: GroundDistance, names: [String], whole: [Double]) {
    self.whole = whole
    let numbers = names.compactMap(Double.init)
    let byNumber = numbers.count == names.count ? names.indices.sorted { numbers[$0] < numbers[$1] } : nil
    switch distance {
    case .equal: method = .total
    case .automatic, .numeric: method = byNumber.map(Method.line) ?? .total
    case .ordered(let order):
      let place = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      method = .line(
        names.indices.sorted { place[names[$0], default: .max] < place[names[$1], default: .max] })
    case .hierarchical(let paths):
      let byName = Dictionary(paths.map { ($0[0], $0) }, uniquingKeysWith: { first, _ in first })
      let depth = paths.first?.count ?? 1
      var tree: [[Int]] = []
      for level in 0..<depth {
        var groups: [String: Int] = [:]
        tree.append(
          names.map { name in
            let label = byName[name]?[level] ?? name
            if let group = groups[label] { return group }
            groups[label] = groups.count
            return groups.count - 1
          })
      }
      if let top = tree.last, Set(top).count > 1 { tree.append(names.map { _ in 0 }) }
      method = .tree(tree)
    }
  }

  /// The distance of a class whose values have these shares.
  func distance(_ shares: [Double]) -> Double {
    switch method {
    case .total:
      return zip(shares, whole).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
    case .line(let order):
      guard order.count > 1 else { return 0 }
      var carried = 0.0
      return order.reduce(0.0) { sum, value in
        carried += shares[value] - whole[value]
        return sum + abs(carried)
      } / Double(order.count - 1)
    case .tree(let tree):
      return treeDistance(shares, tree)
    }
  }

  /// What flows over the edge above a node is the surplus below it; each edge of a tree whose leaves lie equally deep
  /// costs half a step, as a share goes up and down again.
  private func treeDistance(_ shares: [Double], _ tree: [[Int]]) -> Double {
    guard tree.count > 1 else { return 0 }
    var moved = 0.0
    for level in 0..<(tree.count - 1) {
      var surplus: [Int: Double] = [:]
      for value in shares.indices { surplus[tree[level][value], default: 0] += shares[value] - whole[value] }
      moved += surplus.values.reduce(0) { $0 + abs($1) } / 2
    }
    return moved / Double(tree.count - 1)
  }
}
