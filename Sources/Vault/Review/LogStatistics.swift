internal import AuditLog

/// What the entries of a period add up to.
public struct LogStatistics: Sendable {
  /// How many entries, and how many of them were refused or failed.
  public struct Tally: Sendable, Hashable {
    /// Every entry.
    public internal(set) var entries = 0
    /// Refusals.
    public internal(set) var denied = 0
    /// Failures.
    public internal(set) var failed = 0
    /// Entries that name one customer.
    public internal(set) var looks = 0
    /// Entries that name a set of customers.
    public internal(set) var bulk = 0

    /// Nothing counted yet.
    public init() {}

    /// Adds what another one counts.
    public mutating func add(_ other: Tally) {
      entries += other.entries
      denied += other.denied
      failed += other.failed
      looks += other.looks
      bulk += other.bulk
    }
  }

  /// All of them.
  public private(set) var all = Tally()
  /// By user.
  public private(set) var actors: [String: Tally] = [:]
  /// By role.
  public private(set) var roles: [String: Tally] = [:]
  /// By action.
  public private(set) var actions: [String: Tally] = [:]
  /// By purpose; entries without one are left out.
  public private(set) var purposes: [String: Tally] = [:]
  /// By data class; an entry counts for each of its classes.
  public private(set) var classes: [String: Tally] = [:]
  /// By kind.
  public private(set) var kinds: [String: Tally] = [:]
  /// By local day since 1970.
  public private(set) var days: [Int32: Tally] = [:]
  /// By hour of the week: seven days from Monday on, 24 hours each.
  public private(set) var hours = [Int](repeating: 0, count: 7 * 24)
  /// Entries whose time lies outside the period, though they were written within it.
  public internal(set) var outOfTime = 0

  private let zone: LocalDays

  init(zone: LocalDays) { self.zone = zone }

  mutating func add(_ entry: LogEntry) {
    let local = zone.local(Int64(entry.envelope.time.nanoseconds / 1_000_000_000))
    let (what, who) = (entry.what, entry.who)
    Self.count(entry, in: &all)
    Self.count(entry, in: &actors[who.actor, default: Tally()])
    Self.count(entry, in: &roles[who.role, default: Tally()])
    Self.count(entry, in: &actions[what.action, default: Tally()])
    Self.count(entry, in: &kinds[entry.envelope.kind.rawValue, default: Tally()])
    Self.count(entry, in: &days[local.day, default: Tally()])
    if let purpose = what.purpose { Self.count(entry, in: &purposes[purpose, default: Tally()]) }
    for name in Set(what.object.classes) { Self.count(entry, in: &classes[name, default: Tally()]) }
    // 1970-01-01 was a Thursday.
    let weekday = ((Int(local.day) + 3) % 7 + 7) % 7
    hours[weekday * 24 + min(max(local.minute / 60, 0), 23)] += 1
  }

  private static func count(_ entry: LogEntry, in tally: inout Tally) {
    tally.entries += 1
    switch entry.what.outcome {
    case .allowed: break
    case .denied: tally.denied += 1
    case .error: tally.failed += 1
    }
    if entry.what.subject != nil { tally.looks += 1 }
    if entry.what.set != nil { tally.bulk += 1 }
  }
}
