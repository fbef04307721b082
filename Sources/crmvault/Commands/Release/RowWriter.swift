import Sodium

/// Writes rows of text cells as CSV or JSON Lines to anything that takes bytes.
final class RowWriter {
  private var csv: CSVWriter
  private var json: JSONWriter
  private let format: ReleaseFormat
  private let columns: [String]
  private var column = 0

  /// A writer of rows of these columns.
  init(
    _ format: ReleaseFormat, columns: [String],
    to sink: @escaping (Span<UInt8>) throws(CommandFailure) -> Void
  ) {
    self.format = format
    self.columns = columns
    let write = { (bytes: borrowing WipedBytes) throws(CommandFailure) in
      try bytes.withBytes { (span: Span<UInt8>) throws(CommandFailure) in try sink(span) }
    }
    csv = CSVWriter(to: write)
    json = JSONWriter(to: write)
  }

  /// Writes the header, where the format has one.
  func begin() throws(CommandFailure) {
    if format == .csv { try csv.header(columns) }
  }

  /// Writes the next cell of the row.
  func cell(_ text: Span<UInt8>) throws(CommandFailure) {
    switch format {
    case .csv: try csv.cell(text)
    case .jsonl:
      if column == 0 { json.beginObject() }
      try json.field(columns[column], text)
      column += 1
    }
  }

  /// Ends the row.
  func endRow() throws(CommandFailure) {
    switch format {
    case .csv: try csv.endRow()
    case .jsonl:
      json.endObject()
      try json.endLine()
      column = 0
    }
  }

  /// Writes what is left.
  func finish() throws(CommandFailure) {
    switch format {
    case .csv: try csv.finish()
    case .jsonl: try json.finishLines()
    }
  }
}
