/// Where a record belongs: what its ciphertext is bound to, beside the vault and the key's epoch.
public struct RecordAddress: Hashable, Sendable {
  /// The data class.
  public var dataClass: DataClass
  /// The customer's ordinal.
  public var ordinal: UInt64
  /// The chunk: 0, and 1 and up for further chunks of behavior.
  public var chunk: UInt32
  /// The record's version: 0 at first, one more with each write.
  public var version: UInt64
  /// The schema of the plaintext: which codec reads it.
  public var schema: UInt16

  /// The schema that this version writes, for every class.
  public static let currentSchema: UInt16 = 1

  /// Addresses a record.
  public init(
    _ dataClass: DataClass, ordinal: UInt64, chunk: UInt32 = 0, version: UInt64,
    schema: UInt16 = RecordAddress.currentSchema
  ) {
    self.dataClass = dataClass
    self.ordinal = ordinal
    self.chunk = chunk
    self.version = version
    self.schema = schema
  }
}
