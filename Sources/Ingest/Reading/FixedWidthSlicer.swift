/// Cuts a line at the byte positions of a mapping.
struct FixedWidthSlicer {
  private let columns: [FixedColumn]
  private let width: Int
  /// For each byte of the line, whether a column has it.
  private let covered: [Bool]

  init(_ columns: [FixedColumn]) {
    self.columns = columns
    let width = columns.map { $0.start - 1 + $0.length }.max() ?? 0
    var covered = [Bool](repeating: false, count: width)
    for column in columns {
      for index in column.start - 1..<column.start - 1 + column.length { covered[index] = true }
    }
    self.width = width
    self.covered = covered
  }

  /// A line that ends early is refused, since a cut amount would still look like one; so is text where
  /// the mapping has no column, since it says that the columns are misplaced.
  func slice(_ buffer: borrowing RowBuffer, into fields: inout FieldTable) throws(RowFault) {
    let line = fields[0]
    let count = line.end - line.start
    guard count >= width else { throw RowFault(code: .shortLine, place: .record) }
    for index in 0..<count where buffer[line.start + index] != 0x20 {
      guard index < width, covered[index] else { throw RowFault(code: .textOutsideColumns, place: .record) }
    }
    let isPlain = fields.isPlain
    fields.reset()
    fields.isPlain = isPlain
    for column in columns {
      var start = line.start + column.start - 1
      var end = start + column.length
      while start < end, buffer[start] == 0x20 { start += 1 }
      while end > start, buffer[end - 1] == 0x20 { end -= 1 }
      fields.append(start, end)
    }
  }
}
