internal import AuditLog
internal import Sodium

/// The log's verified end: what the next commit continues.
struct LogHead {
  /// The tree over every entry.
  var range: CompactRange
  /// `state` of the last envelope.
  var state: Digest32
  /// The newest checkpoint's note.
  var note: [UInt8]

  /// How many entries there are.
  var size: UInt64 { range.size }
}
