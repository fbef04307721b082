/// Why a table could not be recoded, a mechanism not run, a budget not spent.
///
/// It names columns, limits and counts, and never a value of the table.
public struct AnonymizationError: Error, Sendable, CustomStringConvertible {
  /// What kind of fault it is; more may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Word: String {
      case noQuasiIdentifier = "no_quasi_identifier"
      case badHierarchy = "bad_hierarchy"
      case missingValue = "missing_value"
      case badLimit = "bad_limit"
      case cannotBeMet = "cannot_be_met"
      case latticeTooLarge = "lattice_too_large"
      case badTable = "bad_table"
      case badNumber = "bad_number"
      case badParameter = "bad_parameter"
      case budgetExhausted = "budget_exhausted"
    }
    private let word: Word

    /// No column is a quasi-identifier: there is nothing to recode.
    public static let noQuasiIdentifier = Code(word: .noQuasiIdentifier)
    /// A hierarchy is not a tree.
    public static let badHierarchy = Code(word: .badHierarchy)
    /// A column has values that its hierarchy lacks.
    public static let missingValue = Code(word: .missingValue)
    /// A limit has a value that means nothing: k below 2, t above 1.
    public static let badLimit = Code(word: .badLimit)
    /// The table cannot meet a limit.
    public static let cannotBeMet = Code(word: .cannotBeMet)
    /// The lattice of the hierarchies has too many nodes for this mode.
    public static let latticeTooLarge = Code(word: .latticeTooLarge)
    /// The columns of a table do not fit together.
    public static let badTable = Code(word: .badTable)
    /// A text is not the number that it should be.
    public static let badNumber = Code(word: .badNumber)
    /// A mechanism was given a parameter that it has no meaning for.
    public static let badParameter = Code(word: .badParameter)
    /// A privacy budget does not hold what was asked.
    public static let budgetExhausted = Code(word: .budgetExhausted)

    /// The stable snake_case word of this code.
    public var description: String { word.rawValue }
  }

  /// What kind of fault it is.
  public let code: Code
  /// The column at fault, where one is.
  public let column: String?
  /// What is wrong, in words.
  public let reason: String
  /// The nearest thing that can be done, where one is known.
  public let hint: String?

  /// Makes an error; column and hint may be unknown.
  public init(_ code: Code, column: String? = nil, reason: String, hint: String? = nil) {
    self.code = code
    self.column = column
    self.reason = reason
    self.hint = hint
  }

  /// One line: where, what, and what to do next.
  public var description: String {
    let place = column.map { "column \($0): " } ?? ""
    return place + reason + (hint.map { "; \($0)" } ?? "")
  }
}
