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
        try index.ordinals(of: digest, reader).compactMap { try Directory.entry($0, reader) }
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
      return try self.release(context, .customerSearch) { reader in
        try found.prefix(limit).compactMap { try Directory.entry($0, reader) }
      } holds: { _ in
        true
      }
    }
  }

  /// The second half of a search: an entry that names who was found, then their masked fields under its receipt.
  private func release(
    _ context: AccessContext, _ action: Action, _ found: (any StoreReader) throws -> [DirectoryEntry],
    holds: (borrowing FieldRecord) -> Bool
  ) throws -> [CustomerView] {
    let (entry, prepared, isRefused) = try commit(mayUseBallast: true) { commit, _, _ in
      let all = try found(commit.writer)
      for customer in all { try environment.warden.pseudonyms().check(customer) }
      let customers = try all.filter { try self.isPermitted($0, context, commit.writer) }
      for customer in all where !customers.contains(customer) {
        commit.append(self.denial(customer, action, context))
      }
      var draft = EntryDraft(.access, action.rawValue)
      draft.purpose = context.purpose
      draft.classes = Array(context.classes)
      // A search that looked through everybody has its result already: what it touched.
      if action == .customerFind { draft.phase = .result }
      draft.ref = context.entry
      draft.count = UInt64(customers.count)
      draft.ticket = ticket
      var set: CommittedSet?
      if customers.count == 1 {
        draft.subjects = .one(customers[0].pseudonym.description)
      } else if customers.count > 1 {
        var subjects = try SubjectSet(universe: Directory.universe(commit.writer))
        for customer in customers { try subjects.insert(customer.ordinal) }
        let committed = CommittedSet(subjects)
        draft.subjects = .set(committed.reference(directory: try Directory.newestEnrolment(commit.writer)))
        set = committed
      }
      let entry = commit.append(draft, set: set)
      let records = try customers.map {
        ($0, try SealedRecord.all(.identity, $0.ordinal, commit.writer))
      }
      let isRefused = customers.isEmpty && !all.isEmpty
      return ((entry, records, isRefused), context.role)
    }
    guard !isRefused else { throw Self.refusal(context) }
    let work = try context.work(environment.warden)
    return try prepared.map { customer, records in
      let receipt = AccessReceipt(
        mintedFor: entry, classes: [.identity], subjects: .one(customer.ordinal), maySearch: false,
        mayEnrol: false)
      let identity = try work.fields(records, for: receipt)
      guard Self.isThere(identity, holds) else {
        throw VaultError(.integrity, "the index names a customer who does not have what was searched for")
      }
      return CustomerView(
        pseudonym: customer.pseudonym, identity: try Self.shown(identity, context, .nothing), profile: nil,
        behavior: nil, consent: nil)
    }
  }

  private static func isThere(
    _ record: borrowing FieldRecord?, _ holds: (borrowing FieldRecord) -> Bool
  ) -> Bool {
    switch record {
    case .some(let fields): holds(fields)
    case .none: false
    }
  }

  /// Joins one found customer's own decision with the purpose, under the entry of the search.
  func isPermitted(
    _ customer: DirectoryEntry, _ context: AccessContext, _ reader: any StoreReader
  ) throws -> Bool {
    guard let purpose = context.purpose, purpose.rule != .none else { return true }
    let blocks = try PermissionBits.sealed(
      purpose: purpose.name, ordinals: customer.ordinal..<customer.ordinal + 1, reader)
    let key = try context.keys.classKey(.consent, reader)
    return try PermissionBits(blocks, purpose: purpose.name, vault: context.vaultID, key: key)
      .allows(customer.ordinal, purpose)
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

  private static func refusal(_ context: AccessContext) -> VaultError {
    let purpose = context.purpose?.name ?? ""
    return VaultError(
      .notPermitted,
      context.purpose?.rule == .consent
        ? "who was found has not consented to \(purpose)" : "who was found has objected to \(purpose)",
      hint: "choose another purpose only if it is the true one")
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
        let entry = try Directory.entry(row)
        try rule.check(entry)
        entries.append(entry)
        return true
      }
      return entries
    }
  }
}
