internal import AuditLog
internal import Sodium

/// A reading of the log that goes on: it gives each entry once, in order, whenever there are new ones.
///
/// The reading is one entry of the log, when it begins, and a second one when it ends in good order. Each time the
/// right to read is looked up again.
public final class LogFollower {
  private let session: Session
  private let opener: EntryOpener
  private let first: UInt64
  private var tree: CompactRange
  private var count: UInt64 = 0

  init(_ session: Session, _ auditor: LogAuditor, from tree: CompactRange, first: UInt64) {
    self.session = session
    opener = EntryOpener(auditor)
    self.tree = tree
    self.first = first
  }

  /// The index of the next entry.
  public var next: UInt64 { tree.size }

  /// Gives what is new, at most 2,048 entries at a time, each time with the cursor behind them. What `body` throws
  /// leaves the cursor before them.
  ///
  /// - Throws: `.notPermitted` once the user may no longer read the log, `.integrity` where the log does not continue what
  ///   was given before.
  public func poll(_ body: ([LogEntry], LogCursor) throws -> Void) throws {
    let (log, vault) = try session.readPublic { reader, opened in
      guard self.session.mayReadLog(opened) else {
        throw VaultError(.notPermitted, "the right to read the log was taken away meanwhile")
      }
      return (
        StoredLog(store: self.session.environment.store, head: opened.log.head), opened.governance.vaultID
      )
    }
    guard log.head.size >= tree.size else {
      throw VaultError(.integrity, "the log is shorter than what was read of it before: it was rolled back")
    }
    try log.visitVerified(from: tree) { stretch, behind in
      let entries = try opener.entries(in: stretch)
      try body(entries, LogCursor(vault: vault, tree: behind))
      tree = behind
      count += UInt64(entries.count)
    }
  }

  /// Ends the reading with an entry that says how much was read.
  public func finish() throws {
    let count = count
    let first = first
    try session.endReading(of: first, count: count)
  }
}

/// How far a reading of the log has come: the tree over what was read.
public struct LogCursor: Sendable {
  let vault: VaultID
  let tree: CompactRange

  /// The index of the next entry.
  public var next: UInt64 { tree.size }
}

extension Session {
  /// Begins a reading that goes on.
  ///
  /// - Parameter cursor: where an earlier one stopped; nil to begin with the first entry.
  /// - Throws: `.usage` for a cursor of another vault.
  public func follow(from cursor: LogCursor?) throws -> LogFollower {
    let vault = try readPublic { _, opened in opened.governance.vaultID }
    guard cursor == nil || cursor?.vault == vault else {
      throw VaultError(.usage, "the cursor belongs to another vault", hint: "give --cursor another file")
    }
    let tree = cursor?.tree ?? CompactRange()
    var request = AccessRequest(.auditRead)
    request.details = ["command": "follow", "from": .integer(Int64(clamping: tree.size))]
    let (auditor, entry) = try decide(request) { context in
      (
        LogAuditor(
          vault: context.vaultID, pair: try context.keys.auditPair(context.reader),
          origins: context.opened.governance.origins), context.entry
      )
    }
    return LogFollower(self, auditor, from: tree, first: entry)
  }

  /// The entry that ends a reading.
  func endReading(of entry: UInt64, count: UInt64) throws {
    var request = AccessRequest(.auditRead)
    request.details = [
      "command": "follow", "state": "ended", "begun": .integer(Int64(clamping: entry)),
      "count": .integer(Int64(clamping: count)),
    ]
    try decide(request) { _ in }
  }
}
