internal import AuditLog
internal import Sodium

/// Which entries of the log are about which customer, so that "who accessed this customer?" does not read the whole
/// log each time.
///
/// It lies outside the vault, on the machine of whoever reads the log, sealed under a key that comes from the audit
/// key (``SubjectIndexFile``), and is brought up to date as it is used. It is a memory, not a witness: its tree must
/// lead to the log's verified head, each entry that it names is read again from the log and held against the hash
/// that the verified tree had, and what of it does not open is made anew. Nobody without the audit key can take
/// something out of it; so an answer from it is as complete as a walk through the log.
struct SubjectIndex {
  /// An entry that is about a customer.
  struct Access: Sendable {
    let pointer: LogPointer
    let involvement: Session.Involvement
  }

  private let customer: Pseudonym
  private let ordinal: UInt64
  private var direct: [LogPointer] = []
  private var sets: [SetRow] = []
  /// Whether a part of the file had to be made anew.
  private(set) var wasRepaired = false

  private init(_ customer: Pseudonym, _ ordinal: UInt64) {
    self.customer = customer
    self.ordinal = ordinal
  }

  /// The accesses to a customer, oldest first, from the index in a folder, which is brought up to date with the log.
  ///
  /// - Parameter folder: where this machine keeps what it remembers; nil to walk the whole log.
  /// - Throws: `.integrity` where the log does not continue the one that the index was made from, `.busy` while another process
  ///   brings the index up to date.
  static func accesses(
    to customer: Pseudonym, ordinal: UInt64, _ log: StoredLog, _ auditor: LogAuditor, vault: VaultID,
    folder: String?
  ) throws -> [Access] {
    var index = SubjectIndex(customer, ordinal)
    guard let folder else {
      try index.walk(SubjectIndexSegment(after: CompactRange()), log, auditor) { _ in }
      return try index.accesses(log, auditor)
    }
    do {
      try PositionedFile.makeFolder(folder)
      let file = try PositionedFile.openOrCreate(path: path(in: folder, vault))
      try file.withLock(exclusive: true, { $0 as any Error }) { () throws(any Error) in
        var stored = SubjectIndexFile(file, vault: vault, key: auditor.subjectIndexKey())
        try index.update(&stored, log, auditor)
      }
    } catch let failure as SystemFailure { throw Self.translate(failure) }
    return try index.accesses(log, auditor)
  }

  /// Where the index of a vault lies.
  static func path(in folder: String, _ vault: VaultID) -> String { "\(folder)/\(vault).subjects" }

  // MARK: - Up to date

  private mutating func update(_ stored: inout SubjectIndexFile, _ log: StoredLog, _ auditor: LogAuditor)
    throws
  {
    var last: SubjectIndexSegment?
    wasRepaired = try !stored.load { segment in
      if let last { take(last) }
      last = segment
    }
    var replaces = false
    var current = SubjectIndexSegment(after: last?.tree ?? CompactRange())
    if let last {
      if last.isFull {
        take(last)
      } else {
        current = last
        replaces = true
      }
    }
    try Self.check(current.tree, log)
    try walk(current, log, auditor) { segment in
      try stored.write(segment, replacingLast: replaces)
      replaces = false
    }
  }

  /// The log must continue the one that the index was made from.
  private static func check(_ tree: CompactRange, _ log: StoredLog) throws {
    do {
      guard tree.size <= log.head.size else { throw VaultError(.integrity, "the log is shorter") }
      try log.visitStretches(from: tree) { _, _ in }
    } catch let error as VaultError where error.code == .integrity && tree.size > 0 {
      throw VaultError(
        .integrity, "the log does not continue the one that this machine's index of accesses was made from",
        hint:
          "the log was rolled back, forked or rewritten: keep this copy as evidence; after a restore that was ordered, "
          + "remove the .subjects file from the state folder")
    }
  }

  /// Reads the log from a segment's end on; full segments, and the last one, go to `write`.
  private mutating func walk(
    _ start: SubjectIndexSegment, _ log: StoredLog, _ auditor: LogAuditor,
    write: (SubjectIndexSegment) throws -> Void
  ) throws {
    var segment = start
    let opener = EntryOpener(auditor)
    try log.visitVerified(from: start.tree) { stretch, tree in
      if segment.isFull {
        try write(segment)
        take(segment)
        segment = SubjectIndexSegment(after: segment.tree)
      }
      for entry in try opener.entries(in: stretch) {
        for row in DirectRow.rows(entry) { segment.append(row) }
        if let set = entry.what.set {
          segment.append(try Self.row(of: entry, set, stretch, opener, log))
        }
      }
      segment.extend(to: tree)
    }
    try write(segment)
    take(segment)
  }

  /// The row of an entry with a set, once the set was held against its root.
  private static func row(
    of entry: LogEntry, _ set: SetReference, _ stretch: LogStretch, _ opener: EntryOpener, _ log: StoredLog
  ) throws -> SetRow {
    let seq = entry.envelope.seq
    guard let stored = stretch.entries.first(where: { UInt64(clamping: $0.seq) == seq }) else {
      throw StoredLog.gap(seq)
    }
    return try log.store.read { reader in
      _ = try opener.set(set, seq: seq, stretch.sessions[stored.session], reader)
      guard let row = try reader.row(Schema.subjectSet, key: [.blob(set.root.bytes)]),
        case .blob(let sealed)? = row.values.last
      else { throw VaultError(.integrity, "entry \(seq): its set of customers is missing") }
      return SetRow(entry, set, session: stored.session, sealed: SetRow.hash(sealed))
    }
  }

  private mutating func take(_ segment: SubjectIndexSegment) {
    direct += segment.pointers(to: customer)
    sets += segment.sets
  }

  // MARK: - The answer

  /// An intent counts unless a result of the same session says that the customer was left out.
  private func accesses(_ log: StoredLog, _ auditor: LogAuditor) throws -> [Access] {
    var auditor = auditor
    var inside: [SetRow] = []
    var spared: Set<UInt64> = []
    let intents = Dictionary(sets.filter(\.isIntent).map { ($0.pointer.seq, $0.session) }) { first, _ in first
    }
    for start in stride(from: 0, to: sets.count, by: 64) {
      try log.store.read { reader in
        for row in sets[start..<min(start + 64, sets.count)] {
          if try contains(row, &auditor, reader) {
            inside.append(row)
          } else if row.isResult, let ref = row.ref, intents[ref] == row.session {
            spared.insert(ref)
          }
        }
      }
    }
    let bulk = inside.filter { !($0.isIntent && spared.contains($0.pointer.seq)) }
    return
      (direct.map { Access(pointer: $0, involvement: .direct) }
      + bulk.map { Access(pointer: $0.pointer, involvement: .set) })
      .sorted { $0.pointer.seq < $1.pointer.seq }
  }

  private func contains(_ row: SetRow, _ auditor: inout LogAuditor, _ reader: any StoreReader) throws -> Bool
  {
    guard ordinal < row.universe else { return false }
    if row.isEverybody { return true }
    let seq = row.pointer.seq
    guard let stored = try reader.row(Schema.subjectSet, key: [.blob(row.root)]),
      case .blob(let sealed)? = stored.values.last, SetRow.hash(sealed) == row.sealed,
      let session = try SessionRow.find(Int64(bitPattern: row.session), reader)
    else { throw VaultError(.integrity, "entry \(seq): its set of customers is missing, or another one") }
    let bytes = try auditor.session(session).open(sealed, .set, seq: seq)
    do throws(LogError) { return try SubjectSet.contains(ordinal, inPacked: bytes.dropLast(32)) } catch {
      throw VaultError(.integrity, "entry \(seq): its set of customers is malformed")
    }
  }

  private static func translate(_ failure: SystemFailure) -> VaultError {
    let code: VaultError.Code =
      switch failure.kind {
      case .full: .full
      case .busy: .busy
      case .denied, .notAFile, .exists: .configuration
      case .missing, .other: .io
      }
    return VaultError(code, "this machine's index of accesses: \(failure)")
  }
}
