internal import AuditLog
internal import Sodium

extension Session {
  /// What a reading of the log for flags gave.
  public struct FlagReading: Sendable {
    /// How many entries were read: what a review says it has seen.
    public let size: UInt64
    /// Every flag, the open ones first.
    public let flags: [LogFlag]
    /// The rules of the policy in force.
    public let rules: ReviewRules
  }

  /// Reads the whole log, an entry of its own, and notices what a reviewer should look at.
  public func flags() throws -> FlagReading {
    let (auditor, log) = try openLog("flags", [:])
    var detector = try FlagReader(self, log, auditor)
    try log.visitVerified { stretch, _ in try detector.consume(stretch) }
    return FlagReading(size: log.head.size, flags: try detector.finish(), rules: try policy().review)
  }

  /// Signs "seen up to this size, these flags closed" as an entry of the log.
  ///
  /// - Parameters:
  ///   - size: how much of the log was seen: what ``flags()`` gave. A closed flag is closed for entries below it.
  ///   - closing: ids of open flags.
  ///   - note: what was found and done.
  /// - Returns: the index of the review's entry.
  /// - Throws: `.notPermitted` for a flag about the reviewer's own entries, with an entry; `.notFound` for a flag that is
  ///   not open; `.usage` for a size that the log does not have.
  @discardableResult
  public func review(seen size: UInt64, closing: [String], note: String) throws -> UInt64 {
    let (auditor, log) = try openLog("review", ["size": .integer(Int64(clamping: size))])
    guard size <= log.head.size else {
      throw VaultError(
        .usage, "the log has \(log.head.size) entries: nobody has seen \(size)",
        hint: "crmvault audit flags says how many it read")
    }
    let root = try log.root(at: size)
    var detector = try FlagReader(self, log, auditor)
    try log.visitVerified { stretch, _ in try detector.consume(stretch) }
    let open = Dictionary(uniqueKeysWithValues: try detector.finish().filter(\.isOpen).map { ($0.id, $0) })
    let closed = Array(Set(closing)).sorted()
    for id in closed {
      guard let flag = open[id] else {
        throw VaultError(.notFound, "there is no open flag \(id)", hint: "crmvault audit flags shows them")
      }
      guard let first = flag.entries.first, first < size else {
        throw VaultError(
          .usage, "the flag \(id) is about entries that were not seen yet",
          hint: "read crmvault audit flags again")
      }
    }
    let own = closed.filter { id in open[id].map(isOwn) ?? false }
    let content = ReviewContent(size: size, root: root, closed: closed, note: note)
    let vault = try readPublic { _, opened in opened.governance.vaultID }
    let details = try content.signed(by: environment.identity, in: vault)
    return try writeReview(details, own: own)
  }

  /// Whether a flag is about the user himself.
  private func isOwn(_ flag: LogFlag) -> Bool {
    let identity = environment.identity
    return flag.key == identity.keyID.description || flag.actor == identity.identity.name
  }

  private func writeReview(_ details: JSONValue, own: [String]) throws -> UInt64 {
    var request = AccessRequest(.auditReview)
    request.details = details
    guard own.isEmpty else {
      let refusal = VaultError(
        .notPermitted,
        "nobody reviews himself: \(own.joined(separator: ", ")) \(own.count == 1 ? "is" : "are") about you",
        hint: "another auditor or privacy officer closes it")
      request.refusal = refusal
      _ = try decide(request) { _ in }
      throw refusal
    }
    return try decide(request) { $0.entry }
  }
}

/// Reads a log's entries for flags.
struct FlagReader {
  private let opener: EntryOpener
  private let governance: Governance
  private let names: [KeyID: String]
  private var detector: FlagDetector

  init(_ session: Session, _ log: StoredLog, _ auditor: LogAuditor) throws {
    let opener = EntryOpener(auditor)
    self.opener = opener
    let (policy, governance, names) = try session.readPublic { reader, opened in
      (
        opened.policy, opened.governance,
        Dictionary(
          uniqueKeysWithValues: try PeopleRows.all(reader, opened.governance).map {
            ($0.keyID, $0.identity.name)
          })
      )
    }
    self.governance = governance
    self.names = names
    detector = FlagDetector(
      policy, governance.vaultID, try LocalDays(zone: governance.genesis.settings.zone)
    ) { intent, result in
      try Self.exceeds(intent, result, log, opener)
    }
  }

  /// Takes in the next stretch; returns its entries.
  @discardableResult
  mutating func consume(_ stretch: LogStretch) throws -> [LogEntry] {
    let entries = try opener.entries(in: stretch)
    for entry in entries { try detector.consume(entry) }
    return entries
  }

  /// Every flag.
  mutating func finish() throws -> [LogFlag] { detector.finish(governance, names: names) }

  /// Whether a result's set has somebody whom its intent's has not.
  private static func exceeds(_ intent: LogEntry, _ result: LogEntry, _ log: StoredLog, _ opener: EntryOpener)
    throws -> Bool
  {
    guard let allowed = intent.what.set, let touched = result.what.set else { return false }
    return try log.store.read { reader in
      func set(_ reference: SetReference, _ entry: LogEntry) throws -> SubjectSet {
        let seq = entry.envelope.seq
        let row = try reader.row(Schema.entry, key: [.integer(Int64(seq))]).map { try EntryRow($0) }
        let session = try row.flatMap { try SessionRow.find($0.session, reader) }
        return try opener.set(reference, seq: seq, session, reader).set
      }
      return !(try set(touched, result).isSubset(of: try set(allowed, intent)))
    }
  }
}
