/// How the bytes of a file make records and fields.
public enum FileFormat: Sendable, Equatable {
  /// RFC 4180, with the choices that the RFC leaves.
  case csv(CSVDialect)
  /// Lines with fields at fixed byte positions; spaces around a field are padding.
  case fixedWidth([FixedColumn])
  /// One JSON object a line.
  case jsonLines

  /// Whether the columns that a program gave can be read.
  var isUsable: Bool {
    let counts = 1...FieldTable.mostColumns
    switch self {
    case .csv(let dialect): return dialect.columns.map { counts.contains($0.count) } ?? true
    case .fixedWidth(let columns):
      let positions = 1...RowBuffer.longestRecord
      return counts.contains(columns.count)
        && columns.allSatisfy { positions.contains($0.start) && positions.contains($0.length) }
    case .jsonLines: return true
    }
  }
}

/// The choices that RFC 4180 leaves to a file.
public struct CSVDialect: Sendable, Equatable {
  /// The byte between fields.
  public var delimiter: UInt8 = UInt8(ascii: ",")
  /// The byte around quoted fields; nil where the file knows no quoting.
  public var quote: UInt8? = UInt8(ascii: "\"")
  /// The names of the columns where the file has no header; nil where its first record names them.
  public var columns: [String]?
  /// Whether spaces around a field are padding.
  public var trim = false

  /// Comma, double quotes, a header.
  public init() {}
}

/// A field of a fixed-width line.
public struct FixedColumn: Sendable, Equatable {
  /// The name that the mapping uses.
  public var name: String
  /// The first byte, counted from 1.
  public var start: Int
  /// How many bytes.
  public var length: Int

  /// Makes a column.
  public init(name: String, start: Int, length: Int) {
    self.name = name
    self.start = start
    self.length = length
  }
}
