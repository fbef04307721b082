internal import AuditLog
internal import Sodium

extension ImportBatch {
  /// Adds every customer that is new, in the order of ordinals.
  func addCustomers(for receipt: borrowing AccessReceipt) throws {
    let identity = try ImportIdentity(run.accountField, time: time, actor: actor)
    for customer in fresh {
      touched.append(customer.ordinal)
      counts.customersAdded += 1
      if let commit {
        try commit.insert(
          Schema.directory,
          Directory.row(
            DirectoryEntry(
              ordinal: customer.ordinal, pseudonym: customer.pseudonym, state: .live, mergedInto: nil)))
        try commit.insert(
          Schema.blindIndex, ImportIndex.row(run.accountDigests[customer.customer], customer.ordinal))
      }
      let needs = run.staging.needs[customer.customer]
      ImportItem.places(customer.customer, in: run.staging, into: &items)
      if needs.contains(.fields) {
        try addFields(customer, for: receipt)
      } else {
        plaintext.removeAll()
        identity.encode(run.staging.accounts.bytes(customer.customer), into: &plaintext)
        try seal(.identity, customer.ordinal)
      }
      if needs.contains(.behavior) { try addBehavior(customer, for: receipt) }
      if needs.contains(.consent) { try addConsents(customer.ordinal, records: [], for: receipt) }
      if customer.customer < run.staging.fieldRows.count {
        counts.duplicates += max(0, Int(run.staging.fieldRows[customer.customer]) - 1)
      }
    }
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
      guard chunk.add(event, digest: digest, texts: run.staging.texts) else { return false }
    }
    counts.eventsAdded += chunk.count
    counts.duplicates += duplicates
    plaintext.removeAll()
    chunk.encode(into: &plaintext)
    try seal(.behavior, customer.ordinal)
    return true
  }
}
