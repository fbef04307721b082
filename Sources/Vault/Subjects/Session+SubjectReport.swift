internal import AuditLog
internal import Sodium

extension Session {
  /// Hands over everything that is held about one customer: records, every event, and the access history of the log.
  ///
  /// Two entries: one of the report, durable before anything is opened, and one of the reading of the log. Events are
  /// read chunk by chunk, each in a transaction of its own.
  ///
  /// - Throws: `.notPermitted`, `.notFound`; `.busy` where the customer's events change meanwhile; what the receiver
  ///   throws.
  public func subjectReport(_ id: Pseudonym, purpose: String?, to receiver: any SubjectReceiver) throws {
    var request = AccessRequest(
      .subjectReport, purpose: purpose, subject: .customer(id), classes: [.identity],
      optionalClasses: [.profile, .behavior, .consent, .score], fields: ["all"])
    request.toleratesErased = true
    let members = try access(request) { context in
      let directory = context.opened.directory(context.reader, environment.warden)
      let members = try context.members.map { ordinal in
        guard let member = try directory.entry(at: ordinal) else {
          throw VaultError(.integrity, "the directory lacks a customer who was merged")
        }
        return member
      }
      guard !members.isEmpty else { throw VaultError(.notFound, "there is no such customer") }
      return (try context.work(environment.warden), try members.map { try self.sealed($0, context) })
    } release: { receipt, context, prepared in
      let (work, sealed) = prepared
      guard let purpose = context.purpose else { throw VaultError(.notPermitted, "there is no purpose") }
      var members: [SubjectMember] = []
      for customer in sealed { members.append(try member(customer, context, work, for: receipt)) }
      try receiver.begin(
        SubjectFile(
          vaultID: context.vaultID, settings: context.settings, made: environment.clock.now(),
          purpose: purpose, policy: context.opened.policy, members: members,
          isRestricted: context.members.contains(where: context.subjects.restricted.contains),
          holds: context.subjects.holds(on: context.members, at: environment.clock.now()).mapValues(\.until)))
      if context.classes.contains(.behavior) {
        for customer in sealed where !customer.erased.contains(.behavior) {
          try work.streamEvents(of: customer.entry.ordinal, environment.store, for: receipt) {
            try receiver.take($0)
          }
        }
      }
      try receiver.endEvents()
      return sealed.map(\.entry)
    }
    try logEntries(of: members.map(\.pseudonym)) { try receiver.take($0, $1) }
  }

  /// A customer's small records, as the transaction of the entry found them.
  private struct SealedSubject {
    let entry: DirectoryEntry
    let records: [DataClass: [SealedRecord]]
    let erased: Set<DataClass>
  }

  private func sealed(_ customer: DirectoryEntry, _ context: AccessContext) throws -> SealedSubject {
    var records: [DataClass: [SealedRecord]] = [:]
    let erased = context.subjects.erasedClasses(of: customer.ordinal)
    for dataClass in context.classes.subtracting(erased).sorted() {
      switch try environment.warden.slotState(of: dataClass, ordinal: customer.ordinal) {
      case .erased:
        throw VaultError(
          .integrity,
          "a key of this customer was overwritten, and no statement of a privacy officer orders it",
          hint: "crmvault verify tells more; keep a copy as evidence")
      case .live where dataClass != .behavior && dataClass != .score:
        records[dataClass] = try SealedRecord.all(dataClass, customer.ordinal, context.reader)
      default: break
      }
    }
    if records[.identity]?.isEmpty == true {
      throw VaultError(
        .integrity, "a customer's identity record is missing",
        hint: "crmvault verify tells more; keep a copy as evidence")
    }
    return SealedSubject(entry: customer, records: records, erased: erased)
  }

  private func member(
    _ customer: SealedSubject, _ context: AccessContext, _ work: RecordWork,
    for receipt: borrowing AccessReceipt
  ) throws -> SubjectMember {
    let identity = try work.fields(customer.records[.identity] ?? [], for: receipt)
    let profile = try work.fields(customer.records[.profile] ?? [], for: receipt)
    let consent = try work.consents(customer.records[.consent] ?? [], for: receipt)
    var changes = Self.changes(identity, .identity) + Self.changes(profile, .profile)
    for change in consent?.changes ?? [] {
      changes.append(
        CustomerChange(time: change.time, actor: nil, dataClass: .consent, fields: [change.purpose]))
    }
    let view = CustomerView(
      pseudonym: customer.entry.pseudonym, identity: try Self.shown(identity, context, .everything),
      profile: profile, behavior: nil, consent: consent)
    return SubjectMember(
      view: view, changes: changes.sorted { $0.time < $1.time }, erasedClasses: customer.erased.sorted())
  }

  private static func changes(_ record: borrowing FieldRecord?, _ dataClass: DataClass) -> [CustomerChange] {
    let history: [FieldChange] =
      switch record {
      case .some(let fields): fields.history
      case .none: []
      }
    return history.map {
      CustomerChange(time: $0.time, actor: nil, dataClass: dataClass, fields: $0.fields.map(\.text))
    }
  }
}

extension RecordWork {
  /// Visits a customer's events in chunk order, one chunk in memory at a time.
  ///
  /// - Throws: `.busy` where somebody else adds events meanwhile.
  func streamEvents(
    of ordinal: UInt64, _ store: any Store, for receipt: borrowing AccessReceipt,
    _ body: (SubjectEvent) throws -> Void
  ) throws {
    guard let first = try Self.chunk(0, of: ordinal, store) else { return }
    var versions: [UInt64] = []
    let plaintext = try open(first, for: receipt)
    try visit(plaintext, { try body(SubjectEvent($0, $1)) }) { reader in
      guard let manifest = reader.manifest else {
        throw VaultError(.integrity, "a customer's first chunk of behavior does not name the others")
      }
      versions = manifest.versions
    }
    for (index, version) in versions.enumerated() {
      let record = try Self.chunk(UInt32(index + 1), of: ordinal, store)
      guard let record, record.address.version == version else {
        guard try Self.chunk(0, of: ordinal, store)?.address.version == first.address.version else {
          throw VaultError(.busy, "the customer's events changed meanwhile", hint: "try again")
        }
        throw VaultError(.integrity, "a chunk of a customer's behavior is missing, or another version")
      }
      let plaintext = try open(record, for: receipt)
      try visit(plaintext, { try body(SubjectEvent($0, $1)) }) { _ in }
    }
  }

  private static func chunk(_ chunk: UInt32, of ordinal: UInt64, _ store: any Store) throws -> SealedRecord? {
    try store.read { reader in
      try reader.row(
        Schema.record,
        key: [
          .integer(Int64(DataClass.behavior.rawValue)), .integer(Int64(ordinal)), .integer(Int64(chunk)),
        ]
      ).map { try SealedRecord($0) }
    }
  }
}
