internal import AuditLog
internal import Sodium

/// One run of the retention policy: what of each customer is over, and taking it away.
struct RetentionRun {
  let limits: RetentionLimits
  let work: RecordWork
  let classes: Set<DataClass>
  /// When the run was begun: seconds since 1970.
  let now: Int64
  /// The key id of who runs it.
  let actor: UInt64
  /// Adds up what is kept of a customer's events, for the statistics blocks.
  let statistics: StatisticsFeed

  /// What was found of one customer.
  struct Finding {
    var counts = RetentionCounts()
    var last: Int64?
  }

  /// The records of a range of customers, by ordinal and class.
  func records(_ ordinals: Range<UInt64>, _ reader: any StoreReader) throws -> [UInt64: [DataClass:
    [SealedRecord]]]
  {
    var records: [UInt64: [DataClass: [SealedRecord]]] = [:]
    for dataClass in classes {
      try reader.scan(
        Schema.record, prefix: [.integer(Int64(dataClass.rawValue))],
        range: Int64(ordinals.lowerBound)..<Int64(ordinals.upperBound), descending: false
      ) { row in
        let record = try SealedRecord(row)
        records[record.address.ordinal, default: [:]][dataClass, default: []].append(record)
        return true
      }
    }
    return records
  }

  /// Looks at one customer and changes nothing.
  ///
  /// - Parameter kept: the classes that stay whatever their age.
  func examine(
    _ records: [DataClass: [SealedRecord]], keeping kept: Set<DataClass>, for receipt: borrowing AccessReceipt
  ) throws -> Finding {
    var finding = Finding()
    func heard(_ time: Int64?) {
      guard let time else { return }
      finding.last = max(finding.last ?? time, time)
    }
    try work.events(records[.behavior] ?? [], for: receipt) { event, _ in
      if limits.isOver(event), !kept.contains(.behavior) { finding.counts.events += 1 }
      if case .factors = event.detail { return }
      heard(event.time)
    }
    if var consents = try work.consents(records[.consent] ?? [], for: receipt) {
      heard(consents.changes.filter { $0.source != RetentionLimits.source }.map(\.time).max())
      if !kept.contains(.consent) {
        finding.counts.add(try limits.apply(to: &consents, now: now, actor: actor))
      }
    }
    if !limits.activity.isEmpty {
      for dataClass in [DataClass.identity, .profile] {
        let record = try work.fields(records[dataClass] ?? [], for: receipt)
        heard(Self.lastChange(record))
      }
    }
    if !finding.counts.isEmpty { finding.counts.customers = 1 }
    return finding
  }

  /// The classes of a customer whose time is over, and which there are.
  func inactive(
    _ records: [DataClass: [SealedRecord]], since last: Int64?, keeping kept: Set<DataClass>
  ) -> [DataClass] {
    limits.inactive(since: last).filter { records[$0]?.isEmpty == false && !kept.contains($0) }
  }

  private static func lastChange(_ record: borrowing FieldRecord?) -> Int64? {
    switch record {
    case .some(let fields): fields.history.map(\.time).max()
    case .none: nil
    }
  }

  /// Takes away what of one customer is over, as the rows are in this transaction.
  ///
  /// - Parameter slots: takes the customer's changed statistics, to be written at the transaction's end.
  func apply(
    to ordinal: UInt64, vault: VaultID, keeping kept: Set<DataClass>, _ slots: SlotChanges,
    _ commit: Commit, for receipt: borrowing AccessReceipt
  ) throws -> RetentionCounts {
    var counts = RetentionCounts()
    if limits.events != nil, !kept.contains(.behavior) {
      let records = try SealedRecord.all(.behavior, ordinal, commit.writer)
      let pruning = try BehaviorPruning(
        records, work, statistics: statistics, into: slots, for: receipt
      ) { limits.isOver($0) }
      try pruning.write(commit)
      counts.events = pruning.removed
    }
    if classes.contains(.consent), !kept.contains(.consent) {
      try applyToConsents(ordinal, vault, commit, &counts, for: receipt)
    }
    if !counts.isEmpty { counts.customers = 1 }
    return counts
  }

  private func applyToConsents(
    _ ordinal: UInt64, _ vault: VaultID, _ commit: Commit, _ counts: inout RetentionCounts,
    for receipt: borrowing AccessReceipt
  ) throws {
    let records = try SealedRecord.all(.consent, ordinal, commit.writer)
    guard let old = records.first, var consents = try work.consents(records, for: receipt),
      let classKey = work.classKeys[.consent]
    else { return }
    let own = try limits.apply(to: &consents, now: now, actor: actor)
    guard !own.isEmpty else { return }
    counts.add(own)
    for purpose in own.endedConsents.keys {
      let standing = consents.standing(for: purpose)
      try PermissionBits.set(
        ordinal, purpose: purpose, isGranted: standing?.isGranted ?? false,
        isObjected: standing?.isObjected ?? false, key: classKey, vault: vault, commit)
    }
    var plaintext = WipedBytes(capacity: 256)
    consents.encode(into: &plaintext)
    let key = try work.warden.key(of: .consent, ordinal: ordinal, for: receipt)
    let address = RecordAddress(
      .consent, ordinal: ordinal, chunk: 0, version: old.address.version + 1)
    let sealed = try work.seal(plaintext, at: address, customerKey: key)
    try commit.update(Schema.record, from: old.row, to: sealed.row)
  }
}
