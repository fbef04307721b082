internal import AuditLog
internal import Sodium

/// Reads every row of a vault as a thief would: without any key.
struct LeakageSurvey {
  private static let step: Int64 = 32_768

  let store: any Store
  let warden: any Warden
  private(set) var report = LeakageReport()

  init(store: any Store, warden: any Warden) {
    self.store = store
    self.warden = warden
  }

  mutating func run(progress: (Int) -> Void) throws {
    let universe = try store.read { try Directory.universe($0) }
    try readDirectory(universe, progress)
    for dataClass in DataClass.allCases { try readRecords(dataClass, universe, progress) }
    try readIndex(progress)
    try readLog(progress)
    let special = [Schema.directory, Schema.record, Schema.blindIndex, Schema.entry, Schema.checkpoint]
    for table in Schema.tables where !special.contains(table) { try readWhole(table, progress) }
    report.customers.batches = report.places.first { $0.name == Schema.enrolment.name }?.rows ?? 0
    try readSlots(universe)
    report.places.sort { $0.name < $1.name }
  }

  private func place(_ table: Table, _ dataClass: DataClass? = nil) -> LeakageReport.Place {
    let sealed = table.sealedColumns
    return LeakageReport.Place(
      name: dataClass.map { "\(table.name)/\($0.name)" } ?? table.name,
      clear: table.columns.map(\.name).filter { !sealed.contains($0) }, tells: table.tells)
  }

  /// Ranges of ordinals, each short enough for one transaction.
  private static func stretches(_ universe: UInt64) -> [Range<Int64>] {
    stride(from: 0, to: Int64(universe), by: Int(step)).map { $0..<min($0 + step, Int64(universe)) }
  }

  private mutating func readDirectory(_ universe: UInt64, _ progress: (Int) -> Void) throws {
    var place = place(Schema.directory)
    var customers = LeakageReport.Customers()
    for range in Self.stretches(universe) {
      try store.read { reader in
        try reader.scan(Schema.directory, prefix: [], range: range, descending: false) { row in
          place.rows += 1
          customers.all += 1
          switch try Directory.entry(row).state {
          case .live: break
          case .merged: customers.merged += 1
          case .erased: customers.erased += 1
          }
          return true
        }
      }
      progress(range.count)
    }
    report.customers = customers
    report.places.append(place)
  }

  private mutating func readRecords(
    _ dataClass: DataClass, _ universe: UInt64, _ progress: (Int) -> Void
  ) throws {
    var place = place(Schema.record, dataClass)
    var customers = 0
    for range in Self.stretches(universe) {
      var last: Int64 = -1
      try store.read { reader in
        try unsafe reader.scanRecords(class: dataClass.rawValue, ordinals: range) {
          ordinal, _, version, sealed in
          place.rows += 1
          place.sizes.add(sealed.count)
          place.changes += version
          if ordinal != last { customers += 1 }
          last = ordinal
        }
      }
      progress(range.count)
    }
    place.customers = customers
    if place.rows > 0 || dataClass != .score { report.places.append(place) }
  }

  private mutating func readIndex(_ progress: (Int) -> Void) throws {
    var place = place(Schema.blindIndex)
    var index = LeakageReport.Index()
    var last: Value?
    var isShared = false
    var customers = try SubjectSet(universe: try store.read { try Directory.universe($0) })
    try store.read { reader in
      try reader.scan(Schema.blindIndex, prefix: [], range: nil, descending: false) { row in
        place.rows += 1
        if row.values[0] == last {
          if !isShared { index.shared += 1 }
          isShared = true
        } else {
          index.digests += 1
          isShared = false
          last = row.values[0]
        }
        if case .integer(let ordinal) = row.values[1], ordinal >= 0, UInt64(ordinal) < customers.universe {
          try customers.insert(UInt64(ordinal))
        }
        return true
      }
    }
    progress(place.rows)
    index.entries = place.rows
    index.customers = Int(customers.count)
    report.index = index
    report.places.append(place)
  }

  private mutating func readLog(_ progress: (Int) -> Void) throws {
    var (entries, checkpoints) = (place(Schema.entry), place(Schema.checkpoint))
    var log = LeakageReport.Log()
    var sessions: [Int64: Int] = [:]
    var cursor: Int64 = 0
    while true {
      let stretch = try store.read {
        try LogStretch($0, from: cursor, limit: StoredLog.step, withCheckpoints: true)
      }
      for row in stretch.entries {
        entries.rows += 1
        for part in [row.what, row.who] { if let part { entries.sizes.add(part.count) } }
        guard row.prunedLeaf == nil else { continue }
        sessions[row.session, default: 0] += 1
        let envelope = try Session.envelope(row)
        log.kinds[envelope.kind.rawValue, default: 0] += 1
        log.first = log.first ?? envelope.time
        log.last = envelope.time
      }
      for checkpoint in stretch.checkpoints {
        checkpoints.rows += 1
        let note = try SignedNote(parsing: checkpoint.note)
        let origin = try Checkpoint(parsing: note.text).origin
        let signer = note.signatures.lazy.compactMap { UserKeyName.keyID(in: $0.name, origin: origin) }.first
        if let signer { log.commits[signer, default: 0] += 1 }
      }
      progress(stretch.entries.count)
      guard let end = stretch.entries.last, !stretch.isLast else { break }
      cursor = end.seq + 1
    }
    log.sessions = sessions.count
    log.largestSession = sessions.values.max() ?? 0
    report.log = log
    report.places += [entries, checkpoints]
  }

  private mutating func readWhole(_ table: Table, _ progress: (Int) -> Void) throws {
    var place = place(table)
    let sealed = table.columns.indices.filter { table.sealedColumns.contains(table.columns[$0].name) }
    let version = table.columns.firstIndex { $0.name == "version" }
    try store.read { reader in
      try reader.scan(table, prefix: [], range: nil, descending: false) { row in
        place.rows += 1
        for index in sealed { if case .blob(let bytes) = row.values[index] { place.sizes.add(bytes.count) } }
        if let version, case .integer(let number) = row.values[version] { place.changes += number }
        return true
      }
    }
    progress(place.rows)
    report.places.append(place)
  }

  private mutating func readSlots(_ universe: UInt64) throws {
    for dataClass in DataClass.allCases {
      var slots = LeakageReport.Slots(dataClass: dataClass)
      for first in stride(from: 0, to: universe, by: CustomerKeys.capacity) {
        let range = first..<min(first + UInt64(CustomerKeys.capacity), universe)
        for state in try warden.slotStates(of: dataClass, in: range) {
          switch state {
          case .live: slots.live += 1
          case .erased: slots.erased += 1
          case .unwritten: break
          }
        }
      }
      report.slots.append(slots)
    }
  }
}

extension Session {
  /// Surveys what the vault's files tell without any key. It is an entry.
  ///
  /// - Parameter progress: is told how many rows were read since.
  public func leakageReport(progress: (Int) -> Void = { _ in }) throws -> LeakageReport {
    _ = try decide(AccessRequest(.leakageReport)) { _ in }
    var survey = LeakageSurvey(store: environment.store, warden: environment.warden)
    try survey.run(progress: progress)
    return survey.report
  }
}
