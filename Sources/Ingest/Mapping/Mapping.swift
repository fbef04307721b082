/// How the columns of a file become fields of a customer and of at most one event a row.
public struct Mapping: Sendable {
  /// A customer's field and where it comes from.
  public struct CustomerSource: Sendable, Equatable {
    /// The field.
    public var field: CustomerField
    /// Where it comes from.
    public var source: FieldSource

    /// Pairs a field with its source.
    public init(_ field: CustomerField, _ source: FieldSource) {
      self.field = field
      self.source = source
    }
  }

  /// An event's field and where it comes from.
  public struct EventSource: Sendable, Equatable {
    /// The field.
    public var field: EventField
    /// Where it comes from.
    public var source: FieldSource

    /// Pairs a field with its source.
    public init(_ field: EventField, _ source: FieldSource) {
      self.field = field
      self.source = source
    }
  }

  /// The name for messages: that of a built-in mapping, or the mapping file's.
  public var name: String
  /// How the file's bytes make records; nil where CSV or JSON Lines is told from the first byte.
  public var format: FileFormat?
  /// How many physical lines to pass over at the start.
  public var skipLines = 0
  /// Whether a comma is the decimal point.
  public var decimalComma = false
  /// Where the customer's key comes from.
  public var account: FieldSource
  /// The customer's fields.
  public var customer: [CustomerSource] = []
  /// The kind of event; nil where rows carry none.
  public var event: EventKind?
  /// The event's fields.
  public var eventFields: [EventSource] = []
  /// Columns that are left out on purpose. What is neither mapped nor here is reported.
  public var ignored: Set<String> = []
  /// Whether every mapped column must be in the header, or only those of required fields.
  public var needsEveryColumn = true

  /// An empty mapping for accounts of this column.
  public init(name: String, account: FieldSource) {
    self.name = name
    self.account = account
  }

  /// Every column that some field is made of.
  public var mappedColumns: Set<String> {
    var columns = Set(account.columns)
    for entry in customer { columns.formUnion(entry.source.columns) }
    for entry in eventFields { columns.formUnion(entry.source.columns) }
    return columns
  }

  /// The columns that a file must have under this mapping.
  public var requiredColumns: Set<String> {
    guard !needsEveryColumn else { return mappedColumns }
    var columns = Set(account.columns)
    for entry in eventFields where event?.required.contains(entry.field) ?? false {
      columns.formUnion(entry.source.columns)
    }
    return columns
  }
}
