/// Rows that agree in some columns.
struct EquivalenceClasses {
  /// Row by row the class.
  private(set) var classOfRow: [UInt32]
  private(set) var count: Int
  /// The rows, class after class.
  private(set) var rows: [UInt32] = []
  /// Where each class begins among them; one more than there are classes.
  private(set) var starts: [Int] = []

  /// Refines the class of all rows column by column.
  init(_ columns: [[UInt32]], rowCount: Int) {
    classOfRow = [UInt32](repeating: 0, count: rowCount)
    count = rowCount == 0 ? 0 : 1
    for column in columns { refine(column) }
    starts = [Int](repeating: 0, count: count + 1)
    for number in classOfRow { starts[Int(number) + 1] += 1 }
    for number in 0..<count { starts[number + 1] += starts[number] }
    var next = starts
    rows = [UInt32](repeating: 0, count: rowCount)
    for (row, number) in classOfRow.enumerated() {
      rows[next[Int(number)]] = UInt32(row)
      next[Int(number)] += 1
    }
  }

  /// The rows of a class.
  func members(_ number: Int) -> ArraySlice<UInt32> { rows[starts[number]..<starts[number + 1]] }

  /// Sorting by the cell, then by the class, brings what stays together together: two passes of counting.
  private mutating func refine(_ column: [UInt32]) {
    let byCell = Self.order(column, first: nil)
    let order = Self.order(classOfRow, first: byCell)
    var refined = [UInt32](repeating: 0, count: column.count)
    var next = 0
    for (place, row) in order.enumerated() {
      if place > 0 {
        let before = Int(order[place - 1])
        if classOfRow[before] != classOfRow[Int(row)] || column[before] != column[Int(row)] { next += 1 }
      }
      refined[Int(row)] = UInt32(next)
    }
    classOfRow = refined
    count = column.isEmpty ? 0 : next + 1
  }

  /// A stable counting sort of rows by a number.
  private static func order(_ numbers: [UInt32], first: [UInt32]?) -> [UInt32] {
    var starts = [Int](repeating: 0, count: Int(numbers.max() ?? 0) + 2)
    for number in numbers { starts[Int(number) + 1] += 1 }
    for number in 1..<starts.count { starts[number] += starts[number - 1] }
    var order = [UInt32](repeating: 0, count: numbers.count)
    for place in numbers.indices {
      let row = first?[place] ?? UInt32(place)
      let number = Int(numbers[Int(row)])
      order[starts[number]] = row
      starts[number] += 1
    }
    return order
  }
}
