/// Where a field's value comes from.
public struct FieldSource: Sendable, Equatable {
  /// The columns, in order; several are joined, absent ones left out.
  public var columns: [String]
  /// A value for every row, where there is no column.
  public var constant: String?
  /// What joins several columns.
  public var separator: String
  /// How dates are written, where the field is one; nil is RFC 3339 or `YYYY-MM-DD`.
  public var date: DatePattern?

  /// A field that one column gives.
  public init(column: String, date: DatePattern? = nil) {
    self.init(columns: [column], date: date)
  }

  /// A field that several columns give together.
  public init(columns: [String], separator: String = " ", date: DatePattern? = nil) {
    self.columns = columns
    constant = nil
    self.separator = separator
    self.date = date
  }

  /// A field with the same value in every row.
  public init(constant: String) {
    columns = []
    self.constant = constant
    separator = " "
    date = nil
  }
}
