public import AuditLog
internal import Sodium

extension Session {
  /// Says what a breach reaches. It is a reading of the log, and an entry.
  ///
  /// The log is read once for the tree and once for the parts of the period's entries; customers are bits of a few
  /// bitmaps, so a million of them cost what their bits do.
  ///
  /// - Parameters:
  ///   - cause: whose or which key is in the wrong hands.
  ///   - since: from when on.
  ///   - until: up to when; nil for now.
  ///   - progress: is told how many entries were read since.
  /// - Throws: `.notFound` for a user whom the vault never had.
  public func breachReport(
    _ cause: BreachCause, since: LogTime, until: LogTime?, progress: (Int) -> Void = { _ in }
  ) throws -> BreachReport {
    var details: JSONObject = ["cause": .string(cause.description), "since": .string(since.description)]
    details["until"] = until.map { .string($0.description) }
    let (auditor, log) = try openLog("breach", details, AccessRequest(.breachReport))
    let (governance, people, ends) = try readPublic { reader, opened in
      (
        opened.governance, try PeopleRows.all(reader, opened.governance), try Self.enrolmentEnds(reader)
      )
    }
    if case .user(let name) = cause, !people.contains(where: { $0.identity.name == name }) {
      throw VaultError(
        .notFound, "the vault never had a user of this name", hint: "crmvault user list shows them")
    }
    let names = Dictionary(people.map { ($0.keyID, $0.identity.name) }) { first, _ in first }
    let settings = governance.genesis.settings
    var walk = BreachWalk(
      cause: cause, query: Self.query(since, until), ends: ends,
      reading: try BreachReading(
        universe: try environment.store.read { try Directory.universe($0) },
        rule: environment.warden.pseudonyms()),
      statistics: LogStatistics(zone: try LocalDays(zone: settings.zone)))
    try walk.run(log, auditor, progress: progress)
    let holdings = walk.history.holdings(since: since, until: until, names: names) { user, role in
      switch cause {
      case .user(let name): names[user] == name
      case .role(let wanted): role == wanted
      case .key(_, let dataClass): dataClass.map { role.classes.contains($0) } ?? !role.classes.isEmpty
      }
    }
    let reach = try reach(of: cause, holdings, universe: walk.universe)
    return report(walk, cause, since, until, governance, log, holdings, reach)
  }

  /// Visits the customers of whom anything was read, in the order in which they came, with the classes.
  public func visitCustomers(
    of report: BreachReport, limit: Int? = nil, _ body: (Pseudonym, [DataClass]) throws -> Void
  ) throws {
    let rule = environment.warden.pseudonyms()
    let classes = report.read.sorted { $0.key < $1.key }
    var left = limit ?? .max
    for ordinal in report.touched where left > 0 {
      left -= 1
      try body(rule.pseudonym(of: ordinal), classes.filter { $0.value.contains(ordinal) }.map(\.key))
    }
  }

  // MARK: - Parts

  private static func query(_ since: LogTime, _ until: LogTime?) -> LogQuery {
    var query = LogQuery()
    query.since = since
    query.until = until
    return query
  }

  /// The universe after each batch of new customers, by the batch's entry.
  private static func enrolmentEnds(_ reader: any StoreReader) throws -> [UInt64: UInt64] {
    var ends: [UInt64: UInt64] = [:]
    try reader.scan(Schema.enrolment, prefix: [], range: nil, descending: false) { row in
      let batch = try EnrolmentRow(row)
      ends[batch.seq] = batch.first + batch.count
      return true
    }
    return ends
  }

  /// What the keys open: by the file of customer keys, which says whose key there is.
  private func reach(
    of cause: BreachCause, _ holdings: [BreachReport.Holding], universe: UInt64
  ) throws -> [BreachReport.Reach] {
    var classes = Set(holdings.flatMap(\.role.classes))
    if case .key(let epoch, let dataClass) = cause {
      classes = dataClass.map { [$0] } ?? Set(DataClass.allCases)
      return try classes.sorted().map { try reach(of: $0, epoch: epoch, universe: universe) }
    }
    return try classes.sorted().map { dataClass in
      var (live, erased): (UInt64, UInt64) = (0, 0)
      for first in stride(from: 0, to: universe, by: CustomerKeys.capacity) {
        let range = first..<min(first + UInt64(CustomerKeys.capacity), universe)
        for state in try environment.warden.slotStates(of: dataClass, in: range) {
          switch state {
          case .live: live += 1
          case .erased: erased += 1
          case .unwritten: break
          }
        }
      }
      return BreachReport.Reach(dataClass: dataClass, customers: live, erased: erased)
    }
  }

  /// Customers with a record that is sealed under the class key of an epoch.
  private func reach(of dataClass: DataClass, epoch: UInt32, universe: UInt64) throws -> BreachReport.Reach {
    var found: UInt64 = 0
    for first in stride(from: 0, to: universe, by: 32_768) {
      let range = Int64(first)..<Int64(min(first + 32_768, universe))
      var last: Int64 = -1
      try environment.store.read { reader in
        try unsafe reader.scanRecords(class: dataClass.rawValue, ordinals: range) { ordinal, _, _, sealed in
          guard ordinal != last, sealed.count > 6 else { return }
          let own = unsafe UInt32(bigEndian: sealed.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
          guard own == epoch else { return }
          last = ordinal
          found += 1
        }
      }
    }
    return BreachReport.Reach(dataClass: dataClass, customers: found, erased: 0)
  }

  private func report(
    _ walk: BreachWalk, _ cause: BreachCause, _ since: LogTime, _ until: LogTime?, _ governance: Governance,
    _ log: StoredLog, _ holdings: [BreachReport.Holding], _ reach: [BreachReport.Reach]
  ) -> BreachReport {
    let reading = walk.reading
    return BreachReport(
      vaultID: governance.vaultID, settings: governance.genesis.settings, cause: cause, since: since,
      until: until, made: environment.clock.now(), size: log.head.size, universe: walk.universe,
      statistics: walk.statistics,
      origins: reading.origins.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, unknown: walk.unknown,
      prunedBelow: governance.retired.prunedBelow,
      first: reading.first, last: reading.last,
      classes: reading.classes.sorted { $0.key < $1.key }.map {
        BreachReport.Reading(name: $0.key.name, customers: $0.value.count)
      },
      fields: reading.fields.sorted { $0.key < $1.key }.map {
        BreachReport.Reading(name: $0.key, customers: $0.value.count)
      },
      customers: reading.touched.count, reach: reach,
      releases: reading.releases.all, holdings: holdings, read: reading.classes,
      touched: reading.touched)
  }
}

/// One walk through the log for a breach.
struct BreachWalk {
  let cause: BreachCause
  let query: LogQuery
  /// The universe after each batch of new customers, by the batch's entry.
  let ends: [UInt64: UInt64]
  private(set) var reading: BreachReading
  private(set) var statistics: LogStatistics
  private(set) var history = RoleHistory()
  /// How many customers there were at the end of the period.
  private(set) var universe: UInt64 = 0
  /// Entries of which a part was erased.
  private(set) var unknown = 0

  init(
    cause: BreachCause, query: LogQuery, ends: [UInt64: UInt64], reading: BreachReading,
    statistics: LogStatistics
  ) {
    self.cause = cause
    self.query = query
    self.ends = ends
    self.reading = reading
    self.statistics = statistics
  }

  mutating func run(_ log: StoredLog, _ auditor: LogAuditor, progress: (Int) -> Void) throws {
    let opener = EntryOpener(auditor)
    func set(_ reference: SetReference, _ seq: UInt64) throws -> SubjectSet {
      try log.store.read { reader in
        guard let row = try reader.row(Schema.entry, key: [.integer(Int64(seq))]) else {
          throw StoredLog.gap(seq)
        }
        let session = try SessionRow.find(try EntryRow(row).session, reader)
        return try opener.set(reference, seq: seq, session, reader).set
      }
    }
    try log.visitVerified { stretch, _ in
      try readPublicHalves(of: stretch)
      for entry in try opener.entries(in: stretch, query) {
        if entry.lacks(.who) || entry.lacks(.what) {
          unknown += 1
          continue
        }
        guard
          cause.concerns(
            actor: entry.who.actor, role: entry.who.role, classes: entry.what.object.classes)
        else { continue }
        statistics.add(entry)
        try reading.take(entry, set)
      }
      progress(stretch.entries.count)
    }
    try reading.finish(set)
  }

  /// Statements, and batches of new customers.
  private mutating func readPublicHalves(of stretch: LogStretch) throws {
    for row in stretch.entries {
      let end = ends[UInt64(clamping: row.seq)]
      guard end != nil || row.kind == Envelope.Kind.governance.code else { continue }
      let envelope = try Session.envelope(row)
      if let json = envelope.statement { history.take(try Statement(json)) }
      if let end, envelope.time <= query.until ?? envelope.time { universe = max(universe, end) }
    }
  }
}
