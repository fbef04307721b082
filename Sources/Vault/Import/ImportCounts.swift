/// What an import came to.
public struct ImportCounts: Sendable, Hashable {
  /// Customers that were new.
  public var customersAdded = 0
  /// Known customers whose fields changed.
  public var customersUpdated = 0
  /// Events and consent statements that were new.
  public var eventsAdded = 0
  /// Rows that said what the vault, or the file before them, says already.
  public var duplicates = 0
  /// Rows that the vault cannot take: of customers that were erased or are not to be reached for the purpose, or of a
  /// record that is full.
  public var rejected = 0

  /// Nothing so far.
  public init() {}

  static func += (left: inout ImportCounts, right: ImportCounts) {
    left.customersAdded += right.customersAdded
    left.customersUpdated += right.customersUpdated
    left.eventsAdded += right.eventsAdded
    left.duplicates += right.duplicates
    left.rejected += right.rejected
  }
}

/// The file that is imported, as the vault recognizes it when it is imported again.
public struct ImportFile: Sendable {
  /// The first 16 bytes of BLAKE2b-256 of the file's hash ‖ length of the mapping u32 ‖ mapping ‖ source.
  public let id: [UInt8]
  /// Whose account numbers they are.
  public let source: String
  /// How many rows are good.
  public let rows: Int
  /// How many groups the rows are read in.
  public let groups: Int
  /// The names of the fields that rows give.
  public let fields: [FieldName]
  /// The most bytes that the rows of a group may take.
  var groupLimit = ImportStaging.byteLimit
}
