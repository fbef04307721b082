internal import AuditLog
internal import Scoring
internal import Sodium

/// Turns customers' behavior into what a model over many customers needs, one customer after another.
///
/// It stands beside `ScoreScan`, which adds payments up without looking at each: here every payment is needed with
/// its day and its order.
struct GatherScan: ~Copyable {
  /// What everybody comes to, in ascending order of ordinals.
  private(set) var customers: [GatheredCustomer] = []
  /// How many customers have a history that nothing is made of, by reason.
  private(set) var excluded: [String: UInt64] = [:]
  /// Payments in other currencies.
  private(set) var foreign = ForeignPayments()

  private let plan: ScorePlan
  private let work: RecordWork
  private let minorDigits: Int
  private let days: LocalDays
  private var feed: EventFeed
  private var ledgers: GatherLedgers

  init(
    _ plan: ScorePlan, _ gathering: GatherPlan, work: RecordWork, minorDigits: Int, days: LocalDays
  ) {
    (self.plan, self.work) = (plan, work)
    (self.minorDigits, self.days) = (minorDigits, days)
    feed = EventFeed(plan, days: days, currency: work.currency, minorDigits: minorDigits)
    ledgers = GatherLedgers(gathering, window: plan.window)
  }

  /// Takes in a customer with the records of those who were merged into it.
  mutating func gather(
    _ ordinal: UInt64, _ sealed: [[SealedRecord]], for receipt: borrowing AccessReceipt
  ) throws {
    feed.reset()
    ledgers.reset()
    for records in sealed { try add(records, for: receipt) }
    foreign.add(feed)
    if plan.definitions.otherCurrency != .leaveOut, feed.history.otherCurrencyEvents > 0,
      !feed.history.hasFactorsRow
    {
      excluded[Exclusion.otherCurrency.reason, default: 0] += 1
      return
    }
    do throws(ScoringError) {
      let ledger = try ledgers.occasions()
      var factors = try feed.history.factors(minorDigits: minorDigits)
      // Refunds count against their order, also where that is of another day.
      if !feed.history.hasFactorsRow, factors[.amount] != nil {
        factors[.amount] = try ledgers.amount(minorDigits: minorDigits)
      }
      customers.append(
        GatheredCustomer(
          ordinal: ordinal, factors: factors, occasions: ledger.window, later: ledger.later))
    } catch {
      let exclusion = Exclusion.outOfRange.reason
      let reason = error.code == .ratingOffScale ? "off-scale:\(error.factor?.rawValue ?? "")" : exclusion
      excluded[reason, default: 0] += 1
    }
  }

  /// What one customer comes to, which is not kept among the others; nil where nothing is made of it.
  mutating func takeOne(
    _ ordinal: UInt64, _ sealed: [[SealedRecord]], for receipt: borrowing AccessReceipt
  ) throws -> GatheredCustomer? {
    try gather(ordinal, sealed, for: receipt)
    return customers.popLast()
  }

  /// Whom nothing was made of since the last time, by reason, and payments in other currencies.
  mutating func takeCounts() -> (excluded: [String: UInt64], foreign: ForeignPayments) {
    defer { (excluded, foreign) = ([:], ForeignPayments()) }
    return (excluded, foreign)
  }

  private mutating func add(_ records: [SealedRecord], for receipt: borrowing AccessReceipt) throws {
    try work.events(records, for: receipt) { event, texts in
      feed.add(event, texts)
      guard case .transaction(let payment) = event.detail else { return }
      let day = LocalDay(daysSinceEpoch: days.day(event.time, isDateOnly: event.isDateOnly))
      guard let minor = feed.minor(payment, on: day) else { return }
      ledgers.add(payment, minor: minor, on: day, digest: event.digest)
    }
  }
}
