internal import AuditLog
internal import Sodium

/// The tables beside entries, as they stand when the last entry is read, in the same transaction.
struct LogTail: Sendable {
  /// How many rows the tables have.
  let entries, checkpoints, sessions, sets, enrolments: Int
  /// The list of entries with a statement.
  let statements: [Int64]
  /// The digest of the stored state commitment; nil where it is missing or malformed.
  let sum: Digest32?

  init(_ reader: any StoreReader) throws {
    let entries = try reader.count(Schema.entry)
    self.entries = entries
    checkpoints = try reader.count(Schema.checkpoint)
    sessions = try reader.count(Schema.session)
    sets = try reader.count(Schema.subjectSet)
    enrolments = try reader.count(Schema.enrolment)
    var found: [Int64] = []
    try reader.scan(Schema.statement, prefix: [], range: nil, descending: false) { row in
      if case .integer(let seq)? = row.values.first { found.append(seq) }
      return found.count <= entries
    }
    statements = found
    let row = try reader.row(Schema.commitment, key: [.integer(0)])
    var sum: Digest32?
    if case .blob(let bytes)? = row?.values.last, try reader.count(Schema.commitment) == 1 {
      sum = (try? LtHash(bytes: bytes.span))?.digest
    }
    self.sum = sum
  }
}
