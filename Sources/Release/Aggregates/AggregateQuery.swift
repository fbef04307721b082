public import Anonymization

/// A figure over many customers that is released with noise. Numbers are whole: units of the column's last decimal.
public struct AggregateQuery: Sendable {
  /// The range to which each customer's value is clamped, in units.
  public struct Clamp: Sendable, Equatable {
    /// The least value.
    public let lower: Int
    /// The greatest value.
    public let upper: Int
  }

  /// Cells that are declared, so that they do not depend on the data.
  public enum Cells: Sendable, Equatable {
    /// One for each of these texts.
    case texts([String])
    /// Numbers below the first bound, between each two, and from the last on; in units.
    case bounds([Int])

    /// What the cells are called.
    func labels(decimals: Int) -> [String] {
      switch self {
      case .texts(let texts): texts
      case .bounds(let bounds):
        (0...bounds.count).map { index in
          let text = { AggregateFigure.text($0, decimals: decimals) }
          if index == 0 { return "<\(text(bounds[0]))" }
          return index == bounds.count
            ? ">=\(text(bounds[index - 1]))" : "[\(text(bounds[index - 1])), \(text(bounds[index])))"
        }
      }
    }
  }

  /// What is computed.
  public enum Figure: Sendable, Equatable {
    /// How many customers.
    case count
    /// How many customers in each cell.
    case histogram(Cells)
    /// The sum of a column.
    case sum(Clamp)
    /// The mean of a column.
    case mean(Clamp)
    /// A quantile of a column, of these points.
    case quantile(Rational, grid: [Int])
  }

  /// A column and the values of it that count.
  public struct Key: Sendable, Equatable {
    /// The column.
    public let column: String
    /// The values, declared.
    public let values: [String]
  }

  /// The query's name.
  public let name: String
  /// What is computed.
  public let figure: Figure
  /// The column that it is computed of; nil for a count.
  public let column: String?
  /// How many decimals the column's unit has; nil for the column's own.
  public let decimals: Int?
  /// Its share of the budget, against those of the others.
  public let weight: Int
  /// One figure for each combination of these values.
  public let groups: [Key]
  /// Only customers with these values.
  public let filter: [Key]

  /// The columns that it reads.
  public var columns: [String] { ([column].compactMap(\.self)) + (groups + filter).map(\.column) }

  /// How many groups there are.
  var groupCount: Int { groups.reduce(1) { $0 * $1.values.count } }
}

/// A figure that was released.
public struct AggregateFigure: Sendable, Equatable {
  /// The query.
  public let query: String
  /// The group, by column.
  public let group: [(column: String, value: String)]
  /// The cell of a histogram.
  public let cell: String?
  /// The figure in units.
  public let units: Int
  /// How many decimals the unit has.
  public let decimals: Int

  /// The figure as a decimal.
  public var text: String { Self.text(units, decimals: decimals) }

  static func text(_ units: Int, decimals: Int) -> String {
    guard decimals > 0 else { return String(units) }
    var digits = String(units.magnitude)
    while digits.utf8.count <= decimals { digits = "0" + digits }
    return (units < 0 ? "-" : "") + digits.dropLast(decimals) + "." + digits.suffix(decimals)
  }

  /// Whether all parts are the same.
  public static func == (left: AggregateFigure, right: AggregateFigure) -> Bool {
    left.query == right.query && left.cell == right.cell && left.units == right.units
      && left.decimals == right.decimals && left.group.elementsEqual(right.group) { $0 == $1 }
  }
}
