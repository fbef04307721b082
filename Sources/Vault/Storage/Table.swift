/// A table of the vault, described once for every engine: a store creates it from this, and the state
/// commitment encodes its rows by it.
public struct Table: Sendable, Hashable {
  /// The table's name in the store, snake case.
  public let name: String
  /// The table's code in the state commitment; never reused.
  public let code: UInt8
  /// Columns in schema order; the first `keyCount` are the primary key.
  public let columns: [Column]
  /// How many leading columns make the primary key.
  public let keyCount: Int
  /// Whether the rows are under the state commitment (all tables but the log's own).
  public let isCommitted: Bool

  /// Describes a table.
  public init(_ name: String, code: UInt8, key: [Column], columns: [Column], isCommitted: Bool = true) {
    self.name = name
    self.code = code
    self.columns = key + columns
    self.keyCount = key.count
    self.isCommitted = isCommitted
  }

  /// Two tables are the same when their codes are.
  public static func == (left: Table, right: Table) -> Bool { left.code == right.code }

  /// Hashes the code.
  public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}

/// A column of a table.
public struct Column: Sendable, Hashable {
  /// What a column holds.
  public enum Kind: UInt8, Sendable {
    /// A signed 64-bit integer.
    case integer = 1
    /// Bytes.
    case blob = 2
    /// Valid UTF-8.
    case text = 3
  }

  /// The column's name, snake case.
  public let name: String
  /// What it holds.
  public let kind: Kind
  /// Whether it may be null.
  public let isNullable: Bool

  /// An integer column.
  public static func integer(_ name: String, nullable: Bool = false) -> Column {
    Column(name: name, kind: .integer, isNullable: nullable)
  }

  /// A blob column.
  public static func blob(_ name: String, nullable: Bool = false) -> Column {
    Column(name: name, kind: .blob, isNullable: nullable)
  }

  /// A text column.
  public static func text(_ name: String) -> Column { Column(name: name, kind: .text, isNullable: false) }
}

/// One value of a row.
public enum Value: Sendable, Hashable {
  /// A signed 64-bit integer.
  case integer(Int64)
  /// Bytes: ciphertext, hashes, random identifiers. Never a plaintext of a customer.
  case blob([UInt8])
  /// Text that is no secret.
  case text(String)
  /// Nothing.
  case null
}

/// One row: values in the table's column order.
public struct Row: Sendable, Hashable {
  /// The values, one for each column of the table.
  public var values: [Value]

  /// A row of these values.
  public init(_ values: [Value]) { self.values = values }
}
