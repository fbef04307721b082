@testable import Anonymization
import Testing

@Suite struct SmallCellTests {
  /// Whether sums alone tell a left-out cell: row reduction of the equations that every line adds up.
  private func determined(_ table: SuppressedTable) -> Int {
    let full =
      table.cells.enumerated().map { $0.element + [table.rowTotals[$0.offset]] }
      + [table.columnTotals + [table.total]]
    var unknowns: [[Int]: Int] = [:]
    for (row, cells) in full.enumerated() {
      for (column, cell) in cells.enumerated() where cell.count == nil {
        unknowns[[row, column]] = unknowns.count
      }
    }
    let (rows, columns) = (full.count, full[0].count)
    var equations: [[Double]] = []
    for row in 0..<rows {
      var equation = [Double](repeating: 0, count: unknowns.count)
      for column in 0..<columns {
        if let place = unknowns[[row, column]] { equation[place] = column == columns - 1 ? -1 : 1 }
      }
      equations.append(equation)
    }
    for column in 0..<columns {
      var equation = [Double](repeating: 0, count: unknowns.count)
      for row in 0..<rows {
        if let place = unknowns[[row, column]] { equation[place] = row == rows - 1 ? -1 : 1 }
      }
      equations.append(equation)
    }
    var pivotRow = 0
    for column in 0..<unknowns.count {
      guard let found = (pivotRow..<equations.count).first(where: { equations[$0][column].magnitude > 1e-9 })
      else {
        continue
      }
      equations.swapAt(pivotRow, found)
      let pivot = equations[pivotRow][column]
      equations[pivotRow] = equations[pivotRow].map { $0 / pivot }
      for row in equations.indices where row != pivotRow {
        let factor = equations[row][column]
        for index in equations[row].indices { equations[row][index] -= factor * equations[pivotRow][index] }
      }
      pivotRow += 1
    }
    return equations.count { equation in equation.count { $0.magnitude > 1e-9 } == 1 }
  }

  @Test func `no left-out cell of a random table can be worked out from the sums`() throws {
    var generator = SeededGenerator(seed: 31)
    for _ in 0..<300 {
      let (rows, columns) = (
        Int.random(in: 1...5, using: &generator), Int.random(in: 1...5, using: &generator)
      )
      let counts = (0..<rows).map { _ in
        (0..<columns).map { _ in Int.random(in: 0...30, using: &generator) }
      }
      let table = try SuppressedTable(counts)
      for (row, cells) in table.cells.enumerated() {
        for (column, cell) in cells.enumerated() where counts[row][column] < 5 { #expect(cell == .primary) }
      }
      // A table in which a line cannot be protected is left out as a whole line with its sum.
      #expect(determined(table) == 0)
    }
  }

  @Test func `primary suppression alone would be undone, and the test notices`() throws {
    let counts = [[3, 20, 30], [25, 26, 27], [28, 29, 31]]
    let table = try SuppressedTable(counts)
    #expect(table.cells.joined().count { $0 == .complementary } >= 3)
    let list = SuppressedTable.list([3, 20, 30])
    #expect(list == [.primary, .complementary, .shown(30)])
    #expect(SuppressedTable.list([0, 1, 50, 60]) == [.primary, .primary, .complementary, .shown(60)])
  }

  @Test func `a table without small cells is shown as it is`() throws {
    let table = try SuppressedTable([[5, 6], [7, 8]])
    #expect(table.cells == [[.shown(5), .shown(6)], [.shown(7), .shown(8)]])
    #expect(table.total == .shown(26))
  }
}
