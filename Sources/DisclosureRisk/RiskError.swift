/// Why a published file could not be measured. It names columns and counts, and never a value of the file.
public struct RiskError: Error, Sendable, CustomStringConvertible {
  /// What kind of fault it is; more may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Word: String {
      case empty = "empty_table"
      case unknownCell = "unknown_cell"
      case noColumn = "no_column"
    }
    private let word: Word

    /// There is no row to measure.
    public static let empty = Code(word: .empty)
    /// A cell is neither a value of its column nor what its hierarchy makes of one.
    public static let unknownCell = Code(word: .unknownCell)
    /// No column is a quasi-identifier.
    public static let noColumn = Code(word: .noColumn)

    /// The stable snake_case word of this code.
    public var description: String { word.rawValue }
  }

  /// What kind of fault it is.
  public let code: Code
  /// The column at fault, where one is.
  public let column: String?
  /// What is wrong, in words.
  public let reason: String

  init(_ code: Code, column: String? = nil, reason: String) {
    self.code = code
    self.column = column
    self.reason = reason
  }

  /// One line: where and what.
  public var description: String { (column.map { "column \($0): " } ?? "") + reason }
}
