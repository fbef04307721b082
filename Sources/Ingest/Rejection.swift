/// A row that was refused: where it is and what is wrong with it, never what it says.
public struct Rejection: Sendable, Equatable {
  /// The physical line, from 1, on which the record begins.
  public let line: Int
  /// The column (or, without a header, the target field) at fault; nil where it is the whole record.
  public let field: String?
  /// What is wrong.
  public let code: RejectionCode

  /// Makes a rejection.
  public init(line: Int, field: String?, code: RejectionCode) {
    self.line = line
    self.field = field
    self.code = code
  }

  /// What is wrong, in words.
  public var message: String { code.message }
}
