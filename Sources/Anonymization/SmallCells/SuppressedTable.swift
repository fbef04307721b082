/// A table of counts with margins in which cells under a threshold are left out, and others with them, so that no
/// left-out cell can be worked out from the sums.
///
/// Cox, "Suppression Methodology and Statistical Disclosure Control", JASA 75, 1980. Whether a cell of a table of two
/// dimensions can be worked out is decided exactly: it can if and only if its edge is a bridge of the graph whose
/// nodes are rows and columns and whose edges are the left-out cells (Gusfield, "A Graph Theoretic Approach to Data
/// Security", SIAM J. Computing 17(3), 1988).
public struct SuppressedTable: Sendable, Equatable {
  /// What is shown in a place.
  public enum Cell: Sendable, Equatable {
    /// A count.
    case shown(Int)
    /// Left out because it is under the threshold.
    case primary
    /// Left out to protect others.
    case complementary

    /// The count, where it is shown.
    public var count: Int? {
      if case .shown(let count) = self { count } else { nil }
    }
  }

  /// The threshold of this program: no cell speaks of fewer than 5 customers.
  public static let threshold = 5

  /// The inner cells, row by row.
  public private(set) var cells: [[Cell]]
  /// The sums of the rows.
  public private(set) var rowTotals: [Cell]
  /// The sums of the columns.
  public private(set) var columnTotals: [Cell]
  /// The sum of all.
  public private(set) var total: Cell

  /// Leaves out what must be left out of a table of counts.
  public init(_ counts: [[Int]], threshold: Int = SuppressedTable.threshold) throws(AnonymizationError) {
    let width = counts.first?.count ?? 0
    guard width > 0, counts.allSatisfy({ $0.count == width && $0.allSatisfy { $0 >= 0 } }) else {
      throw AnonymizationError(
        .badTable, reason: "a table of counts has rows of one length, and no negative count")
    }
    // The margins are one more row and column: then every line adds up to its last cell.
    var full = counts.map { $0 + [$0.reduce(0, +)] }
    full.append((0...width).map { column in full.reduce(0) { $0 + $1[column] } })
    var isLeftOut = full.map { row in row.map { $0 < threshold } }
    repeat { SuppressionGraph.protect(&isLeftOut, full) } while Self.widen(&isLeftOut, full, threshold)
    func cell(_ row: Int, _ column: Int) -> Cell {
      guard isLeftOut[row][column] else { return .shown(full[row][column]) }
      return full[row][column] < threshold ? .primary : .complementary
    }
    cells = counts.indices.map { row in (0..<width).map { cell(row, $0) } }
    rowTotals = counts.indices.map { cell($0, width) }
    columnTotals = (0..<width).map { cell(counts.count, $0) }
    total = cell(counts.count, width)
  }

  /// Leaves out one more cell of a line whose left-out cells are known to add up to less than the threshold, its sum
  /// being shown; false where there is no such line.
  private static func widen(_ isLeftOut: inout [[Bool]], _ full: [[Int]], _ threshold: Int) -> Bool {
    let (rows, columns) = (full.count, full[0].count)
    let lines =
      (0..<rows).map { row in (0..<columns).map { (row, $0) } }
      + (0..<columns).map { column in (0..<rows).map { ($0, column) } }
    for line in lines {
      guard let sum = line.last, !isLeftOut[sum.0][sum.1] else { continue }
      let inner = line.dropLast()
      let left = inner.filter { isLeftOut[$0.0][$0.1] }
      guard !left.isEmpty, left.reduce(0, { $0 + full[$1.0][$1.1] }) < threshold else { continue }
      let next = inner.filter { !isLeftOut[$0.0][$0.1] }.min { full[$0.0][$0.1] < full[$1.0][$1.1] }
      guard let next else { continue }
      isLeftOut[next.0][next.1] = true
      return true
    }
    return false
  }

  /// Leaves out what must be left out of a list of counts whose sum is shown.
  public static func list(_ counts: [Int], threshold: Int = SuppressedTable.threshold) -> [Cell] {
    var isLeftOut = counts.map { $0 < threshold }
    // One cell left out is the sum less the others; and a few small ones whose sum is small are known to be small.
    while true {
      let left = isLeftOut.indices.filter { isLeftOut[$0] }
      let sum = left.reduce(0) { $0 + counts[$1] }
      guard !left.isEmpty, left.count == 1 || sum < threshold,
        let next = isLeftOut.indices.filter({ !isLeftOut[$0] }).min(by: { counts[$0] < counts[$1] })
      else { break }
      isLeftOut[next] = true
    }
    return counts.indices.map { index in
      guard isLeftOut[index] else { return .shown(counts[index]) }
      return counts[index] < threshold ? .primary : .complementary
    }
  }
}

/// The graph of left-out cells.
private struct SuppressionGraph {
  /// Leaves out more cells until none can be worked out.
  static func protect(_ isLeftOut: inout [[Bool]], _ counts: [[Int]]) {
    while let (row, column) = exposed(isLeftOut) {
      // The cheapest detour around the bridge: cells to leave out that close a cycle.
      let detour = cheapestDetour(from: row, to: column, isLeftOut, counts)
      guard !detour.isEmpty else { return }
      for (row, column) in detour { isLeftOut[row][column] = true }
    }
  }

  /// A left-out cell that can be worked out.
  private static func exposed(_ isLeftOut: [[Bool]]) -> (Int, Int)? {
    for row in isLeftOut.indices {
      for column in isLeftOut[row].indices where isLeftOut[row][column] {
        if !reaches(row, column, isLeftOut) { return (row, column) }
      }
    }
    return nil
  }

  /// Whether the row of a cell leads to its column by other left-out cells: then the cell is on a cycle.
  private static func reaches(_ row: Int, _ column: Int, _ isLeftOut: [[Bool]]) -> Bool {
    var seenRows: Set = [row]
    var seenColumns: Set<Int> = []
    var pending = [row]
    while let from = pending.popLast() {
      for to in isLeftOut[from].indices where isLeftOut[from][to] && !(from == row && to == column) {
        guard seenColumns.insert(to).inserted else { continue }
        if to == column { return true }
        for next in isLeftOut.indices where isLeftOut[next][to] && seenRows.insert(next).inserted {
          pending.append(next)
        }
      }
    }
    return false
  }

  /// Dijkstra over rows and columns; a cell that is left out already costs nothing, another its count and one.
  private static func cheapestDetour(
    from row: Int, to column: Int, _ isLeftOut: [[Bool]], _ counts: [[Int]]
  ) -> [(Int, Int)] {
    let rows = counts.count
    let nodes = rows + counts[0].count
    var cost = [Int](repeating: .max, count: nodes)
    var before = [Int](repeating: -1, count: nodes)
    var isDone = [Bool](repeating: false, count: nodes)
    cost[row] = 0
    while let node = (0..<nodes).filter({ !isDone[$0] && cost[$0] < .max }).min(by: { cost[$0] < cost[$1] }) {
      isDone[node] = true
      for other in node < rows ? rows..<nodes : 0..<rows {
        let (r, c) = node < rows ? (node, other - rows) : (other, node - rows)
        if r == row && c == column { continue }
        let next = cost[node] + (isLeftOut[r][c] ? 0 : counts[r][c] + 1)
        if next < cost[other] { (cost[other], before[other]) = (next, node) }
      }
    }
    var path: [(Int, Int)] = []
    var node = rows + column
    while before[node] >= 0 {
      let previous = before[node]
      path.append(node < rows ? (node, previous - rows) : (previous, node - rows))
      node = previous
    }
    return path.filter { !isLeftOut[$0.0][$0.1] }
  }
}
