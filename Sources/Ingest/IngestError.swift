/// Why a file, or a mapping file, could not be read as a whole.
///
/// It names the file, the line and the field where they are known, and never a value from the file.
public struct IngestError: Error, Sendable, CustomStringConvertible {
  /// What kind of fault it is; more may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Word: String {
      case inputOutput = "io"
      case emptyFile = "empty_file"
      case encoding = "encoding"
      case malformed = "malformed"
      case tooLarge = "too_large"
      case header = "header"
      case mappingInvalid = "mapping_invalid"
      case mappingUnknown = "mapping_unknown"
      case mappingAmbiguous = "mapping_ambiguous"
      case rowRejected = "row_rejected"
    }
    private let word: Word

    /// The operating system could not read or write.
    public static let inputOutput = Code(word: .inputOutput)
    /// There is no record in the file, not even a header.
    public static let emptyFile = Code(word: .emptyFile)
    /// The file is not UTF-8 text.
    public static let encoding = Code(word: .encoding)
    /// The quoting is broken, so that nobody can say where a record ends.
    public static let malformed = Code(word: .malformed)
    /// A record is over the limit.
    public static let tooLarge = Code(word: .tooLarge)
    /// The header lacks a column, has one twice, or has too many.
    public static let header = Code(word: .header)
    /// The mapping file has an unknown key or a wrong value.
    public static let mappingInvalid = Code(word: .mappingInvalid)
    /// No built-in mapping has this name, or none fits the header.
    public static let mappingUnknown = Code(word: .mappingUnknown)
    /// More than one built-in mapping fits the header.
    public static let mappingAmbiguous = Code(word: .mappingAmbiguous)
    /// A row was refused and the reader was told to stop there.
    public static let rowRejected = Code(word: .rowRejected)

    /// The stable snake_case word of this code.
    public var description: String { word.rawValue }
  }

  /// What kind of fault it is.
  public let code: Code
  /// The name of the file as the caller gave it.
  public let file: String?
  /// The physical line, from 1, on which the record at fault begins.
  public let line: Int?
  /// The column or mapping key at fault.
  public let field: String?
  /// What is wrong, in words, without a value from the file.
  public let reason: String
  /// What to do next.
  public let hint: String?

  /// Makes an error; every part but code and reason may be unknown.
  public init(
    _ code: Code, file: String? = nil, line: Int? = nil, field: String? = nil, reason: String,
    hint: String? = nil
  ) {
    self.code = code
    self.file = file
    self.line = line
    self.field = field
    self.reason = reason
    self.hint = hint
  }

  /// One line: where, what, and what to do next.
  public var description: String {
    var text = file ?? ""
    if let line { text += text.isEmpty ? "line \(line)" : ":\(line)" }
    if let field { text += text.isEmpty ? field : ": \(field)" }
    text += text.isEmpty ? reason : ": \(reason)"
    if let hint { text += "; \(hint)" }
    return text
  }
}
