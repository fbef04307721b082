/// What a run of the retention policy took away, or would take.
public struct RetentionCounts: Sendable, Hashable {
  /// Events that were too old.
  public var events = 0
  /// Consents that ended, by purpose.
  public var endedConsents: [String: Int] = [:]
  /// Superseded statements about consent.
  public var statements = 0
  /// Customers of whom anything of this was taken away.
  public var customers = 0

  /// Nothing.
  public init() {}

  mutating func add(_ other: RetentionCounts) {
    events += other.events
    statements += other.statements
    customers += other.customers
    for (purpose, count) in other.endedConsents { endedConsents[purpose, default: 0] += count }
  }

  /// Whether there is nothing.
  var isEmpty: Bool { events == 0 && statements == 0 && endedConsents.isEmpty }
}

/// How a run of the retention policy ended.
public struct RetentionOutcome: Sendable {
  /// The policy's rules.
  public let rules: RetentionRules
  /// What was taken away, or would be.
  public let counts: RetentionCounts
  /// How many customers were looked at.
  public let checked: UInt64
  /// How many customers have not been heard of for longer than a class is kept, by class.
  public let inactive: [DataClass: Int]
  /// The purpose of the run.
  public let purpose: String?
  /// The indexes of intent and result.
  public let entries: (intent: UInt64, result: UInt64)
}

/// A customer of whom nothing was heard for longer than classes are kept.
public struct InactiveCustomer: Sendable {
  /// The customer.
  public let pseudonym: Pseudonym
  /// The classes whose time is over.
  public let classes: [DataClass]
  /// The last sign of the customer: seconds since 1970.
  public let last: Int64
}
