/// Reads a CSV file with a header, or JSON Lines, as it is: names, and rows of cells. Knows nothing of what they mean.
///
/// Memory: one buffer of less than 2 MiB, whatever the file's size. The descriptor stays the caller's.
public struct TableReader: ~Copyable {
  private var reader: RecordReader
  private let file: String

  /// Begins to read; the header is read at once.
  ///
  /// - Parameters:
  ///   - descriptor: an open file, at its beginning.
  ///   - file: its name, for messages.
  ///   - format: CSV with a header unless said otherwise.
  ///   - onBlock: receives every block that was read: for progress, or a hash.
  public init(
    descriptor: CInt, file: String, format: FileFormat = .csv(CSVDialect()),
    onBlock: ((Span<UInt8>) -> Void)? = nil
  ) throws(IngestError) {
    self.file = file
    reader = try RecordReader.open(
      descriptor: descriptor, file: file, mapping: nil, format: format, onBlock: onBlock)
  }

  /// The columns, in the order of the file.
  public var columns: [String] { reader.columns }
  /// The line of the current row.
  public var line: Int { reader.line }
  /// The size of the file; nil for a pipe.
  public var totalBytes: Int64? { reader.source.size }

  /// Goes to the next row; false at the end. A row that has not the header's columns, or is not UTF-8, is an error.
  public mutating func next() throws(IngestError) -> Bool {
    do throws(RecordReader.Failure) {
      return try reader.advance()
    } catch {
      switch error {
      case .file(let error): throw error
      case .row(let fault):
        var name: String?
        if case .column(let index) = fault.place { name = columns[index] }
        throw IngestError(
          .rowRejected, file: file, line: reader.line, field: name, reason: fault.code.message,
          hint: "every row needs a cell for each column of the header, in UTF-8")
      }
    }
  }

  /// Lends a cell of the current row; an empty one is an empty text.
  public borrowing func withCell<Result, Failure: Error>(
    _ column: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let field = reader.fields[column]
    return try reader.buffer.withBytes(
      ImportText(offset: field.start, count: max(0, field.end - field.start)), body)
  }
}
