import Sodium

/// Writes rows for people: aligned under headers on a terminal, tab-separated and without headers
/// in a pipe.
///
/// Unsafe characters are made visible in both (``VisibleText``), so a cell never breaks its row. On a terminal the
/// widths come from the first rows; later ones are written as they come, so that memory is bounded.
///
///     var table = TableWriter(["ID", "STATE", .trailing("EVENTS")], to: console.output)
///     try table.cell(id); try table.cell("live"); try table.cell(12); try table.endRow()
///     try table.finish()
struct TableWriter: ~Copyable {
  /// A column.
  struct Column: ExpressibleByStringLiteral, Sendable {
    /// The header.
    let title: String
    /// Whether cells end in line: for numbers.
    let isTrailing: Bool

    /// A column of text.
    init(stringLiteral title: String) {
      self.init(title, isTrailing: false)
    }

    /// A column.
    init(_ title: String, isTrailing: Bool = false) {
      self.title = title
      self.isTrailing = isTrailing
    }

    /// A column of numbers.
    static func trailing(_ title: String) -> Column {
      Column(title, isTrailing: true)
    }
  }

  private struct Cell {
    let range: Range<Int>
    let width: Int
  }

  /// How many rows are looked at to find the widths of the columns.
  private static let sample = 1000
  private static let capacity = 65_536

  private let columns: [Column]
  private let output: OutputChannel
  /// Text of the cells that wait for the widths to be known, and where each lies.
  private var text = WipedBytes()
  private var cells: [Cell] = []
  private var line = WipedBytes()
  private var widths: [Int]
  private var areWidthsKnown = false

  /// A table with these columns.
  init(_ columns: [Column], to output: OutputChannel) {
    self.columns = columns
    self.output = output
    widths = columns.map { ColumnWidth.columns(of: $0.title) }
  }

  /// Writes a text where it lies.
  mutating func cell(_ value: Span<UInt8>) throws(CommandFailure) {
    let start = text.count
    let width = try VisibleText.append(value, to: &text)
    cells.append(Cell(range: start..<text.count, width: width))
  }

  /// Writes a personal text.
  mutating func cell(_ value: borrowing WipedBytes) throws(CommandFailure) {
    try value.withBytes { (span: Span<UInt8>) throws(CommandFailure) in try cell(span) }
  }

  /// Writes a text that is not personal; a missing one as an empty cell.
  mutating func cell(_ value: String?) throws(CommandFailure) {
    try cell((value ?? "").utf8.span)
  }

  /// Writes an integer; a missing one as an empty cell.
  mutating func cell(_ number: (some BinaryInteger)?) {
    let start = text.count
    if let number { Digits.append(number, to: &text) }
    cells.append(Cell(range: start..<text.count, width: text.count - start))
  }

  /// Writes an amount of money in major units.
  mutating func cell(money minorUnits: some BinaryInteger, decimals: Int) {
    let start = text.count
    Digits.append(money: minorUnits, decimals: decimals, to: &text)
    cells.append(Cell(range: start..<text.count, width: text.count - start))
  }

  /// Writes a number: at full precision in a pipe, with so many decimals on a terminal.
  mutating func cell(_ number: Double?, decimals: Int) throws(CommandFailure) {
    guard let number else { return try cell(nil as String?) }
    try cell(output.isTerminal ? Rounding.text(number, decimals: decimals) : number.description)
  }

  /// Ends the row. Cells that were not written are empty.
  mutating func endRow() throws(CommandFailure) {
    while !cells.count.isMultiple(of: columns.count) {
      cells.append(Cell(range: text.count..<text.count, width: 0))
    }
    if !output.isTerminal || areWidthsKnown || cells.count >= Self.sample * columns.count {
      try writeRows()
    }
  }

  /// Writes what is left.
  mutating func finish() throws(CommandFailure) {
    try writeRows()
    try output.write(line)
    line.removeAll()
  }

  private mutating func writeRows() throws(CommandFailure) {
    if output.isTerminal && !areWidthsKnown {
      for (index, cell) in cells.enumerated() {
        let column = index % columns.count
        widths[column] = max(widths[column], cell.width)
      }
      areWidthsKnown = true
      if !cells.isEmpty { writeHeader() }
    }
    for (index, cell) in cells.enumerated() {
      write(cell, column: index % columns.count)
    }
    cells.removeAll(keepingCapacity: true)
    text.removeAll()
    if line.count >= Self.capacity {
      try output.write(line)
      line.removeAll()
    }
  }

  private mutating func writeHeader() {
    for (index, column) in columns.enumerated() {
      let padding = max(0, widths[index] - ColumnWidth.columns(of: column.title))
      if column.isTrailing { pad(padding) }
      line.append(copying: output.style.bold(column.title).utf8)
      endCell(index, padding: column.isTrailing ? 0 : padding)
    }
  }

  private mutating func write(_ cell: Cell, column index: Int) {
    let padding = output.isTerminal ? max(0, widths[index] - cell.width) : 0
    if columns[index].isTrailing { pad(padding) }
    text.withBytes { span in line.append(span.extracting(cell.range)) }
    endCell(index, padding: columns[index].isTrailing ? 0 : padding)
  }

  private mutating func endCell(_ index: Int, padding: Int) {
    if index == columns.count - 1 {
      line.append(UInt8(ascii: "\n"))
    } else if output.isTerminal {
      pad(padding + 2)
    } else {
      line.append(UInt8(ascii: "\t"))
    }
  }

  private mutating func pad(_ count: Int) {
    for _ in 0..<count { line.append(UInt8(ascii: " ")) }
  }
}
