internal import AuditLog
internal import Sodium

extension ImportBatch {
  /// Changes and continues a customer that is there already; the rows are read anew in this transaction.
  func continueCustomer(_ customer: Known, for receipt: borrowing AccessReceipt) throws {
    try requireAccount(of: customer, for: receipt)
    touched.append(customer.ordinal)
    let needs = run.staging.needs[customer.customer]
    ImportItem.places(customer.customer, in: run.staging, into: &items)
    var isUpdated = false
    if needs.contains(.fields) { isUpdated = try updateFields(customer, for: receipt) }
    if needs.contains(.behavior) {
      try continueBehavior(
        customer.ordinal, records: SealedRecord.all(.behavior, customer.ordinal, reader), for: receipt)
    }
    if needs.contains(.consent) {
      // Of one who was merged: a consent is the customer's who stands for both, what is stricter is both's.
      let isMerged = customer.root != customer.ordinal
      try addConsents(
        customer.root, records: SealedRecord.all(.consent, customer.root, reader), for: receipt)
      if isMerged {
        touched.append(customer.root)
        try addConsents(
          customer.ordinal, records: SealedRecord.all(.consent, customer.ordinal, reader), for: receipt,
          isCopy: true)
      }
    }
    if isUpdated { counts.customersUpdated += 1 }
    if customer.customer < run.staging.fieldRows.count {
      counts.duplicates += max(0, Int(run.staging.fieldRows[customer.customer]) - (isUpdated ? 1 : 0))
    }
  }

  /// Refuses a customer who does not have the account: the index is in the clear, and a row of it that was pointed at
  /// another customer must not lead there.
  private func requireAccount(of customer: Known, for receipt: borrowing AccessReceipt) throws {
    let account = run.staging.accounts.bytes(customer.customer)
    let record = try work.fields(SealedRecord.all(.identity, customer.ordinal, reader), for: receipt)
    let isHeld = record?.withValue(of: run.accountField) { stored in
      account.withSpan { account in stored.isEqual(to: account) }
    }
    guard isHeld == true else {
      throw VaultError(
        .integrity, "the index gives an account to a customer who does not have it",
        hint: "crmvault verify tells more; keep a copy as evidence")
    }
  }

  private func updateFields(_ customer: Known, for receipt: borrowing AccessReceipt) throws -> Bool {
    let fields = try run.fields(items)
    let identity = try update(.identity, fields.identity, customer.ordinal, for: receipt)
    let profile = try update(.profile, fields.profile, customer.ordinal, for: receipt)
    return identity || profile
  }

  private func update(
    _ dataClass: DataClass, _ changes: borrowing FieldRecord, _ ordinal: UInt64,
    for receipt: borrowing AccessReceipt
  ) throws -> Bool {
    guard !changes.names.isEmpty else { return false }
    let records = try SealedRecord.all(dataClass, ordinal, reader)
    var record = try work.fields(records, for: receipt) ?? FieldRecord()
    var changed: [FieldName] = []
    for name in changes.names {
      let field = dataClass == .identity ? ImportIndex.Field(name) : nil
      let before = try field.flatMap { try digest(of: name, $0, in: record, for: receipt) }
      var value = WipedBytes(capacity: 64)
      changes.withValue(of: name) { value.append($0) }
      guard try value.withBytes({ try record.set(name, to: $0) }) else { continue }
      changed.append(name)
      guard let field, let commit else { continue }
      if let before {
        try commit.remove(Schema.blindIndex, key: [.blob(before.bytes), .integer(Int64(ordinal))])
      }
      if let after = try digest(of: name, field, in: record, for: receipt) {
        try commit.put(Schema.blindIndex, ImportIndex.row(after, ordinal))
      }
    }
    guard !changed.isEmpty else { return false }
    record.note(FieldChange(time: time, actor: actor, fields: changed))
    plaintext.removeAll()
    record.encode(into: &plaintext)
    try seal(dataClass, ordinal, replacing: records.first)
    return true
  }

  private func digest(
    of name: FieldName, _ field: ImportIndex.Field, in record: borrowing FieldRecord,
    for receipt: borrowing AccessReceipt
  ) throws -> Digest32? {
    var value = WipedBytes(capacity: 64)
    record.withValue(of: name) { value.append($0) }
    guard !value.isEmpty else { return nil }
    return try value.withBytes { try run.index.digest($0, field, for: receipt) }
  }

  /// Appends the events that are new to a customer's chunks.
  func continueBehavior(
    _ ordinal: UInt64, records: [SealedRecord], for receipt: borrowing AccessReceipt
  ) throws {
    occurrences.begin()
    let behavior = try BehaviorWork(records, work, for: receipt)
    var added = 0
    for place in items {
      guard case .event(var event) = ImportItem.content(place, in: run.staging, currency: run.currency) else {
        continue
      }
      let digest = resolve(&event, ordinal)
      let isAdded = try behavior.append(digest: digest) { appender throws(RecordError) in
        try Self.event(event, digest: digest, texts: run.staging.texts, in: &appender)
      }
      if isAdded { added += 1 } else { counts.duplicates += 1 }
    }
    counts.eventsAdded += added
    guard added > 0, let commit else { return }
    try unsafe behavior.write(ordinal: ordinal, key: key(.behavior, ordinal), work, commit)
  }

  private static func event(
    _ item: ImportItem.Event, digest: UInt64, texts: ImportTexts, in appender: inout BehaviorAppender
  ) throws(RecordError) -> BehaviorEvent {
    var event = BehaviorEvent(
      digest: digest, time: item.time, isDateOnly: item.isDateOnly, detail: item.detail)
    guard case .transaction(var transaction) = item.detail else { return event }
    transaction.product = try intern(item.texts.product, texts, in: &appender)
    transaction.category = try intern(item.texts.category, texts, in: &appender)
    transaction.channel = try intern(item.texts.channel, texts, in: &appender)
    event.detail = .transaction(transaction)
    return event
  }

  private static func intern(
    _ number: UInt32, _ texts: ImportTexts, in appender: inout BehaviorAppender
  ) throws(RecordError) -> BehaviorEvent.TextIndex? {
    guard number != 0 else { return nil }
    return try texts.bytes(number).withSpan { (text) throws(RecordError) in try appender.intern(text) }
  }

  /// Records the consent statements that are new, and sets the permission bits that follow from them.
  ///
  /// - Parameter isCopy: for one who was merged: consents are left out, and nothing is counted a second time.
  func addConsents(
    _ ordinal: UInt64, records: [SealedRecord], for receipt: borrowing AccessReceipt, isCopy: Bool = false
  ) throws {
    let before = counts
    defer { if isCopy { counts = before } }
    var consents = try work.consents(records, for: receipt) ?? ConsentRecord()
    var purposes: Set<String> = []
    for place in items {
      guard
        case .consent(let statement, let time) = ImportItem.content(
          place, in: run.staging, currency: run.currency)
      else { continue }
      if isCopy, statement.state == .granted { continue }
      let change = try self.change(statement, time: time)
      do {
        if try consents.record(change) {
          purposes.insert(change.purpose)
          counts.eventsAdded += 1
        } else {
          counts.duplicates += 1
        }
      } catch {
        guard error.code == .full else { throw error }
        counts.rejected += 1
      }
    }
    guard !purposes.isEmpty else { return }
    for purpose in purposes {
      guard let standing = consents.standing(for: purpose) else { continue }
      permissions.set(
        ordinal, purpose: purpose, isGranted: standing.isGranted, isObjected: standing.isObjected)
    }
    plaintext.removeAll()
    consents.encode(into: &plaintext)
    try seal(.consent, ordinal, replacing: records.first)
  }

  private func change(_ statement: ImportItem.Consent, time: Int64) throws -> ConsentChange {
    let purpose = text(statement.purpose)
    return try ConsentChange(
      purpose: purpose, state: statement.state, time: time,
      source: statement.source == 0 ? run.file.source : text(statement.source),
      textVersion: statement.textVersion == 0 ? "" : text(statement.textVersion),
      legalBasis: context.opened.policy.purposes[purpose]?.legalBasis, actor: actor)
  }

  private func text(_ number: UInt32) -> String {
    unsafe String(decoding: run.staging.texts.bytes(number).raw, as: UTF8.self)
  }
}
