internal import AuditLog
internal import Sodium

/// Takes away what statements have let go: entries down to their leaves' hashes, parts down to their ciphertexts'.
///
/// It works in short transactions and can be repeated: what a killed run left is taken away by the next. None of it
/// touches the tree, and none of it is an entry: the statement that permits it is, and was durable before.
struct LogReduction {
  private static let step = 512

  let store: any Store

  /// What was taken away.
  struct Outcome: Sendable {
    var prunedEntries = 0
    var erasedParts = 0
  }

  /// Takes away everything that is permitted and still there.
  func run(_ retired: RetiredEntries, upTo size: UInt64) throws -> Outcome {
    var outcome = Outcome()
    var sessions: Set<Int64> = []
    try inSteps(0..<min(retired.prunedBelow, size)) { writer, range in
      outcome.prunedEntries += try prune(range, writer, &sessions)
    }
    for (part, ranges) in retired.erased {
      for range in ranges {
        try inSteps(range.clamped(to: 0..<size)) { writer, range in
          outcome.erasedParts += try erase(part, range, writer)
        }
      }
    }
    try remove(sessions)
    return outcome
  }

  private func inSteps(
    _ range: Range<UInt64>, _ body: (any StoreWriter, Range<UInt64>) throws -> Void
  ) throws {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(range.upperBound, start + UInt64(Self.step))
      try store.write { try body($0, start..<end) }
      start = end
    }
  }

  private func rows(_ range: Range<UInt64>, _ reader: any StoreReader) throws -> [EntryRow] {
    var rows: [EntryRow] = []
    try reader.scan(
      Schema.entry, prefix: [], range: Int64(range.lowerBound)..<Int64(range.upperBound), descending: false
    ) { row in
      rows.append(try EntryRow(row))
      return true
    }
    return rows
  }

  /// Statements stay, and so do the entries that enrol customers: what is proved of a customer later rests on them.
  private func prune(
    _ range: Range<UInt64>, _ writer: any StoreWriter, _ sessions: inout Set<Int64>
  ) throws -> Int {
    var pruned: Set<Int64> = []
    for row in try rows(range, writer) where row.prunedLeaf == nil {
      guard try !LogReduction.isKept(row, writer) else { continue }
      try writer.update(Schema.entry, EntryRow.pruned(UInt64(row.seq), leaf: row.leafHash))
      sessions.insert(row.session)
      pruned.insert(row.seq)
    }
    try removeSets(of: pruned, writer)
    return pruned.count
  }

  /// Whether an entry is never pruned.
  static func isKept(_ row: EntryRow, _ reader: any StoreReader) throws -> Bool {
    try reader.row(Schema.statement, key: [.integer(row.seq)]) != nil
      || reader.row(Schema.enrolment, key: [.integer(row.seq)]) != nil
  }

  private func erase(
    _ part: Statement.LogPart, _ range: Range<UInt64>, _ writer: any StoreWriter
  ) throws -> Int {
    var erased: Set<Int64> = []
    for row in try rows(range, writer) where row.prunedLeaf == nil && !row.lacks(part) {
      guard let what = row.what, let who = row.who else { continue }
      let left =
        part == .what ? [EntryRow.hash(ofPart: what).bytes, who] : [what, EntryRow.hash(ofPart: who).bytes]
      try writer.update(
        Schema.entry,
        Row([
          .integer(row.seq), .integer(row.kind), .integer(row.session), .blob(row.envelope), .blob(left[0]),
          .blob(left[1]),
        ]))
      erased.insert(row.seq)
    }
    if part == .what { try removeSets(of: erased, writer) }
    return erased.count
  }

  /// The sets of customers that lie beside entries go with what names them.
  private func removeSets(of entries: Set<Int64>, _ writer: any StoreWriter) throws {
    guard !entries.isEmpty else { return }
    var roots: [Value] = []
    try writer.scan(Schema.subjectSet, prefix: [], range: nil, descending: false) { row in
      if case .integer(let seq) = row.values[1], entries.contains(seq) { roots.append(row.values[0]) }
      return true
    }
    for root in roots { try writer.delete(Schema.subjectSet, key: [root]) }
  }

  /// Sessions that no entry names any more lose their sealed key: what was sealed under it opens nowhere again, not in
  /// an old copy of a part either.
  private func remove(_ candidates: Set<Int64>) throws {
    var candidates = candidates
    var cursor: Int64 = 0
    while !candidates.isEmpty {
      let stretch = try store.read {
        try LogStretch($0, from: cursor, limit: StoredLog.step, withCheckpoints: false)
      }
      for entry in stretch.entries where entry.prunedLeaf == nil { candidates.remove(entry.session) }
      if let last = stretch.entries.last { cursor = last.seq + 1 }
      if stretch.isLast { break }
    }
    guard !candidates.isEmpty else { return }
    try store.write { writer in
      // Entries that came since.
      let stretch = try LogStretch(writer, from: cursor, limit: .max, withCheckpoints: false)
      for entry in stretch.entries { candidates.remove(entry.session) }
      for id in candidates where try writer.row(Schema.session, key: [.integer(id)]) != nil {
        try writer.delete(Schema.session, key: [.integer(id)])
      }
    }
  }
}
