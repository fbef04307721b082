import Release
import Vault

/// Gathers the rows of an export as a table.
final class TableRows: ExportRows {
  private var builder: SourceTable.Builder

  /// A table of these columns.
  init(columns: [String]) { builder = SourceTable.Builder(columns: columns) }

  func cell(_ column: Int, _ text: Span<UInt8>) { builder.cell(column, text) }

  func endRow() { builder.endRow() }

  /// The table of all rows so far.
  var table: SourceTable { builder.table() }
}
