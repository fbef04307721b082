internal import AuditLog
internal import Sodium

extension LogVerification {
  /// What is left to check apart from the order of entries, on as many cores as there are.
  enum Work: Sendable {
    case signatures([PendingSignature])
    case parts([OpenableEntry], PartsVerification)
  }

  /// Verifies the log in a store from its first to its last entry, in short transactions.
  ///
  /// - Parameters:
  ///   - auditor: opens the sealed parts, or nil.
  ///   - progress: is told how many entries were read since.
  static func run(
    _ store: any Store, _ anchor: LogAnchor, auditor: LogAuditor?, workers: Int,
    progress: @escaping @Sendable (Int) -> Void
  ) async throws -> (report: VerificationReport, governance: Governance?, state: Digest32?) {
    var verification = LogVerification(anchor)
    var sets = SetVerification()
    var tail: LogTail?
    let names = try auditor == nil ? [:] : Self.names(store)
    try await withThrowingTaskGroup(of: PartsVerification.Findings.self) { group in
      var running = 0
      func collect() async throws {
        guard let findings = try await group.next() else { return }
        running -= 1
        verification.add(findings.problems)
        sets.add(findings)
      }
      var cursor = Int64.min
      var isAtEnd = false
      // One stretch is hashed and parsed while the next one is read from the store.
      var ahead: (stretch: LogStretch, reading: Task<[ReadEntry], Never>)?
      func take() async throws {
        guard let (stretch, reading) = ahead else { return }
        ahead = nil
        let entries = try verification.consume(stretch, await reading.value)
        progress(stretch.entries.count)
        var work: [Work] = verification.takePendingSignatures().divided(by: workers).map { .signatures($0) }
        if let auditor {
          let parts = PartsVerification(auditor: auditor, names: names)
          work += entries.divided(by: workers).map { .parts($0, parts) }
        }
        for piece in work {
          while running >= 2 * workers { try await collect() }
          running += 1
          group.addTask { piece.findings }
        }
      }
      while !isAtEnd {
        let stretch: LogStretch
        do {
          (stretch, tail) = try store.read { reader in
            let stretch = try LogStretch(reader, from: cursor, limit: StoredLog.step, withCheckpoints: true)
            return (stretch, stretch.isLast ? try LogTail(reader) : nil)
          }
        } catch {
          try verification.noteDamage(error)
          break
        }
        isAtEnd = stretch.isLast
        if let last = stretch.entries.last { cursor = last.seq + 1 }
        let reading = Task.detached { stretch.read() }
        try await take()
        ahead = (stretch, reading)
      }
      try await take()
      while running > 0 { try await collect() }
    }
    var report = verification.finish()
    report.restorations = verification.governance?.restorations ?? []
    if let governance = verification.governance {
      if let error = anchor.keptKeyProblem(governance), error.code == .unsigned || error.code == .wrongOrigin
      {
        report.report(nil, .checkpoint, error.reason)
      }
      do { try GoneEntries.check(governance.retired, store, &report) } catch {
        try report.note(error, .governance)
      }
      do { try CosignatureVerification(governance, anchor.policy).run(store, &report) } catch {
        try report.note(error, .cosignature)
      }
    }
    if let tail {
      verification.check(tail, &report)
      if let auditor { try sets.finish(store, auditor, tail, &report) }
    }
    report.sort()
    return (report, verification.governance, verification.state)
  }

  private mutating func noteDamage(_ error: any Error) throws {
    var found = VerificationReport()
    try found.note(error, .row)
    add(found.problems)
  }

  /// The rows beside entries and checkpoints must be those that the entries ask for and no others.
  private func check(_ tail: LogTail, _ report: inout VerificationReport) {
    let counts = [
      ("entry", tail.entries, entryCount), ("checkpoint", tail.checkpoints, checkpointCount),
      ("session", tail.sessions, sessions.count),
    ]
    for (table, stored, named) in counts where stored != named {
      report.report(nil, .row, "the table \(table) has rows that the log does not name, or lacks some")
    }
    if tail.statements != statements {
      report.report(nil, .governance, "the list of statements is not that of the entries which carry one")
    }
    if tail.sum == nil || tail.sum != state {
      report.report(nil, .rows, "the stored state commitment is not the one that the last entry names")
    }
  }

  /// The names of users by key id.
  private static func names(_ store: any Store) throws -> [KeyID: String] {
    try store.read { reader in
      var names: [KeyID: String] = [:]
      try reader.scan(Schema.person, prefix: [], range: nil, descending: false) { row in
        if case .blob(let id) = row.values[0], let keyID = KeyID(bytes: id),
          case .text(let name) = row.values[1]
        {
          names[keyID] = name
        }
        return true
      }
      return names
    }
  }
}

extension LogVerification.Work {
  fileprivate var findings: PartsVerification.Findings {
    switch self {
    case .signatures(let signatures):
      PartsVerification.Findings(problems: signatures.compactMap { $0.problem() })
    case .parts(let entries, let parts): parts.findings(in: entries)
    }
  }
}

extension Array {
  /// The elements in at most `parts` slices of about the same length, none of them empty.
  func divided(by parts: Int) -> [[Element]] {
    let parts = Swift.max(1, Swift.min(parts, count))
    return (0..<parts).map { Array(self[count * $0 / parts..<count * ($0 + 1) / parts]) }.filter {
      !$0.isEmpty
    }
  }
}
