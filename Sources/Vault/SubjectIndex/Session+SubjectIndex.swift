internal import AuditLog

extension Session {
  /// How an entry is about a customer.
  public enum Involvement: String, Sendable {
    /// It names the customer.
    case direct
    /// The customer is in its set.
    case set
  }

  /// Every access to a customer, bulk runs included: the entries that name the customer, and those in whose set the
  /// customer is. An intent counts as an access unless a result says that the customer was left out.
  ///
  /// The reading is an entry of its own, about this customer too.
  public func logEntries(
    of id: Pseudonym, _ body: (LogEntry, Involvement) throws -> Void
  ) throws {
    try logEntries(of: [id], body)
  }

  /// The same of several ids of one customer: the first names the entry, the others were merged into it. An entry that
  /// is about more than one of them comes once.
  func logEntries(of ids: [Pseudonym], _ body: (LogEntry, Involvement) throws -> Void) throws {
    guard let id = ids.first else { return }
    let request = AccessRequest(.auditRead, subject: .customer(id))
    let (auditor, log) = try openLog("subject", [:], request)
    let rule = environment.warden.pseudonyms()
    var found: [UInt64: SubjectIndex.Access] = [:]
    for id in ids {
      guard let ordinal = try environment.store.read({ try Directory.ordinal(of: id, rule, $0) }) else {
        throw VaultError(.integrity, "the directory has changed meanwhile")
      }
      let index = try subjectIndex(of: id, ordinal: ordinal, log, auditor)
      for access in try index.accesses(log, auditor) {
        let isNamed = found[access.pointer.seq]?.involvement == .direct
        if !isNamed { found[access.pointer.seq] = access }
      }
    }
    let accesses = found.values.sorted { $0.pointer.seq < $1.pointer.seq }
    let opener = EntryOpener(auditor, threads: 1)
    try log.read(accesses.map(\.pointer)) { place, row, session in
      guard !row.isForgotten else { return }
      try body(try opener.entry(row, session), accesses[place].involvement)
    }
  }

  /// This machine's index, brought up to date with the log, for the questions about one customer.
  func subjectIndex(of id: Pseudonym, ordinal: UInt64, _ log: StoredLog, _ auditor: LogAuditor) throws
    -> SubjectIndex
  {
    let vault = try readPublic { _, opened in opened.governance.vaultID }
    return try SubjectIndex.upToDate(
      for: id, ordinal: ordinal, log, auditor, vault: vault, folder: environment.memoryFolder)
  }
}
