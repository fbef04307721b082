internal import AuditLog
public import Sodium

extension Session {
  /// Finds customers by an exact identifier, by blind index.
  ///
  /// The intent names nobody; a durable result names who was found, or that nobody was, before anything is
  /// returned. The value itself is never recorded.
  ///
  /// - Throws: `.badInput` for a value that is none of its kind, `.usage` for a field without an index.
  public func findCustomers(_ field: FieldName, _ value: borrowing WipedBytes, purpose: String?) throws
    -> [CustomerView]
  {
    guard let indexed = IndexedField(field) else {
      throw VaultError(
        .usage, "\(field) has no index",
        hint: "phone, email and account.SOURCE have; search looks through names")
    }
    var normal = WipedBytes(capacity: 64)
    let request = AccessRequest(
      .customerFind, purpose: purpose, classes: [.identity], fields: [], searchesIndex: true)
    return try access(request) { context in
      let settings = context.settings
      // The transaction may be tried a second time.
      normal.removeAll()
      try value.withBytes { bytes throws(VaultError) in
        try FieldRules.normalize(bytes, of: field, settings: settings, into: &normal)
      }
      return try IndexWork(context, environment.warden)
    } release: { receipt, context, index in
      let digest = try normal.withBytes { try index.digest($0, indexed, for: receipt) }
      return try self.release(context, .customerFind) { reader in
        try index.ordinals(of: digest, reader)
      } holds: { identity in
        // The index is in the clear: a row of it that was pointed at another customer must not show that one.
        identity.withValue(of: field) { stored in normal.withBytes { stored.isEqual(to: $0) } } == true
      }
    }
  }

  /// Looks through every name and note for a piece of text, in memory; a bulk read.
  public func searchCustomers(_ text: borrowing WipedBytes, purpose: String?, limit: Int) throws
    -> [CustomerView]
  {
    guard text.count >= 2 else {
      throw VaultError(.badInput, "a search needs at least two bytes of text")
    }
    let request = AccessRequest(
      .customerSearch, purpose: purpose, subject: .everybody, classes: [.identity])
    return try access(request) { context in
      try context.work(environment.warden)
    } release: { receipt, context, work in
      var found: [UInt64] = []
      var touched = try SubjectSet(universe: context.universe)
      let step: UInt64 = 512
      for first in stride(from: 0, to: context.universe, by: Int(step)) {
        let range = first..<min(first + step, context.universe)
        let records = try environment.store.read { reader in
          var records: [SealedRecord] = []
          try reader.scan(
            Schema.record, prefix: [.integer(Int64(DataClass.identity.rawValue))],
            range: Int64(range.lowerBound)..<Int64(range.upperBound), descending: false
          ) { row in
            records.append(try SealedRecord(row))
            return true
          }
          return records
        }
        for record in records where receipt.subjects.contains(record.address.ordinal) {
          try touched.insert(record.address.ordinal)
          guard let fields = try work.fields([record], for: receipt) else { continue }
          for name in [FieldName.name, .note] where found.last != record.address.ordinal {
            let isHit = fields.withValue(of: name) { value in text.withBytes { Text.contains(value, $0) } }
            if isHit == true { found.append(record.address.ordinal) }
          }
        }
      }
      try self.recordResult(of: context, .customerSearch, touched: touched)
      return try self.release(context, .customerSearch, limit: limit) { _ in
        found
      } holds: { _ in
        true
      }
    }
  }

  /// A customer who was found.
  private struct Found {
    let customer: DirectoryEntry
    /// The customer and those who were merged into it, its own ordinal first.
    let members: [UInt64]
    /// Whose record has what was searched for: one of the members.
    let holder: UInt64
  }

  /// Who stands behind ordinals that were found: merges followed, each customer once, nobody who was erased.
  private func found(_ holders: [UInt64], limit: Int, _ directory: CustomerDirectory) throws -> [Found] {
    var found: [Found] = []
    for holder in holders where found.count < limit {
      guard let customer = try directory.customer(at: holder), customer.state == .live,
        !found.contains(where: { $0.customer == customer })
      else { continue }
      found.append(
        Found(customer: customer, members: try directory.members(of: customer.ordinal), holder: holder))
    }
    return found
  }

  /// The second half of a search: an entry that names who was found, then their masked fields under its receipt.
  private func release(
    _ context: AccessContext, _ action: Action, limit: Int = 1000,
    _ holders: (any StoreReader) throws -> [UInt64], holds: (borrowing FieldRecord) -> Bool
  ) throws -> [CustomerView] {
    let (entry, prepared, isRefused) = try commit(mayUseBallast: true) { commit, opened, _ in
      let directory = opened.directory(commit.writer, environment.warden)
      let all = try self.found(holders(commit.writer), limit: limit, directory)
      let refusals = try all.map { try self.refusal(of: $0.members, context, opened, commit.writer) }
      let permitted = zip(all, refusals).filter { $0.1 == nil }.map(\.0)
      for (found, refusal) in zip(all, refusals) where refusal != nil {
        commit.append(self.denial(found.customer, action, context))
      }
      var draft = EntryDraft(.access, action.rawValue)
      draft.purpose = context.purpose
      draft.classes = Array(context.classes)
      // A search that looked through everybody has its result already: what it touched.
      if action == .customerFind { draft.phase = .result }
      draft.ref = context.entry
      draft.count = UInt64(permitted.count)
      draft.ticket = ticket
      let set = try self.name(permitted, in: &draft, directory)
      let entry = commit.append(draft, set: set)
      let records = try permitted.map { found in
        (found, try found.members.map { try SealedRecord.all(.identity, $0, commit.writer) })
      }
      let isRefused = permitted.isEmpty ? refusals.compactMap(\.self).first : nil
      return ((entry, records, isRefused), context.role)
    }
    if let isRefused { throw isRefused }
    let work = try context.work(environment.warden)
    return try prepared.map { found, records in
      let receipt = AccessReceipt(
        mintedFor: entry, classes: [.identity], subjects: .few(found.members), maySearch: false,
        mayEnrol: false)
      let holder = found.members.firstIndex(of: found.holder).map { records[$0] } ?? []
      guard Self.isThere(try work.fields(holder, for: receipt), holds) else {
        throw VaultError(.integrity, "the index names a customer who does not have what was searched for")
      }
      let identity = try work.fields(.identity, of: records.map { [.identity: $0] }, for: receipt)
      return CustomerView(
        pseudonym: found.customer.pseudonym, identity: try Self.shown(identity, context, .nothing),
        profile: nil, behavior: nil, consent: nil)
    }
  }

  /// Names who was found in the entry, with those who were merged into them; the set, where they are several.
  private func name(_ found: [Found], in draft: inout EntryDraft, _ directory: CustomerDirectory) throws
    -> CommittedSet?
  {
    let members = found.flatMap(\.members)
    if members.count == 1, let only = found.first {
      draft.subjects = .one(only.customer.pseudonym.description)
    }
    guard members.count > 1 else { return nil }
    var subjects = try SubjectSet(universe: Directory.universe(directory.reader))
    for ordinal in members { try subjects.insert(ordinal) }
    let committed = CommittedSet(subjects)
    draft.subjects = .set(
      committed.reference(directory: try Directory.newestEnrolment(directory.reader)))
    return committed
  }

  private static func isThere(
    _ record: borrowing FieldRecord?, _ holds: (borrowing FieldRecord) -> Bool
  ) -> Bool {
    switch record {
    case .some(let fields): holds(fields)
    case .none: false
    }
  }

  /// Joins one found customer's own rights with the purpose, under the entry of the search.
  func refusal(
    of members: [UInt64], _ context: AccessContext, _ opened: Opened, _ reader: any StoreReader
  ) throws -> VaultError? {
    guard let customer = members.first else { return nil }
    var bits: PermissionBits?
    if let purpose = context.purpose, purpose.rule != .none {
      let blocks = try PermissionBits.sealed(
        purpose: purpose.name, ordinals: customer..<customer + 1, reader)
      let key = try context.keys.classKey(.consent, reader)
      bits = try PermissionBits(blocks, purpose: purpose.name, vault: context.vaultID, key: key)
    }
    return SubjectRights(purpose: context.purpose, bits: bits, subjects: opened.governance.subjects)
      .refusal(of: members)
  }

  private func denial(_ customer: DirectoryEntry, _ action: Action, _ context: AccessContext) -> EntryDraft {
    var draft = EntryDraft(.access, action.rawValue)
    draft.purpose = context.purpose
    draft.subjects = .one(customer.pseudonym.description)
    draft.classes = Array(context.classes)
    draft.outcome = .denied
    draft.phase = .result
    draft.ref = context.entry
    draft.ticket = ticket
    return draft
  }

  /// Lists pseudonyms and states: no customer data, but an entry all the same.
  public func listCustomers(after: Pseudonym?, limit: Int) throws -> [DirectoryEntry] {
    let rule = environment.warden.pseudonyms()
    return try decide(AccessRequest(.customerList)) { context in
      var first: Int64 = 0
      if let after {
        guard let ordinal = try Directory.ordinal(of: after, rule, context.reader) else {
          throw VaultError(.notFound, "there is no customer with the id given as --after")
        }
        first = Int64(ordinal) + 1
      }
      var entries: [DirectoryEntry] = []
      try context.reader.scan(Schema.directory, prefix: [], range: first..<Int64.max, descending: false) {
        row in
        guard entries.count < limit else { return false }
        entries.append(try Directory.entry(row))
        return true
      }
      let directory = context.opened.directory(context.reader, self.environment.warden)
      return try entries.map { try directory.checked($0) }
    }
  }
}
