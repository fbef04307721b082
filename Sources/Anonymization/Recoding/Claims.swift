/// What the recoder says of its own work, to be held against what is measured of the written file.
public struct Claims: Sendable, Equatable {
  /// How many rows are published.
  public var rows: Int
  /// How many rows are left out.
  public var suppressed: Int
  /// How many classes there are.
  public var classes: Int
  /// The fewest people of a class.
  public var k: Int
  /// For each sensitive column the fewest different values of a class.
  public var l: [Int]
  /// For each sensitive column with a limit on it the greatest distance of a class from the published rows.
  public var t: [Double?]
  /// The normalized certainty penalty.
  public var certaintyPenalty: Double
}

extension Recoding {
  /// What this recoding is of a table.
  public func claims(of table: Microdata) -> Claims {
    let rows = rowsByClass().filter { !$0.isEmpty }
    let check = ClassCheck(table, k: 1) { classOfRow[$0] != Self.suppressed }
    let suppressed = suppressedCount
    return Claims(
      rows: table.rowCount - suppressed, suppressed: suppressed, classes: rows.count,
      k: rows.map { check.people($0) }.min() ?? 0,
      l: table.sensitive.map { column in
        rows.map { Set($0.map { column.codes[Int($0)] }).count }.min() ?? 0
      },
      t: table.sensitive.indices.map { column in
        table.sensitive[column].closeness == nil
          ? nil : rows.map { check.distance(of: $0, column: column) }.max() ?? 0
      },
      certaintyPenalty: certaintyPenalty)
  }
}
