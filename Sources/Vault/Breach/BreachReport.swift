public import AuditLog

/// What a breach reaches: what the log says was read, and what could have been read with the keys that were held.
public struct BreachReport: Sendable {
  /// How many customers, of whom a class or field was read.
  public struct Reading: Sendable {
    /// The class or field.
    public let name: String
    /// How many customers.
    public let customers: UInt64
  }

  /// What the keys open of one class.
  public struct Reach: Sendable {
    /// The class.
    public let dataClass: DataClass
    /// Customers whose data of the class the keys open.
    public let customers: UInt64
    /// Customers whose data of the class was erased by now: whether before or after is not known here.
    public let erased: UInt64
  }

  /// A role that somebody held within the period.
  public struct Holding: Sendable {
    /// The user's name, or the key id of one whom the store no longer names.
    public let user: String
    /// The role.
    public let role: Role
    /// From when on.
    public let from: LogTime
    /// Until when; nil: to this day.
    public let until: LogTime?
  }

  /// The vault's id and settings.
  public let vaultID: VaultID
  /// The vault's settings.
  public let settings: VaultSettings
  /// What happened.
  public let cause: BreachCause
  /// The period.
  public let since: LogTime
  /// The period's end; nil: when the report was made.
  public let until: LogTime?
  /// When it was made.
  public let made: LogTime
  /// How large the log was then.
  public let size: UInt64
  /// How many customers the vault had at the end of the period.
  public let universe: UInt64
  /// What the accesses in question add up to.
  public let statistics: LogStatistics
  /// Hosts that they came from, with their number.
  public let origins: [(name: String, entries: Int)]
  /// Entries of the period of which it is no longer known who acted, or what was done.
  public let unknown: Int
  /// Entries below this are gone under the log's retention policy: what they told is not in the report.
  public let prunedBelow: UInt64
  /// The first and the last of the accesses.
  public let first, last: LogTime?
  /// What was read, by class.
  public let classes: [Reading]
  /// What was revealed, by field.
  public let fields: [Reading]
  /// How many customers anything was read of.
  public let customers: UInt64
  /// What could have been read.
  public let reach: [Reach]
  /// Releases that were made: whoever has them has what is in them.
  public let releases: [ReleaseMention]
  /// Who held which role in the period.
  public let holdings: [Holding]

  let read: [DataClass: SubjectSet]
  let touched: SubjectSet
}
