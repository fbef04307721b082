/// Why a profile, or a table by it, could not be released. It names files, keys, columns and counts, never a value.
public struct ReleaseError: Error, Sendable, CustomStringConvertible {
  /// What kind of fault it is; more may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Word: String {
      case badProfile = "bad_profile"
      case unknownColumn = "unknown_column"
      case missingValue = "missing_value"
      case badHierarchy = "bad_hierarchy"
      case measuredDifferently = "measured_differently"
    }
    private let word: Word

    /// A profile has an unknown key or a wrong value.
    public static let badProfile = Code(word: .badProfile)
    /// A profile or an option names a column that the file lacks.
    public static let unknownColumn = Code(word: .unknownColumn)
    /// A hierarchy lacks values of its column.
    public static let missingValue = Code(word: .missingValue)
    /// A hierarchy file cannot be read as one.
    public static let badHierarchy = Code(word: .badHierarchy)
    /// What was measured of the written file is not what the recoder says of it.
    public static let measuredDifferently = Code(word: .measuredDifferently)

    /// The stable snake_case word of this code.
    public var description: String { word.rawValue }
  }

  /// What kind of fault it is.
  public let code: Code
  /// The file at fault, where one is.
  public let file: String?
  /// The column or key at fault, where one is.
  public let field: String?
  /// What is wrong, in words.
  public let reason: String
  /// What to do next.
  public let hint: String?

  /// Makes an error.
  public init(_ code: Code, file: String? = nil, field: String? = nil, reason: String, hint: String? = nil) {
    self.code = code
    self.file = file
    self.field = field
    self.reason = reason
    self.hint = hint
  }

  /// One line: where, what, and what to do next.
  public var description: String {
    [file, field, reason].compactMap(\.self).joined(separator: ": ") + (hint.map { "; \($0)" } ?? "")
  }
}
