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
  /// The answers to ratings.
  private(set) var ratings: [GatheredRatings]

  private let plan: ScorePlan
  private let work: RecordWork
  private let minorDigits: Int
  private let days: LocalDays
  private var feed: EventFeed
  private var ledgers: GatherLedgers
  /// The customer's answers by kind.
  private var answers: [(kind: Int, thousandths: Int64)] = []

  init(
    _ plan: ScorePlan, _ gathering: GatherPlan, work: RecordWork, minorDigits: Int, days: LocalDays
  ) {
    (self.plan, self.work) = (plan, work)
    (self.minorDigits, self.days) = (minorDigits, days)
    feed = EventFeed(plan, days: days, currency: work.currency, minorDigits: minorDigits)
    ledgers = GatherLedgers(gathering, window: plan.window)
    ratings = GatheredRatings.none(gathering.ratingScale)
  }

  /// Takes in a customer with the records of those who were merged into it.
  mutating func gather(
    _ ordinal: UInt64, _ sealed: [[SealedRecord]], for receipt: borrowing AccessReceipt
  ) throws {
    feed.reset()
    ledgers.reset()
    answers.removeAll(keepingCapacity: true)
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
      for kind in ratings.indices where answers.contains(where: { $0.kind == kind }) {
        ratings[kind].add(answers.lazy.filter { $0.kind == kind }.map(\.thousandths))
      }
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
      let day = LocalDay(daysSinceEpoch: days.day(event.time, isDateOnly: event.isDateOnly))
      if case .rating(let rating) = event.detail, !ratings.isEmpty, plan.window.contains(day) {
        for (kind, answer) in [rating.productQuality, rating.serviceQuality, rating.priceSatisfaction]
          .enumerated()
        {
          if let answer { answers.append((kind, answer)) }
        }
      }
      guard case .transaction(let payment) = event.detail else { return }
      guard let minor = feed.minor(payment, on: day) else { return }
      ledgers.add(payment, minor: minor, on: day, digest: event.digest)
    }
  }
}
