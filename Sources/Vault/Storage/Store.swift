/// Where a vault's rows lie. Nothing above this protocol knows which engine is below.
///
/// The store is not trusted: it sees ciphertext, blind indexes, ordinals, pseudonyms, sizes and times.
/// Every method may throw ``StoreError``.
///
/// A store runs one transaction at a time and none inside another one (`.configuration`); a transaction's
/// reader or writer is of no use after its end. Errors of a body pass through unchanged. When a change
/// fails with `.full` or `.io`, nothing of its transaction is committed, whatever the body makes of the error;
/// after `.exists` and `.missing` it goes on.
public protocol Store: AnyObject, Sendable {
  /// Runs `body` on one consistent snapshot. Keep it under 100 ms: an open reader delays writers.
  func read<Result>(_ body: (any StoreReader) throws -> Result) throws -> Result

  /// Takes the write lock, runs `body`, commits, and returns when the commit is durable on disk.
  /// Any error rolls everything back. Throws `.busy` when the lock cannot be had within the time-out.
  func write<Result>(_ body: (any StoreWriter) throws -> Result) throws -> Result

  /// A further, read-only connection to the same data for a worker thread of a bulk read.
  func readingConnection() throws -> any Store

  /// The engine's effective settings, read back, for `doctor`.
  func effectiveSettings() throws -> [StoreSetting]

  /// Gives up the connection. Using the store afterwards is an error.
  func close() throws
}

/// A setting of the engine that the vault depends on.
public struct StoreSetting: Sendable, Hashable {
  /// The setting's name.
  public let name: String
  /// The value in force.
  public let value: String
  /// The value that the vault requires.
  public let required: String

  /// A setting as read back.
  public init(name: String, value: String, required: String) {
    self.name = name
    self.value = value
    self.required = required
  }
}

/// Reading within one transaction.
public protocol StoreReader: AnyObject {
  /// The row with this full primary key, or nil.
  func row(_ table: Table, key: [Value]) throws -> Row?

  /// Visits, in ascending (or descending) key order, the rows whose key begins with `prefix` and whose next
  /// key column, an integer, lies in `range` (nil: all). `body` returns false to stop. `prefix` may be empty.
  func scan(
    _ table: Table, prefix: [Value], range: Range<Int64>?, descending: Bool,
    _ body: (Row) throws -> Bool) throws

  /// How many rows the table has.
  func count(_ table: Table) throws -> Int

  /// Visits a class's records by ordinal range without copying: ordinal, chunk, version and the sealed bytes,
  /// which are valid only during the call. The hot path of every bulk read.
  func scanRecords(
    class dataClass: UInt8, ordinals: Range<Int64>,
    _ body: (Int64, Int64, Int64, UnsafeRawBufferPointer) throws -> Void) throws

  /// How many customers the directory has within a range of ordinals, and the highest of their states (0 where
  /// there are none): tells a bulk read at once that all are there and live.
  func surveyDirectory(ordinals: Range<Int64>) throws -> (count: Int, highestState: Int64)

  /// Whether the directory calls anybody within a range of ordinals merged or erased: found without a look at the
  /// others.
  func hasGoneCustomers(ordinals: Range<Int64>) throws -> Bool

  /// Hands out, piece by piece, a copy of everything as this transaction sees it, in the engine's own form: what the
  /// same engine makes a store of. Writers wait meanwhile. `.configuration` within a transaction that writes.
  func copyEverything(_ body: (UnsafeRawBufferPointer) throws -> Void) throws
}

/// Writing within one transaction. A table may not be changed while a scan of it is under way
/// (`.configuration`): collect first, then write.
public protocol StoreWriter: StoreReader {
  /// Adds a row; `.exists` when its key is there.
  func insert(_ table: Table, _ row: Row) throws

  /// Replaces the row with the same key; `.missing` when there is none.
  func update(_ table: Table, _ row: Row) throws

  /// Removes the row with this key; `.missing` when there is none.
  func delete(_ table: Table, key: [Value]) throws
}
