public import AuditLog

/// Data that left the vault, as an entry of the log tells it: to whom, and in which release.
public struct ReleaseMention: Sendable, Hashable {
  /// Who received it.
  public let recipient: String
  /// The release's id; empty where the entry names none.
  public let release: String
  /// What was done.
  public let action: String
  /// When.
  public let time: LogTime
}

extension LogEntry {
  /// The release that the entry tells of; nil for every other entry, for a rehearsal and for one that was refused.
  public var releaseMention: ReleaseMention? {
    guard what.outcome == .allowed, let details = what.details?.object, details["dry_run"]?.bool != true,
      let recipient = details["recipient"]?.string
    else { return nil }
    return ReleaseMention(
      recipient: recipient, release: details["release"]?.string ?? "", action: what.action,
      time: envelope.time)
  }
}

/// The releases of several entries, each once, in the order in which they were first told of.
public struct ReleaseMentions: Sendable {
  /// The releases.
  public private(set) var all: [ReleaseMention] = []
  private var known: Set<String> = []

  /// None.
  public init() {}

  /// Takes in what an entry tells.
  public mutating func take(_ entry: LogEntry) {
    guard let mention = entry.releaseMention else { return }
    guard known.insert("\(mention.release) \(mention.recipient)").inserted else { return }
    all.append(mention)
  }
}
