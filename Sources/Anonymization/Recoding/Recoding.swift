/// How values are generalized.
public enum RecodingMode: String, Sendable, CaseIterable {
  /// Each class at its own node of the lattice: randomized lattice peeling.
  case local
  /// One level for each column: the best node of the lattice.
  case global
  /// Ranges of ordered values: strict Mondrian.
  case partition
}

/// What became of a table: for each row its class, for each class its published cells.
///
/// Rows of one class agree in all published quasi-identifiers, and no two classes do.
public struct Recoding: Sendable {
  /// The class of a row that is left out.
  public static let suppressed = UInt32.max

  /// What a column's cells are published as.
  public struct Vocabulary: Sendable {
    /// What each cell says.
    public internal(set) var labels: [String] = []
    /// The penalty of each, 0 to 1.
    public internal(set) var penalties: [Double] = []
    /// How many values of the domain each stands for.
    public internal(set) var valueCounts: [Int] = []
    private var codes: [String: UInt32] = [:]

    /// The code of a cell; a new one where the label is new.
    mutating func code(label: String, penalty: Double, valueCount: Int) -> UInt32 {
      if let code = codes[label] { return code }
      let code = UInt32(labels.count)
      codes[label] = code
      labels.append(label)
      penalties.append(penalty)
      valueCounts.append(valueCount)
      return code
    }
  }

  /// How it was made.
  public let mode: RecodingMode
  /// For each quasi-identifier what its cells may be.
  public let vocabularies: [Vocabulary]
  /// Row by row the class, or ``suppressed``.
  public internal(set) var classOfRow: [UInt32]
  /// For each class a cell of each quasi-identifier.
  public let cells: [[UInt32]]
  /// For `global`, the level of each column.
  public let levels: [Int]?

  /// Puts a recoding together; classes with equal cells become one.
  init(
    mode: RecodingMode, vocabularies: [Vocabulary], classOfRow: [UInt32], cells: [[UInt32]],
    levels: [Int]? = nil
  ) {
    var numbers: [[UInt32]: UInt32] = [:]
    var merged: [[UInt32]] = []
    let renumbered = cells.map { cell in
      if let number = numbers[cell] { return number }
      let number = UInt32(merged.count)
      numbers[cell] = number
      merged.append(cell)
      return number
    }
    self.mode = mode
    self.vocabularies = vocabularies
    self.classOfRow = classOfRow.map { $0 == Self.suppressed ? $0 : renumbered[Int($0)] }
    self.cells = merged
    self.levels = levels
  }

  /// The rows of each class.
  func rowsByClass() -> [[UInt32]] {
    var rows = [[UInt32]](repeating: [], count: cells.count)
    for (row, number) in classOfRow.enumerated() where number != Self.suppressed {
      rows[Int(number)].append(UInt32(row))
    }
    return rows
  }

  /// How many rows are left out.
  public var suppressedCount: Int { classOfRow.count { $0 == Self.suppressed } }

  /// The normalized certainty penalty: the mean over all quasi-identifier cells of the table, a suppressed cell
  /// counting 1 (Xu et al. 2006).
  public var certaintyPenalty: Double {
    guard !classOfRow.isEmpty else { return 0 }
    let classPenalty = cells.map { cell in
      cell.enumerated().reduce(0.0) { $0 + vocabularies[$1.offset].penalties[Int($1.element)] }
        / Double(vocabularies.count)
    }
    var sizes = [Int](repeating: 0, count: cells.count)
    for number in classOfRow where number != Self.suppressed { sizes[Int(number)] += 1 }
    var sum = Double(suppressedCount)
    for (size, penalty) in zip(sizes, classPenalty) { sum += Double(size) * penalty }
    return sum / Double(classOfRow.count)
  }

  /// The published rows in an order that says nothing of the table's: shuffled without bias (Durstenfeld's form
  /// of the Fisher-Yates shuffle).
  public func shuffledRows(using generator: inout some RandomNumberGenerator) -> [UInt32] {
    var rows: [UInt32] = []
    rows.reserveCapacity(classOfRow.count)
    for (row, number) in classOfRow.enumerated() where number != Self.suppressed { rows.append(UInt32(row)) }
    rows.shuffle(using: &generator)
    return rows
  }
}
