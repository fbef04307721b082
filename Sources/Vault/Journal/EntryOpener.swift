internal import AuditLog

/// Opens the parts of a log's entries on as many threads as there are processors, and gives them back in order.
///
/// It keeps the sessions that each thread has opened last, so use one for a whole walk.
final class EntryOpener {
  /// What one thread works with.
  private final class Worker {
    var auditor: LogAuditor
    var opened: [LogEntry] = []
    var failure: VaultError?

    init(_ auditor: LogAuditor) { self.auditor = auditor }
  }

  private let workers: [Worker]

  /// An opener that uses so many threads.
  init(_ auditor: LogAuditor, threads: Int = WorkerThreads.processors) {
    workers = (0..<max(threads, 1)).map { _ in Worker(auditor) }
  }

  /// The entries of a stretch that a query asks for, opened and held against their envelopes.
  ///
  /// - Throws: `.integrity` for the first entry that does not open.
  func entries(in stretch: LogStretch, _ query: LogQuery = LogQuery()) throws(VaultError) -> [LogEntry] {
    let rows = stretch.entries
    let shares = workers.count
    let next = rows.count < 64 ? 1 : shares
    WorkerThreads.run(next) { index in
      let worker = workers[index]
      worker.opened.removeAll(keepingCapacity: true)
      worker.failure = nil
      for row in rows[rows.count * index / next..<rows.count * (index + 1) / next] {
        do throws(VaultError) {
          let envelope = try Session.envelope(row)
          guard query.matches(envelope.time) else { continue }
          let entry = try worker.auditor.open(row, envelope, stretch.sessions[row.session])
          if query.matches(entry) { worker.opened.append(entry) }
        } catch {
          worker.failure = error
          return
        }
      }
    }
    var entries: [LogEntry] = []
    for worker in workers[..<next] {
      entries += worker.opened
      worker.opened.removeAll(keepingCapacity: true)
      if let failure = worker.failure { throw failure }
    }
    return entries
  }

  /// Opens one entry on this thread.
  func entry(_ row: EntryRow, _ session: SessionRow?) throws(VaultError) -> LogEntry {
    try workers[0].auditor.open(row, try Session.envelope(row), session)
  }

  /// Opens and checks the set beside an entry.
  func set(_ reference: SetReference, seq: UInt64, _ session: SessionRow?, _ reader: any StoreReader) throws
    -> CommittedSet
  {
    try workers[0].auditor.set(reference, seq: seq, session, reader)
  }
}
