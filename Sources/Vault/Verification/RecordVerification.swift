internal import AuditLog
internal import Sodium

extension Session {
  /// Opens every record that the role can, under an entry of its own, and decodes it: chunks against their manifest,
  /// permission bits against the consents, the blind index against the identities, as far as the role's keys reach.
  func verifyRecords(purpose: String?, _ report: inout VerificationReport, _ progress: (Int) -> Void) throws {
    let request = AccessRequest(
      .vaultVerifyDeep, purpose: purpose, subject: .everybody, optionalClasses: Set(DataClass.allCases),
      searchesIndex: true)
    var found = report
    defer { report = found }
    found.openedRecords = 0
    try access(request) { context in
      let index = context.classes.contains(.identity) ? try IndexWork(context, environment.warden) : nil
      return (try context.work(environment.warden), index)
    } release: { receipt, context, prepared in
      var verification = try RecordVerification(context, prepared.0, prepared.1)
      let step: UInt64 = 256
      for first in stride(from: 0, to: context.universe, by: Int(step)) {
        let range = first..<min(first + step, context.universe)
        try environment.store.read { try verification.check(range, $0, for: receipt, &found) }
        progress(range.count)
      }
      try self.recordResult(of: context, .vaultVerifyDeep, touched: verification.touched)
      try environment.store.read { try verification.finish($0, &found) }
    }
  }
}

/// The records of one deep verification.
struct RecordVerification {
  /// The customers of whom something was opened.
  private(set) var touched: SubjectSet

  private let context: Session.AccessContext
  private let work: RecordWork
  private let index: IndexWork?
  private let purposes: [String]
  /// How many index entries the identities ask for.
  private var indexed = 0
  private var spared: UInt64 = 0

  init(_ context: Session.AccessContext, _ work: RecordWork, _ index: IndexWork?) throws {
    self.context = context
    self.work = work
    self.index = index
    purposes = context.opened.policy.purposes.keys.sorted()
    touched = try SubjectSet(universe: context.universe)
  }

  /// Checks a stretch of customers that one transaction sees.
  mutating func check(
    _ ordinals: Range<UInt64>, _ reader: any StoreReader, for receipt: borrowing AccessReceipt,
    _ report: inout VerificationReport
  ) throws {
    var records: [UInt64: [DataClass: [SealedRecord]]] = [:]
    for dataClass in context.classes {
      try reader.scan(
        Schema.record, prefix: [.integer(Int64(dataClass.rawValue))],
        range: Int64(ordinals.lowerBound)..<Int64(ordinals.upperBound), descending: false
      ) { row in
        let record = try SealedRecord(row)
        records[record.address.ordinal, default: [:]][dataClass, default: []].append(record)
        return true
      }
    }
    let bits = try permissionBits(ordinals, reader, &report)
    for ordinal in ordinals {
      guard receipt.subjects.contains(ordinal) else {
        if !context.subjects.isErased(ordinal) { spared += 1 }
        continue
      }
      let own = records[ordinal] ?? [:]
      if !own.isEmpty { try touched.insert(ordinal) }
      let erased = context.subjects.erasedClasses(of: ordinal)
      for (dataClass, sealed) in own.sorted(by: { $0.key < $1.key }) where !erased.contains(dataClass) {
        report.openedRecords? += sealed.count
        do {
          try open(sealed, dataClass, ordinal, bits, reader, for: receipt, &report)
        } catch {
          let text = VerificationReport.damage(error)
          guard let text else { throw error }
          report.report(nil, .record, "a \(dataClass.name) record does not open or decode: \(text)")
        }
      }
      if own[.consent] == nil, !erased.contains(.consent), context.classes.contains(.consent) {
        compare(ConsentRecord(), bits, ordinal, &report)
      }
    }
  }

  /// What only the whole can tell: an index entry that no identity asks for.
  mutating func finish(_ reader: any StoreReader, _ report: inout VerificationReport) throws {
    report.openedClasses = context.classes.filter { $0 != .score }.sorted()
    report.sparedCustomers = spared
    guard index != nil, spared == 0, try Directory.universe(reader) == context.universe else { return }
    if try reader.count(Schema.blindIndex) != indexed {
      report.report(nil, .index, "the blind index has other entries than the identities ask for")
    }
  }

  private mutating func open(
    _ sealed: [SealedRecord], _ dataClass: DataClass, _ ordinal: UInt64, _ bits: [String: PermissionBits],
    _ reader: any StoreReader, for receipt: borrowing AccessReceipt, _ report: inout VerificationReport
  ) throws {
    switch dataClass {
    case .identity:
      guard let fields = try work.fields(sealed, for: receipt), let index else { return }
      let digests = try index.digests(of: fields, for: receipt)
      indexed += Set(digests.values).count
      for digest in digests.values where try !index.ordinals(of: digest, reader).contains(ordinal) {
        report.report(nil, .index, "an identifier of a customer is missing in the blind index")
      }
    case .profile:
      _ = try work.fields(sealed, for: receipt)
    case .behavior:
      var count = 0
      var total: Int?
      try work.events(sealed, for: receipt) { _, _ in count += 1 }
      total = try work.totalEvents(sealed, for: receipt)
      if count != total {
        report.report(nil, .record, "a customer's behavior has another number of events than it names")
      }
    case .consent:
      guard let consents = try work.consents(sealed, for: receipt) else { return }
      compare(consents, bits, ordinal, &report)
    case .score:
      break  // not a record but slotted blocks
    }
  }

  private func permissionBits(
    _ ordinals: Range<UInt64>, _ reader: any StoreReader, _ report: inout VerificationReport
  ) throws -> [String: PermissionBits] {
    guard let key = work.classKeys[.consent] else { return [:] }
    var bits: [String: PermissionBits] = [:]
    for purpose in purposes {
      do {
        let blocks = try PermissionBits.sealed(purpose: purpose, ordinals: ordinals, reader)
        bits[purpose] = try PermissionBits(blocks, purpose: purpose, vault: context.vaultID, key: key)
      } catch { try report.note(error, .permission) }
    }
    return bits
  }

  private func compare(
    _ consents: ConsentRecord, _ bits: [String: PermissionBits], _ ordinal: UInt64,
    _ report: inout VerificationReport
  ) {
    for (purpose, bits) in bits {
      let standing = consents.standing(for: purpose)
      if bits.isGranted(ordinal) != (standing?.isGranted ?? false)
        || bits.isObjected(ordinal) != (standing?.isObjected ?? false)
      {
        report.report(nil, .permission, "a customer's permission bits are not those of the consents")
      }
    }
  }
}

extension RecordWork {
  /// How many events chunk 0 says that a customer has.
  fileprivate func totalEvents(_ records: [SealedRecord], for receipt: borrowing AccessReceipt) throws -> Int?
  {
    guard let first = records.first else { return nil }
    let plaintext = try open(first, for: receipt)
    return try unsafe plaintext.withUnsafeBytes { bytes in
      try unsafe BehaviorReader(bytes, currency: currency).totalEvents
    }
  }
}

extension PermissionBits {
  /// Whether the block says that a customer consented.
  fileprivate func isGranted(_ ordinal: UInt64) -> Bool { block(of: ordinal)?.isGranted(ordinal) ?? false }

  /// Whether the block says that a customer objected.
  fileprivate func isObjected(_ ordinal: UInt64) -> Bool { block(of: ordinal)?.isObjected(ordinal) ?? false }
}
