internal import AuditLog
internal import Scoring
internal import Sodium

extension Session {
  /// Gathers what every customer whom the purpose may reach comes to, for a model over many customers: an intent in the
  /// log, then the scan, then what it touched, and only then the histories.
  ///
  /// - Parameters:
  ///   - plan: window and definitions; its model is not asked.
  ///   - gathering: what is gathered beside the factors.
  ///   - purpose: a purpose of the policy, or nil for the role's default.
  ///   - action: what the entries say: a run of scores, of segments, a report.
  /// - Throws: as ``scoreEverybody(_:purpose:threads:)``.
  public func gatherEverybody(
    _ plan: ScorePlan, _ gathering: GatherPlan, purpose: String?, action: Action = .scoreRun
  ) throws -> GatheredCustomers {
    let request = AccessRequest(action, purpose: purpose, subject: .everybody, classes: [.behavior])
    return try access(request) { context in
      try context.work(environment.warden)
    } release: { receipt, context, work in
      guard case .many(let subjects) = receipt.subjects, let purpose = context.purpose else {
        throw VaultError(.notPermitted, "the access that was granted does not cover every customer")
      }
      let digits = try plan.minorDigits(of: context.settings)
      var gathered = GatherScan(
        plan, gathering, work: work, minorDigits: digits, days: try LocalDays(zone: context.settings.zone))
      var scan = EverybodyScan(subjects, environment.warden.pseudonyms())
      try scan.run(environment.store) { ordinal, records in
        try gathered.gather(ordinal, records, for: receipt)
      }
      try requireOrdered(scan.untouched)
      let result = try recordResult(of: context, action, touched: scan.touched)
      try gathered.foreign.require(plan)
      let excluded = gathered.excluded.sorted { $0.key < $1.key }.map {
        (reason: $0.key, customers: $0.value)
      }
      return GatheredCustomers(
        customers: gathered.customers, purpose: purpose.name, entries: (context.entry, result),
        excluded: try excluded + leftOut(scan.withheld, purpose, context),
        foreign: gathered.foreign, ratings: gathered.ratings, minorDigits: digits)
    }
  }

  /// Gathers what one customer comes to, to explain a score: one entry, then the customer's behavior.
  ///
  /// - Throws: `.notFound`; `.notPermitted`, also by the customer's own decision; `.badInput` where nothing can be made of
  ///   the history.
  public func gatherCustomer(
    _ id: Pseudonym, _ plan: ScorePlan, _ gathering: GatherPlan, purpose: String?,
    action: Action = .scoreExplain
  ) throws -> (pseudonym: Pseudonym, customer: GatheredCustomer) {
    let request = AccessRequest(action, purpose: purpose, subject: .customer(id), classes: [.behavior])
    return try access(request) { context in
      guard let customer = context.customer else { throw VaultError(.notFound, "there is no such customer") }
      return (
        try context.work(environment.warden),
        try context.members.map { try SealedRecord.all(.behavior, $0, context.reader) }, customer
      )
    } release: { receipt, context, prepared in
      let (work, records, customer) = prepared
      var gathered = GatherScan(
        plan, gathering, work: work, minorDigits: try plan.minorDigits(of: context.settings),
        days: try LocalDays(zone: context.settings.zone))
      try gathered.gather(customer.ordinal, records, for: receipt)
      try gathered.foreign.require(plan)
      guard let found = gathered.customers.first else {
        let reason = gathered.excluded.keys.first ?? Exclusion.outOfRange.reason
        throw VaultError(.badInput, "the customer has no score: \(reason)")
      }
      return (customer.pseudonym, found)
    }
  }

  /// Visits gathered customers in ascending order of ordinals, each with its place among them and its pseudonym.
  ///
  /// - Parameters:
  ///   - gathered: what ``gatherEverybody(_:_:purpose:)`` gave.
  ///   - body: runs outside of any transaction.
  public func visitCustomers(
    _ gathered: GatheredCustomers, _ body: (Pseudonym, Int) throws -> Void
  ) throws {
    let count = gathered.customers.count
    for start in stride(from: 0, to: count, by: 4096) {
      let places = start..<min(start + 4096, count)
      let pseudonyms = try pseudonyms(of: gathered.customers[places].map(\.ordinal))
      for (place, pseudonym) in zip(places, pseudonyms) { try body(pseudonym, place) }
    }
  }
}
