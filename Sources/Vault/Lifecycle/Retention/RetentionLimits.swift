/// The moments before which data goes, from the policy's rules and the time of a run: seconds since 1970.
struct RetentionLimits: Sendable {
  /// The source of the withdrawals that end a consent: no sign of the customer.
  static let source = "retention"

  /// Events from before this go.
  let events: Int64?
  /// Superseded statements about consent from before this go.
  let statements: Int64?
  /// A consent for the purpose that was given before this ends.
  let consents: [String: Int64]
  /// A customer of whom nothing was heard since this loses the class.
  let activity: [DataClass: Int64]

  init(_ rules: RetentionRules, now: Int64) {
    func limit(_ dataClass: DataClass) -> Int64? {
      rules.classDays[dataClass].map { RetentionRules.limit(days: $0, now: now) }
    }
    events = limit(.behavior)
    statements = limit(.consent)
    consents = rules.consentDays.mapValues { RetentionRules.limit(days: $0, now: now) }
    var activity: [DataClass: Int64] = [:]
    for dataClass in [DataClass.identity, .profile] { activity[dataClass] = limit(dataClass) }
    self.activity = activity
  }

  /// The classes that a run must open.
  var classes: Set<DataClass> {
    if !activity.isEmpty { return [.identity, .profile, .behavior, .consent] }
    var classes: Set<DataClass> = []
    if events != nil { classes.insert(.behavior) }
    if statements != nil || !consents.isEmpty { classes.insert(.consent) }
    return classes
  }

  /// Whether an event is too old. Factors that another system computed have no time, and stay.
  func isOver(_ event: BehaviorEvent) -> Bool {
    if case .factors = event.detail { return false }
    guard let events else { return false }
    return event.time < events
  }

  /// The purposes whose consent has ended.
  func ended(_ record: ConsentRecord) -> [String] {
    record.purposes.filter { purpose in
      guard let limit = consents[purpose], let standing = record.standing(for: purpose) else { return false }
      return standing.isGranted && standing.last.time < limit
    }
  }

  /// Ends consents and takes superseded statements away, at a time, in the name of a user; what was done.
  func apply(to record: inout ConsentRecord, now: Int64, actor: UInt64) throws(RecordError) -> RetentionCounts
  {
    var counts = RetentionCounts()
    for purpose in ended(record) {
      let change = try ConsentChange(
        purpose: purpose, state: .withdrawn, time: now, source: Self.source, actor: actor)
      if try record.record(change) { counts.endedConsents[purpose] = 1 }
    }
    if let statements { counts.statements = record.forget(before: statements) }
    return counts
  }

  /// The classes that a customer loses of whom nothing was heard since a time; none where no time is known.
  func inactive(since last: Int64?) -> [DataClass] {
    guard let last else { return [] }
    return activity.filter { last < $0.value }.map(\.key).sorted()
  }
}

extension ConsentRecord {
  /// Takes away statements from before a time that no longer decide anything, and says how many.
  ///
  /// What decides a purpose's standing stays: the last statement, and an objection that a withdrawal left standing.
  mutating func forget(before limit: Int64) -> Int {
    var kept: [ConsentChange] = []
    for change in changes {
      if change.time >= limit || decides(change) { kept.append(change) }
    }
    let count = changes.count - kept.count
    if count > 0 { replaceAll(with: kept) }
    return count
  }

  private func decides(_ change: ConsentChange) -> Bool {
    guard let standing = standing(for: change.purpose) else { return true }
    if standing.last == change { return true }
    guard standing.isObjected, standing.last.state == .withdrawn, change.state == .objected else {
      return false
    }
    // The newest of several objections is enough.
    return !changes.contains {
      $0.purpose == change.purpose && $0.state == .objected && $0 != change && $0.time >= change.time
    }
  }
}
