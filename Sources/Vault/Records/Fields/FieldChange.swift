/// One change of a record of fields: what changed, when and by whom; names of fields, never values.
public struct FieldChange: Hashable, Sendable {
  /// Seconds since 1970 UTC.
  public let time: Int64
  /// The key id of who made it: 8 bytes, read big-endian.
  public let actor: UInt64
  /// The fields that were set or removed.
  public let fields: [FieldName]

  /// A change.
  public init(time: Int64, actor: UInt64, fields: [FieldName]) {
    self.time = time
    self.actor = actor
    self.fields = fields
  }
}
