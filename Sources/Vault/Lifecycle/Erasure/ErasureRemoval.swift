internal import AuditLog
internal import Sodium

/// Takes away the rows of an erasure whose keys are overwritten: records, index entries, permission bits, merges.
///
/// It needs a statement, the consent key for the bits, and nothing else: whoever has a role with that key finishes what was
/// killed, in one transaction for each statement.
struct ErasureRemoval {
  /// What was taken away.
  struct Outcome {
    /// Records by class.
    var records: [DataClass: Int] = [:]
    var indexEntries = 0
    /// Tags that are kept, of this statement.
    var tags = 0
  }

  let order: ErasureOrder
  let commit: Commit
  let opened: Session.Opened
  let consentKey: SharedKey<ClassKeyPurpose>
  let warden: any Warden
  /// The index entries of the customers, where they are known; else the whole index is looked through.
  let digests: [(digest: Digest32, ordinal: UInt64)]?

  /// Takes everything away, and the row that says that it is to be done.
  func run() throws -> Outcome {
    var outcome = Outcome()
    for dataClass in order.classes.sorted() {
      for ordinal in order.ordinals { try removeRecords(dataClass, ordinal, &outcome) }
    }
    if order.classes.contains(.identity) { outcome.indexEntries = try removeIndexEntries() }
    if order.classes.contains(.consent) { try objectToEverything() }
    try enterTombstones()
    try commit.remove(Schema.erasureRun, key: [.integer(Int64(order.seq))])
    outcome.tags = try tagCount()
    return outcome
  }

  private func removeRecords(_ dataClass: DataClass, _ ordinal: UInt64, _ outcome: inout Outcome) throws {
    let records = try SealedRecord.all(dataClass, ordinal, commit.writer)
    for record in records { try commit.remove(Schema.record, key: Array(record.row.values.prefix(3))) }
    if !records.isEmpty { outcome.records[dataClass, default: 0] += records.count }
  }

  private func removeIndexEntries() throws -> Int {
    let digests = try self.digests ?? lookThroughIndex()
    for (digest, ordinal) in digests {
      try commit.remove(Schema.blindIndex, key: [.blob(digest.bytes), .integer(Int64(ordinal))])
    }
    return digests.count
  }

  private func lookThroughIndex() throws -> [(digest: Digest32, ordinal: UInt64)] {
    let ordinals = Set(order.ordinals)
    var found: [(digest: Digest32, ordinal: UInt64)] = []
    try commit.writer.scan(Schema.blindIndex, prefix: [], range: nil, descending: false) { row in
      if case .blob(let bytes) = row.values[0], let digest = Digest32(bytes),
        case .integer(let ordinal) = row.values[1], ordinal >= 0, ordinals.contains(UInt64(ordinal))
      {
        found.append((digest, UInt64(ordinal)))
      }
      return true
    }
    return found
  }

  /// Whose consents are erased has objected to every purpose of the policy.
  private func objectToEverything() throws {
    let size = PermissionBlock.ordinalCount
    let blocks = Dictionary(grouping: order.ordinals) { $0 / size * size }
    for purpose in opened.policy.purposes.keys.sorted() {
      for (first, ordinals) in blocks.sorted(by: { $0.key < $1.key }) {
        try PermissionBits.change(
          purpose: purpose, first: first, key: consentKey, vault: opened.governance.vaultID, commit
        ) { block in
          for ordinal in ordinals { block.set(ordinal, isGranted: false, isObjected: true) }
        }
      }
    }
  }

  /// Whoever has nothing left stays in the directory as a tombstone, and is merged into nobody any more.
  private func enterTombstones() throws {
    for ordinal in order.ordinals where opened.governance.subjects.isErased(ordinal) {
      guard let row = try commit.writer.row(Schema.directory, key: [.integer(Int64(ordinal))]) else {
        continue
      }
      let entry = try Directory.entry(row)
      guard entry.state != .erased else { continue }
      if let target = entry.mergedInto {
        try commit.remove(Schema.mergeLink, key: [.integer(Int64(target)), .integer(Int64(ordinal))])
      }
      let tombstone = DirectoryEntry(
        ordinal: ordinal, pseudonym: entry.pseudonym, state: .erased, mergedInto: nil)
      try commit.update(Schema.directory, from: row, to: Directory.row(tombstone))
    }
  }

  private func tagCount() throws -> Int {
    var count = 0
    try commit.writer.scan(Schema.suppression, prefix: [], range: nil, descending: false) { row in
      if row.values[1] == .integer(Int64(order.seq)) { count += 1 }
      return true
    }
    return count
  }
}

extension Session {
  /// Takes away the rows of erasures that were begun: of a killed one at the next commit of anybody who can.
  func finishRemovals() throws {
    guard !isFinishingErasures else { return }
    if !isOpened { try readPublic { _, _ in } }
    guard hasUnfinishedErasures else { return }
    isFinishingErasures = true
    defer { isFinishingErasures = false }
    _ = try removeErased(digests: [:])
    hasUnfinishedErasures = false
  }

  /// Takes away the rows of every erasure that is under way; what became of each, by the index of its statement's entry
  /// with the index of the entry that tells of it.
  ///
  /// - Parameter digests: index entries that are known, by statement.
  func removeErased(digests: [UInt64: [(digest: Digest32, ordinal: UInt64)]]) throws
    -> [UInt64: (seq: UInt64, outcome: ErasureRemoval.Outcome)]
  {
    let pending = try environment.store.read { reader in
      var pending: [UInt64] = []
      try reader.scan(Schema.erasureRun, prefix: [], range: nil, descending: false) { row in
        guard case .integer(let seq)? = row.values.first, seq >= 0 else {
          throw VaultError(.integrity, "an erasure under way is malformed")
        }
        pending.append(UInt64(seq))
        return true
      }
      return pending
    }
    var outcomes: [UInt64: (seq: UInt64, outcome: ErasureRemoval.Outcome)] = [:]
    for seq in pending {
      guard let role = try removingRole() else { break }
      outcomes[seq] = try commit(mayUseBallast: true) { commit, opened, keys in
        guard let order = opened.governance.subjects.erasures.first(where: { $0.seq == seq }) else {
          throw VaultError(.integrity, "the store calls an erasure under way that nobody has stated")
        }
        let removal = ErasureRemoval(
          order: order, commit: commit, opened: opened,
          consentKey: try keys(role).classKey(.consent, commit.writer), warden: environment.warden,
          digests: digests[seq])
        // Somebody else may have been faster.
        let isDone = try commit.writer.row(Schema.erasureRun, key: [.integer(Int64(seq))]) == nil
        let outcome = isDone ? ErasureRemoval.Outcome() : try removal.run()
        let entry = commit.append(self.draft(of: order, outcome, changes: commit.isChanged))
        return ((seq: entry, outcome: outcome), role)
      }
    }
    return outcomes
  }

  /// A role of the user that holds the consent key, or nil: then somebody else takes the rows away.
  private func removingRole() throws -> Role? {
    try readPublic { _, opened in
      let roles = opened.governance.roles(of: environment.identity.keyID)
      return (requestedRole.map { [$0] } ?? roles).first {
        roles.contains($0) && $0.classes.contains(.consent)
      }
    }
  }

  private func draft(of order: ErasureOrder, _ outcome: ErasureRemoval.Outcome, changes: Bool) -> EntryDraft {
    var draft = EntryDraft(changes ? .change : .access, Action.subjectErase.rawValue)
    let rule = environment.warden.pseudonyms()
    let names = order.ordinals.map { rule.pseudonym(of: $0).description }
    draft.subjects = names.first.map { .one($0) }
    draft.classes = order.classes.sorted()
    draft.phase = .result
    draft.ref = order.seq
    draft.ticket = ticket
    var records = JSONObject()
    for (dataClass, count) in outcome.records { records[dataClass.name] = .integer(Int64(count)) }
    var details: JSONObject = [
      "records": .object(records), "index_entries": .integer(Int64(outcome.indexEntries)),
      "tags": .integer(Int64(outcome.tags)),
    ]
    if names.count > 1 { details["merged"] = .array(names.dropFirst().map { .string($0) }) }
    draft.details = .object(details)
    draft.count = UInt64(outcome.records.values.reduce(0, +))
    return draft
  }
}
