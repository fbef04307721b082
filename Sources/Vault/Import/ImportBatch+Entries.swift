internal import AuditLog
internal import Sodium

extension ImportBatch {
  /// Keeps the row of an import that is unfinished; takes it away when it is finished.
  func remember(isFinished: Bool, _ commit: Commit) throws {
    let key: [Value] = [.blob(run.file.id)]
    if isFinished {
      try commit.remove(Schema.importRun, key: key)
    } else if try commit.writer.row(Schema.importRun, key: key) == nil {
      try commit.insert(
        Schema.importRun,
        Row(key + [.integer(0), .integer(Int64(run.file.rows)), .integer(Int64(context.entry))]))
    }
  }

  /// Adds the batch's entries: who was added, and what was changed under the intent.
  func append(_ commit: Commit, ticket: String?) throws {
    var directory = try Directory.newestEnrolment(commit.writer)
    if let first = fresh.first, let last = fresh.last {
      let batch = try EnrolBatch(
        fresh.map {
          EnrolBatch.Member(
            ordinal: $0.ordinal, pseudonym: UInt128($0.pseudonym.high) << 64 | UInt128($0.pseudonym.low))
        })
      var enrolment = EntryDraft(.change, "subject.enrol")
      enrolment.count = UInt64(fresh.count)
      enrolment.ref = context.entry
      enrolment.ticket = ticket
      enrolment.details = [
        "root": .string(Base64.encode(batch.root.bytes)), "first": .integer(Int64(first.ordinal)),
        "last": .integer(Int64(last.ordinal)),
      ]
      directory = commit.append(enrolment, enrolment: batch)
    }
    var draft = EntryDraft(commit.isChanged ? .change : .access, Action.importFile.rawValue)
    draft.purpose = context.purpose
    draft.classes = context.classes.sorted()
    draft.fields = run.file.fields.map(\.text).sorted()
    // A part of the work: the one result of the intent follows the last batch.
    draft.ref = context.entry
    draft.ticket = ticket
    draft.count = UInt64(counts.eventsAdded)
    draft.details = [
      "added": .integer(Int64(counts.customersAdded)), "updated": .integer(Int64(counts.customersUpdated)),
      "duplicates": .integer(Int64(counts.duplicates)), "file": .string(Base64.encode(run.file.id)),
      "suppressed": .integer(Int64(suppressed.count)),
    ]
    let universe = max(try Directory.universe(commit.writer), context.universe)
    guard universe > 0 else {
      commit.append(draft)
      return
    }
    var set = try SubjectSet(universe: universe)
    for ordinal in touched { try set.insert(ordinal) }
    let committed = CommittedSet(set)
    draft.subjects = .set(committed.reference(directory: directory))
    commit.append(draft, set: committed)
  }
}
