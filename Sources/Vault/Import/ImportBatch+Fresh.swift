internal import AuditLog
internal import Sodium

extension ImportBatch {
  /// Adds every customer that is new, in the order of ordinals; class by class, so that records are written where
  /// their neighbours are.
  func addCustomers(for receipt: borrowing AccessReceipt) throws {
    counts.customersAdded += fresh.count
    touched += fresh.map(\.ordinal)
    for customer in fresh { try enter(customer) }
    let identity = try ImportIdentity(run.accountField, time: time, actor: actor)
    for customer in fresh {
      if customer.needs.contains(.fields) {
        ImportItem.places(customer.customer, in: run.staging, into: &items)
        try addFields(customer, for: receipt)
      } else {
        plaintext.removeAll()
        identity.encode(run.staging.accounts.bytes(customer.customer), into: &plaintext)
        try seal(.identity, customer.ordinal)
      }
      if customer.customer < run.staging.fieldRows.count {
        counts.duplicates += max(0, Int(run.staging.fieldRows[customer.customer]) - 1)
      }
    }
    for customer in fresh where customer.needs.contains(.behavior) {
      ImportItem.places(customer.customer, in: run.staging, into: &items)
      try addBehavior(customer, for: receipt)
    }
    for customer in fresh where customer.needs.contains(.consent) {
      ImportItem.places(customer.customer, in: run.staging, into: &items)
      try addConsents(customer.ordinal, records: [], for: receipt)
    }
  }

  /// Enters a customer into the directory and the index.
  private func enter(_ customer: Fresh) throws {
    guard let commit else { return }
    try commit.insert(
      Schema.directory,
      Directory.row(
        DirectoryEntry(
          ordinal: customer.ordinal, pseudonym: customer.pseudonym, state: .live, mergedInto: nil)))
    try commit.insert(
      Schema.blindIndex, ImportIndex.row(customer.account, customer.ordinal))
  }

  private func addFields(_ customer: Fresh, for receipt: borrowing AccessReceipt) throws {
    var fields = try run.fields(items)
    let account = run.staging.accounts.bytes(customer.customer)
    try fields.set(run.accountField, isProfile: false, account)
    for name in fields.identity.names {
      guard let field = ImportIndex.Field(name) else { continue }
      var value = WipedBytes(capacity: 64)
      fields.identity.withValue(of: name) { value.append($0) }
      let digest = try value.withBytes { try run.index.digest($0, field, for: receipt) }
      try commit?.insert(Schema.blindIndex, ImportIndex.row(digest, customer.ordinal))
    }
    fields.identity.note(FieldChange(time: time, actor: actor, fields: fields.identity.names))
    plaintext.removeAll()
    fields.identity.encode(into: &plaintext)
    try seal(.identity, customer.ordinal)
    guard !fields.profile.names.isEmpty else { return }
    fields.profile.note(FieldChange(time: time, actor: actor, fields: fields.profile.names))
    plaintext.removeAll()
    fields.profile.encode(into: &plaintext)
    try seal(.profile, customer.ordinal)
  }

  /// Encodes the events into one chunk, or into several where one has no room.
  private func addBehavior(_ customer: Fresh, for receipt: borrowing AccessReceipt) throws {
    guard try !addOneChunk(customer) else { return }
    try continueBehavior(customer.ordinal, records: [], for: receipt)
  }

  private func addOneChunk(_ customer: Fresh) throws -> Bool {
    occurrences.begin()
    chunk.begin(texts: run.staging.texts.count)
    run.statistics.reset()
    var duplicates = 0
    for place in items {
      guard case .event(var event) = ImportItem.content(place, in: run.staging, currency: run.currency) else {
        continue
      }
      let digest = resolve(&event, customer.ordinal)
      guard occurrences.isNew(digest) else {
        duplicates += 1
        continue
      }
      guard let added = chunk.add(event, digest: digest, texts: run.staging.texts) else { return false }
      run.statistics.add(added, product: UInt64(event.texts.product))
    }
    counts.eventsAdded += chunk.count
    counts.duplicates += duplicates
    plaintext.removeAll()
    chunk.encode(into: &plaintext)
    try seal(.behavior, customer.ordinal)
    if commit != nil {
      let key = try unsafe key(.behavior, customer.ordinal)
      unsafe run.statistics.put(into: slots, customer.ordinal, customerKey: key)
    }
    return true
  }
}
