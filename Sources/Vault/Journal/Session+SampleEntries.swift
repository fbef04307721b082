internal import AuditLog

/// Writing made-up entries by the steps that an access takes, for `VaultTesting` and what measures the log.
extension Session {
  /// Commits so many entries in one transaction, each a look at one of these customers; returns the index of the
  /// first.
  @discardableResult
  package func writeSampleLooks(_ count: Int, at customers: [Pseudonym]) throws -> UInt64 {
    try commit(mayUseBallast: true) { commit, opened, _ in
      let first = commit.nextIndex
      let purpose = opened.policy.purposes["service"]
      for index in 0..<count {
        var draft = EntryDraft(.access, Action.customerShow.rawValue)
        draft.purpose = purpose
        draft.subjects = .one(customers[index % customers.count].description)
        draft.classes = [.identity, .profile, .behavior]
        commit.append(draft)
      }
      return (first, .agent)
    }
  }

  /// Commits the intent of a bulk read of everybody and, in a second transaction, a result that leaves some out.
  package func writeSampleRun(of universe: UInt64, without: [UInt64]) throws {
    let all = try SubjectSet.all(universe: universe)
    let intent: UInt64 = try commit(mayUseBallast: true) { commit, _, _ in
      var draft = EntryDraft(.access, Action.scoreRun.rawValue)
      draft.classes = [.behavior]
      draft.phase = .intent
      let set = CommittedSet(all)
      draft.subjects = .set(set.reference(directory: 0))
      return (commit.append(draft, set: set), .analyst)
    }
    var touched = all
    for ordinal in without { touched.remove(ordinal) }
    var draft = EntryDraft(.access, Action.scoreRun.rawValue)
    draft.classes = [.behavior]
    draft.phase = .result
    draft.ref = intent
    try record(draft, as: .analyst, set: touched)
  }
}
