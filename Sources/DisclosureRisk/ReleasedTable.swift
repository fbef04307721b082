/// A published table as its reader sees it: cells, and nothing of how they came about.
///
///     var table = ReleasedTable(columns: [.init("age", isQuasi: true), .init("illness", isSensitive: true)])
///     for each row { for each column { table.cell(column, bytes) }; table.endRow() }
///     let measures = try table.measures()
public struct ReleasedTable: Sendable {
  /// What a column of the file is to its reader.
  public struct Column: Sendable {
    /// The column's name.
    public let name: String
    /// Whether it can link a row to a person.
    public let isQuasi: Bool
    /// Whether nobody shall learn it.
    public let isSensitive: Bool
    /// What cells mean, where that is known: without it nothing is said of losses.
    public let scale: Scale?
    /// What the distance of distributions is measured by.
    public let distance: GroundDistance

    /// A column.
    public init(
      _ name: String, isQuasi: Bool = false, isSensitive: Bool = false, scale: Scale? = nil,
      distance: GroundDistance = .automatic
    ) {
      self.name = name
      self.isQuasi = isQuasi
      self.isSensitive = isSensitive
      self.scale = scale
      self.distance = distance
    }
  }

  /// The columns that are measured.
  public let columns: [Column]
  /// How many rows came.
  public private(set) var rowCount = 0
  var names: [CellNames]
  var cells: [[UInt32]]
  var persons: [UInt32] = []

  /// An empty table.
  public init(columns: [Column]) {
    self.columns = columns
    names = columns.map { _ in CellNames() }
    cells = columns.map { _ in [] }
  }

  /// Adds a cell of the current row; one for each column.
  public mutating func cell(_ column: Int, _ bytes: Span<UInt8>) {
    cells[column].append(names[column].number(bytes))
  }

  /// Ends the row.
  ///
  /// - Parameter person: whose row it is, where rows are not people. The file does not say it.
  public mutating func endRow(person: UInt32? = nil) {
    rowCount += 1
    if let person { persons.append(person) }
    precondition(cells.allSatisfy { $0.count == rowCount } && [0, rowCount].contains(persons.count))
  }
}
