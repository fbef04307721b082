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
  /// - Throws: as ``scoreEverybody(_:purpose:threads:)``.
  public func gatherEverybody(_ plan: ScorePlan, _ gathering: GatherPlan, purpose: String?) throws
    -> GatheredCustomers
  {
    let request = AccessRequest(.scoreRun, purpose: purpose, subject: .everybody, classes: [.behavior])
    return try access(request) { context in
      try context.work(environment.warden)
    } release: { receipt, context, work in
      guard case .many(let subjects) = receipt.subjects, let purpose = context.purpose else {
        throw VaultError(.notPermitted, "the access that was granted does not cover every customer")
      }
      let digits = try plan.minorDigits(of: context.settings)
      var scan = GatherScan(
        plan, gathering, work: work, subjects: subjects, minorDigits: digits,
        days: try LocalDays(zone: context.settings.zone))
      try scan.run(environment.store, for: receipt)
      try requireOrdered(scan.untouched)
      var touched = subjects
      for ordinal in scan.untouched { touched.remove(ordinal) }
      let result = try recordResult(of: context, .scoreRun, touched: touched)
      let excluded = scan.excluded.sorted { $0.key < $1.key }.map { (reason: $0.key, customers: $0.value) }
      return GatheredCustomers(
        customers: scan.customers, purpose: purpose.name, entries: (context.entry, result),
        excluded: try excluded + leftOut(scan.withheld, purpose, context),
        minorDigits: digits)
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
