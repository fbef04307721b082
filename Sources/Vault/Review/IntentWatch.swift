internal import AuditLog

/// Holds results of accesses against their intents.
struct IntentWatch {
  private let exceeds: (_ intent: LogEntry, _ result: LogEntry) throws -> Bool
  private var open: [UInt64: LogEntry] = [:]
  private var answered: Set<UInt64> = []

  /// - Parameter exceeds: whether a result's set has somebody whom its intent's has not.
  init(exceeds: @escaping (_ intent: LogEntry, _ result: LogEntry) throws -> Bool) { self.exceeds = exceeds }

  /// Takes in an entry; says what is wrong with it.
  mutating func notice(_ entry: LogEntry) throws -> String? {
    switch entry.what.phase {
    case nil: return nil
    case .intent:
      open[entry.envelope.seq] = entry
      return nil
    case .result: break
    }
    guard let ref = entry.what.ref else { return "a result that names no intent" }
    guard let intent = open[ref] else {
      if answered.contains(ref) { return "a second result for the intent \(ref)" }
      // A consent that forbids an access is told as its result, though the access had no phase.
      return entry.what.outcome == .denied ? nil : "a result whose intent \(ref) there is not"
    }
    guard intent.who.session == entry.who.session else {
      return "a result for the intent \(ref) of another session"
    }
    // Each customer whom a search finds and may not show is a result of its own.
    if entry.what.outcome != .denied {
      open[ref] = nil
      answered.insert(ref)
    }
    guard let result = entry.what.set, let allowed = intent.what.set else { return nil }
    let isWithin =
      try result.universe <= allowed.universe
      && (allowed.count == allowed.universe || result.root == allowed.root || !exceeds(intent, entry))
    return isWithin ? nil : "a result that reaches beyond its intent \(ref)"
  }

  /// The intents that were never answered.
  func unanswered(before time: LogTime, minutes: Int) -> [LogEntry] {
    guard minutes > 0 else { return [] }
    let patience = UInt64(minutes) * 60_000_000_000
    return open.values.filter { $0.envelope.time.nanoseconds &+ patience <= time.nanoseconds }
      .sorted { $0.envelope.seq < $1.envelope.seq }
  }
}
