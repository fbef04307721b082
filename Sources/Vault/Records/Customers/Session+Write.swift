internal import AuditLog
internal import Sodium

extension Session {
  /// Adds a customer: one transaction with its entry, the keys made by the warden before the commit.
  ///
  /// - Parameter consents: what the customer consents to, recorded with it. A fresh consent takes somebody up again who
  ///   was erased, and the entry says so.
  /// - Throws: `.badInput` naming the field; `.exists` when another customer has one of the identifiers, `.suppressed` when
  ///   one is that of somebody who was erased and there is no fresh consent (an entry says so).
  public func addCustomer(
    _ fields: borrowing FieldRecord, consents: [ConsentStatement] = [], purpose: String?
  ) throws -> Pseudonym {
    try environment.ballast?.require()
    var classes: Set<DataClass> = [.identity, .profile]
    if !consents.isEmpty { classes.insert(.consent) }
    let verdict: Verdict<Pseudonym> = try change(
      AccessRequest(.customerAdd, purpose: purpose, classes: classes, searchesIndex: true, enrols: true)
    ) { commit, context, draft in
      let split = try SplitFields(fields, policy: context.opened.policy, settings: context.settings)
      guard !split.identity.names.isEmpty else {
        throw Self.needsIdentity
      }
      let ordinal = try self.nextOrdinal(commit.writer)
      let receipt = AccessReceipt(
        mintedFor: context.entry, classes: context.classes, subjects: .one(ordinal), maySearch: true,
        mayEnrol: true)
      let index = try IndexWork(context, environment.warden)
      var digests: [Digest32] = []
      for name in split.identity.names {
        guard let digest = try index.digest(of: name, in: split.identity, for: receipt) else { continue }
        if try !index.ordinals(of: digest, commit.writer).isEmpty {
          draft.outcome = .error(code: "exists")
          draft.kind = .access
          return .refused(
            VaultError(
              .exists, "another customer has the same \(name)",
              hint: "crmvault customer find \(name) shows which"))
        }
        digests.append(digest)
      }
      if let refusal = try self.liftSuppression(
        split.identity, commit, context, hasConsent: !consents.isEmpty, &draft, for: receipt)
      {
        return .refused(refusal)
      }
      let pseudonym = environment.warden.pseudonyms().pseudonym(of: ordinal)
      let batch = try EnrolBatch([
        EnrolBatch.Member(ordinal: ordinal, pseudonym: UInt128(pseudonym.high) << 64 | UInt128(pseudonym.low))
      ])
      var enrolment = EntryDraft(.change, "subject.enrol")
      enrolment.count = 1
      enrolment.ref = context.entry
      enrolment.details = [
        "root": .string(Base64.encode(batch.root.bytes)), "first": .integer(Int64(ordinal)),
      ]
      commit.append(enrolment, enrolment: batch)
      try commit.insert(
        Schema.directory,
        Directory.row(
          DirectoryEntry(ordinal: ordinal, pseudonym: pseudonym, state: .live, mergedInto: nil)))
      for digest in digests { try index.insert(digest, ordinal, commit) }
      let keys = try environment.warden.enrol(
        [ordinal], classes: split.profile.names.isEmpty ? [.identity] : [.identity, .profile], for: receipt)
      let work = try context.work(environment.warden)
      let time = environment.clock.seconds
      try self.write(
        split.identity, .identity, ordinal, names: split.identity.names, time, keys, work, commit)
      if !split.profile.names.isEmpty {
        try self.write(split.profile, .profile, ordinal, names: split.profile.names, time, keys, work, commit)
      }
      if !consents.isEmpty {
        let work = try ConsentWork([ordinal], commit, context, environment.warden, for: receipt)
        let changes = try consents.map { try self.freshConsent($0, context.opened.policy) }
        try work.record(changes, of: ordinal, for: receipt)
      }
      draft.subjects = .one(pseudonym.description)
      draft.fields = (split.identity.names + split.profile.names).map(\.text).sorted()
      return .granted(pseudonym)
    }
    switch verdict {
    case .granted(let pseudonym): return pseudonym
    case .refused(let error): throw error
    }
  }

  /// Whether a new customer's identifiers are those of somebody who was erased: refused, unless a fresh consent comes with
  /// them; then their tags go, and the entry says so.
  private func liftSuppression(
    _ identity: borrowing FieldRecord, _ commit: Commit, _ context: AccessContext, hasConsent: Bool,
    _ draft: inout EntryDraft, for receipt: borrowing AccessReceipt
  ) throws -> VaultError? {
    guard try SuppressionTags.isInUse(commit.writer) else { return nil }
    let tags = try SuppressionTags(context, commit.writer, environment.warden).tags(
      of: identity, for: receipt)
    let known = try tags.filter { try SuppressionTags.contains($0, commit.writer) }
    guard !known.isEmpty else { return nil }
    guard hasConsent else {
      draft.outcome = .error(code: "suppressed")
      draft.kind = .access
      return VaultError(
        .suppressed, "an identifier is that of a customer who was erased",
        hint: "only with a fresh consent: --consent PURPOSE --consent-source WHERE")
    }
    for tag in known { try SuppressionTags.remove(tag, commit) }
    draft.details = ["suppression_lifted": .integer(Int64(known.count))]
    return nil
  }

  private func freshConsent(_ statement: ConsentStatement, _ policy: Policy) throws -> ConsentChange {
    guard let purpose = policy.purposes[statement.purpose] else {
      throw VaultError(
        .badInput, "the policy knows no such purpose",
        hint: "one of: \(policy.purposes.keys.sorted().joined(separator: ", "))")
    }
    return try change(statement, purpose, after: nil)
  }

  /// Changes a customer's fields: an entry before anything is opened, then the change with its own entry.
  ///
  /// - Parameters:
  ///   - changes: new values by field.
  ///   - removed: fields to take away.
  /// - Returns: the names of the fields that changed.
  public func updateCustomer(
    _ id: Pseudonym, _ changes: borrowing FieldRecord, removed: [FieldName], purpose: String?
  ) throws -> [String] {
    var request = AccessRequest(
      .customerUpdate, purpose: purpose, subject: .customer(id), classes: [.identity, .profile],
      searchesIndex: true)
    request.fields = []
    return try rewrite(request) { commit, context, customer, records, receipt, draft in
      let split = try SplitFields(changes, policy: context.opened.policy, settings: context.settings)
      let removed = try Self.removals(removed, context.opened.policy)
      let work = try context.work(environment.warden)
      let index = try IndexWork(context, environment.warden)
      let time = environment.clock.seconds
      let keys = try environment.warden.enrol(
        [customer.ordinal], classes: [.identity, .profile], for: receipt)
      var changed: [FieldName] = []
      for dataClass in [DataClass.identity, .profile] {
        let removals = try removed.filter { try $0.dataClass(context.opened.policy) == dataClass }
        let names = dataClass == .identity ? split.identity.names : split.profile.names
        guard !names.isEmpty || !removals.isEmpty else { continue }
        let old = records[dataClass]?.first
        var record = try work.fields(records[dataClass] ?? [], for: receipt) ?? FieldRecord()
        let before = try index.digests(of: record, for: receipt)
        var here: [FieldName] = []
        for name in names {
          var value = WipedBytes(capacity: 64)
          if dataClass == .identity {
            split.identity.withValue(of: name) { value.append($0) }
          } else {
            split.profile.withValue(of: name) { value.append($0) }
          }
          if try value.withBytes({ try record.set(name, to: $0) }) { here.append(name) }
        }
        for name in removals where record.remove(name) { here.append(name) }
        guard !here.isEmpty else { continue }
        guard dataClass != .identity || !record.names.isEmpty else { throw Self.needsIdentity }
        let after = try index.digests(of: record, for: receipt)
        for (name, digest) in after where before[name] != digest {
          guard try index.ordinals(of: digest, commit.writer).allSatisfy(context.members.contains) else {
            throw VaultError(.exists, "another customer has the same \(name)")
          }
        }
        for (name, digest) in before where after[name] != digest {
          try index.remove(digest, customer.ordinal, commit)
        }
        for (name, digest) in after where before[name] != digest {
          try index.insert(digest, customer.ordinal, commit)
        }
        try self.write(
          record, dataClass, customer.ordinal, names: here.sorted(), time, keys, work, commit, replacing: old)
        changed += here
      }
      draft.fields = changed.map(\.text).sorted()
      return draft.fields
    }
  }

  /// The fields to take away, with those that are derived from them.
  private static func removals(_ names: [FieldName], _ policy: Policy) throws(VaultError) -> [FieldName] {
    for name in names { _ = try name.dataClass(policy) }
    guard !names.contains(.birthYear) else {
      throw VaultError(.badInput, "birth_year: is derived from birth_date")
    }
    return names.contains(.birthDate) ? names + [.birthYear] : names
  }

  private static var needsIdentity: VaultError {
    VaultError(.badInput, "a customer needs at least one field of identity")
  }

  /// Records what a customer thinks: up to three ratings on the scale that the company uses.
  public func rateCustomer(
    _ id: Pseudonym, quality: Int64?, service: Int64?, price: Int64?, at time: Int64, isDateOnly: Bool,
    purpose: String?
  ) throws {
    let request = AccessRequest(
      .customerRate, purpose: purpose, subject: .customer(id), classes: [.behavior])
    try rewrite(request) { commit, context, customer, records, receipt, draft in
      let work = try context.work(environment.warden)
      let keys = try environment.warden.enrol([customer.ordinal], classes: [.behavior], for: receipt)
      let behavior = try BehaviorWork(records[.behavior] ?? [], work, for: receipt)
      let event = BehaviorEvent(
        digest: SecureRandom.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }, time: time, isDateOnly: isDateOnly,
        detail: .rating(
          BehaviorEvent.Rating(productQuality: quality, serviceQuality: service, priceSatisfaction: price)))
      _ = try behavior.append(digest: event.digest) { _ in event }
      guard let key = keys.key(of: .behavior, ordinal: customer.ordinal) else {
        throw VaultError(.integrity, "the warden did not give the customer's key")
      }
      try behavior.write(ordinal: customer.ordinal, key: key, work, commit)
      draft.count = 1
    }
  }

  // MARK: - The way of a change

  /// A change that needs nothing opened first: decides, runs `body` in the transaction of its `change` entry.
  func change<Value>(
    _ request: AccessRequest, _ body: (Commit, AccessContext, inout EntryDraft) throws -> Verdict<Value>
  ) throws -> Verdict<Value> {
    try commit(mayUseBallast: false) { commit, opened, keys in
      let identity = environment.identity
      let decision = try Decision(
        request, user: identity.keyID, name: identity.identity.name, requestedRole: requestedRole,
        governance: opened.governance, policy: opened.policy)
      var draft = EntryDraft(decision.refusal == nil ? .change : .access, request.action.rawValue)
      draft.purpose = decision.purpose
      draft.classes = Array(request.classes)
      draft.ticket = ticket
      let roleKeys = try keys(decision.role)
      if let refusal = decision.refusal {
        draft.outcome = .denied
        commit.append(draft)
        return (.refused(refusal), decision.role)
      }
      let context = AccessContext(
        reader: commit.writer, opened: opened, keys: roleKeys, role: decision.role, purpose: decision.purpose,
        classes: decision.classes, customer: nil, universe: try Directory.universe(commit.writer),
        entry: commit.nextIndex)
      let place = commit.reserve()
      let verdict = try body(commit, context, &draft)
      commit.fill(place, draft)
      return (verdict, decision.role)
    }
  }

  /// A change of one customer: an access entry, durable; then, in a second transaction, the rows as they are by
  /// then, opened under the receipt, changed and sealed with a `change` entry that refers to the first.
  @discardableResult
  func rewrite<Value>(
    _ request: AccessRequest,
    _ body: (
      Commit, AccessContext, DirectoryEntry, [DataClass: [SealedRecord]], borrowing AccessReceipt,
      inout EntryDraft
    ) throws -> Value
  ) throws -> Value {
    try access(request) {
      $0
    } release: { receipt, first, _ in
      do {
        return try rewriteOnce(request, first, receipt, body)
      } catch let error as VaultError where error.code == .badInput || error.code == .exists {
        // The change was rolled back: the access that is in the log gets its end all the same.
        var draft = EntryDraft(.access, request.action.rawValue)
        draft.purpose = first.purpose
        first.asked.name(in: &draft)
        draft.classes = Array(request.classes)
        draft.phase = .result
        draft.ref = first.entry
        draft.outcome = .error(code: error.code.description)
        draft.ticket = ticket
        try record(draft, as: first.role)
        throw error
      }
    }
  }

  private func rewriteOnce<Value>(
    _ request: AccessRequest, _ first: AccessContext, _ receipt: borrowing AccessReceipt,
    _ body: (
      Commit, AccessContext, DirectoryEntry, [DataClass: [SealedRecord]], borrowing AccessReceipt,
      inout EntryDraft
    ) throws -> Value
  ) throws -> Value {
    let receiptEntry = first.entry
    return try self.commit(mayUseBallast: false) { commit, opened, _ in
      // Role and policy may have changed since the first transaction.
      let user = environment.identity
      let decision = try Decision(
        request, user: user.keyID, name: user.identity.name, requestedRole: first.role,
        governance: opened.governance, policy: opened.policy)
      guard let pseudonym = first.customer?.pseudonym else {
        throw VaultError(.notFound, "there is no such customer")
      }
      let asked = try AskedCustomer(
        pseudonym, request, opened.directory(commit.writer, environment.warden))
      guard decision.refusal == nil, decision.purpose == first.purpose,
        let customer = asked.customer, asked.members == first.members,
        asked.refusal(request, opened.governance.subjects) == nil
      else { throw VaultError(.busy, "the customer or your role changed meanwhile", hint: "try again") }
      let context = AccessContext(
        reader: commit.writer, opened: opened, keys: first.keys, role: first.role, purpose: first.purpose,
        classes: first.classes, customer: customer, universe: first.universe, entry: receiptEntry,
        asked: asked)
      var draft = EntryDraft(.change, request.action.rawValue)
      draft.purpose = first.purpose
      asked.name(in: &draft)
      draft.classes = Array(request.classes)
      draft.phase = .result
      draft.ref = receiptEntry
      draft.ticket = ticket
      let value = try body(
        commit, context, customer, try context.records(customer.ordinal, environment.warden), receipt, &draft)
      if !commit.isChanged { draft.kind = .access }
      commit.append(draft)
      return (value, first.role)
    }
  }

  /// The next free ordinal, above the store's and the warden's highest.
  func nextOrdinal(_ reader: any StoreReader) throws -> UInt64 {
    let stored = try Directory.universe(reader)
    let known = try environment.warden.highestOrdinal().map { $0 + 1 } ?? 0
    return max(stored, known)
  }

  private func write(
    _ record: borrowing FieldRecord, _ dataClass: DataClass, _ ordinal: UInt64, names: [FieldName],
    _ time: Int64,
    _ keys: EnrolledKeys, _ work: RecordWork, _ commit: Commit, replacing old: SealedRecord? = nil
  ) throws {
    var copy = FieldRecord()
    for name in record.names {
      try record.withValue(of: name) { _ = try copy.set(name, to: $0) }
    }
    for change in record.history { copy.note(change) }
    copy.note(FieldChange(time: time, actor: environment.identity.keyID.value, fields: names))
    var plaintext = WipedBytes(capacity: 256)
    copy.encode(into: &plaintext)
    guard let key = keys.key(of: dataClass, ordinal: ordinal) else {
      throw VaultError(.integrity, "the warden did not give the customer's key")
    }
    let address = RecordAddress(
      dataClass, ordinal: ordinal, chunk: 0, version: old.map { $0.address.version + 1 } ?? 0)
    let sealed = try work.seal(plaintext, at: address, customerKey: key)
    if let old {
      try commit.update(Schema.record, from: old.row, to: sealed.row)
    } else {
      try commit.insert(Schema.record, sealed.row)
    }
  }
}

extension Clock {
  /// Seconds since 1970.
  var seconds: Int64 { Int64(now().nanoseconds / 1_000_000_000) }
}
