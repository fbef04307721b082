internal import AuditLog
internal import Sodium

/// One transaction of an import: some customers, looked up, then added or continued.
final class ImportBatch {
  /// A customer that is there already.
  struct Known {
    let customer: Int
    /// Who has the account, and keeps what the rows say: the customer itself, or one that was merged into it.
    let ordinal: UInt64
    /// The customer.
    let root: UInt64
  }

  /// A customer that is new.
  ///
  /// Carries what is looked at in every pass: what the run holds by customer lies scattered over its memory.
  struct Fresh {
    let customer: Int
    let ordinal: UInt64
    let pseudonym: Pseudonym
    let account: Digest32
    let needs: ImportNeeds
  }

  let run: ImportRun
  let reader: any StoreReader
  /// Nil for a dry run: nothing is written then.
  let commit: Commit?
  let context: Session.AccessContext
  let directory: CustomerDirectory
  var work: RecordWork
  let time: Int64
  let actor: UInt64
  var counts = ImportCounts()
  var known: [Known] = []
  var fresh: [Fresh] = []
  /// Customers added by others since the intent.
  var deferred: [UInt32] = []
  var touched: [UInt64] = []
  let permissions = ImportPermissions()
  /// Recognizes who was erased; nil where nobody ever was.
  private let suppression: ImportSuppression?
  /// Customers of the group, by number, who are not taken since they were erased.
  private(set) var suppressed: [Int] = []
  private let nonces = ImportNonces()
  var items: [Int] = []
  var occurrences = ImportOccurrences()
  var plaintext = WipedBytes(capacity: 65_536)
  var chunk: ImportChunk

  init(
    _ run: ImportRun, _ context: Session.AccessContext, _ reader: any StoreReader, commit: Commit?,
    time: Int64,
    actor: UInt64
  ) throws {
    self.run = run
    self.context = context
    self.reader = reader
    self.commit = commit
    self.time = time
    self.actor = actor
    directory = CustomerDirectory(reader: reader, rule: run.pseudonyms, subjects: context.subjects)
    work = try context.work(run.warden)
    chunk = ImportChunk(currency: run.currency)
    suppression = try ImportSuppression(run, context, reader)
  }

  /// Imports the customers at these places of the run's order.
  func apply(_ places: Range<Int>, firstOrdinal: UInt64, for receipt: borrowing AccessReceipt) throws {
    try lookUp(places, firstOrdinal: firstOrdinal, for: receipt)
    if commit != nil { try takeKeys(for: receipt) }
    for customer in known { try continueCustomer(customer, for: receipt) }
    if !fresh.isEmpty { try addCustomers(for: receipt) }
    if let commit {
      try permissions.write(key: context.keys.classKey(.consent, reader), vault: context.vaultID, commit)
    }
  }

  private func lookUp(_ places: Range<Int>, firstOrdinal: UInt64, for receipt: borrowing AccessReceipt) throws
  {
    var next = firstOrdinal
    for place in places {
      let customer = Int(run.order[place])
      let account = run.accountDigests[customer]
      let ordinals = try ImportIndex.ordinals(of: account, reader)
      if ordinals.isEmpty {
        if try suppression?.recognizes(customer, in: run, reader, for: receipt) == true {
          suppressed.append(customer)
          counts.rejected += rows(of: customer)
          continue
        }
        fresh.append(
          Fresh(
            customer: customer, ordinal: next, pseudonym: run.pseudonyms.pseudonym(of: next),
            account: account, needs: run.staging.needs[customer]))
        next += 1
        continue
      }
      let standing = try ordinals.lazy.compactMap { holder in try self.live(holder).map { (holder, $0) } }
      guard let (holder, live) = standing.first else {
        counts.rejected += rows(of: customer)
        continue
      }
      let gone = context.subjects.erasedClasses(of: holder)
      if !gone.isEmpty, !gone.isDisjoint(with: run.staging.needs[customer].classes) {
        counts.rejected += rows(of: customer)
      } else if receipt.subjects.contains(live) {
        known.append(Known(customer: customer, ordinal: holder, root: live))
      } else if live >= context.universe {
        deferred.append(UInt32(place))
      } else {
        counts.rejected += rows(of: customer)
      }
    }
  }

  /// The live customer that an ordinal stands for, merges followed.
  private func live(_ ordinal: UInt64) throws -> UInt64? {
    guard let entry = try directory.customer(at: ordinal) else {
      throw VaultError(.integrity, "the index names a customer that the directory lacks")
    }
    return entry.state == .live ? entry.ordinal : nil
  }

  /// How many rows a customer has in the file.
  func rows(of customer: Int) -> Int {
    ImportItem.places(customer, in: run.staging, into: &items)
    var count = customer < run.staging.fieldRows.count ? Int(run.staging.fieldRows[customer]) : 0
    for place in items {
      if case .fields = ImportItem.content(place, in: run.staging, currency: run.currency) { continue }
      count += 1
    }
    return count
  }

  /// Takes or makes the keys that the batch seals under, class by class.
  private func takeKeys(for receipt: borrowing AccessReceipt) throws {
    let needs = run.staging.needs
    let hasProfile = run.isProfileField.contains(true) || run.staging.fieldNames.contains(.birthDate)
    func ordinals(_ isNeeded: (ImportNeeds) -> Bool) -> [UInt64] {
      known.filter { isNeeded(needs[$0.customer]) }.map(\.ordinal)
        + fresh.filter { isNeeded($0.needs) }.map(\.ordinal)
    }
    // Every identity: those that are known prove that the index named the right ones.
    let roots = known.filter { $0.root != $0.ordinal && needs[$0.customer].contains(.consent) }.map(\.root)
    let wanted: [(DataClass, [UInt64])] = [
      (.identity, ordinals { _ in true }),
      (.profile, hasProfile ? ordinals { $0.contains(.fields) } : []),
      (.behavior, ordinals { $0.contains(.behavior) }),
      (.consent, ordinals { $0.contains(.consent) } + roots),
    ].filter { !$0.1.isEmpty }
    var rest = wanted
    while let first = rest.first {
      let classes = rest.filter { $0.1 == first.1 }.map(\.0)
      let keys = try run.warden.enrol(first.1, classes: classes, for: receipt)
      for dataClass in classes { work.enrolled[dataClass] = keys }
      rest.removeAll { $0.1 == first.1 }
    }
  }

  /// A customer's key of a class, in memory for this batch.
  func key(_ dataClass: DataClass, _ ordinal: UInt64) throws -> UnsafePointer<UInt8> {
    guard let key = unsafe work.enrolled[dataClass]?.pointer(of: dataClass, ordinal: ordinal) else {
      throw VaultError(.integrity, "the warden did not give a customer's key")
    }
    return unsafe key
  }

  /// Seals what ``plaintext`` holds and writes it.
  func seal(_ dataClass: DataClass, _ ordinal: UInt64, replacing old: SealedRecord? = nil) throws {
    guard let commit else { return }
    let address = RecordAddress(
      dataClass, ordinal: ordinal, chunk: 0, version: old.map { $0.address.version + 1 } ?? 0)
    let sealed = try unsafe work.seal(
      plaintext, at: address, customerKey: key(dataClass, ordinal), nonce: nonces.next())
    if let old {
      try commit.update(Schema.record, from: old.row, to: sealed.row)
    } else {
      try commit.insert(Schema.record, sealed.row)
    }
  }

  /// The digest of an event, refund and referral resolved into it.
  func resolve(_ event: inout ImportItem.Event, _ ordinal: UInt64) -> UInt64 {
    switch event.detail {
    case .transaction(var transaction) where !event.refundOf.isEmpty:
      transaction.refundOf = run.digests.digest(ordinal, orderID: event.refundOf)
      event.detail = .transaction(transaction)
    case .referral(var referral):
      referral.referred = run.digests.referred(event.referred)
      event.detail = .referral(referral)
    default: break
    }
    if event.hasOrderID { return run.digests.digest(ordinal, orderID: event.identity) }
    let occurrence = occurrences.occurrence(of: event.identity)
    return run.digests.digest(ordinal, content: event.identity, occurrence: occurrence)
  }
}
