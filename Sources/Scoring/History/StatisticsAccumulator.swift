/// Turns one customer's events, fed in any order, into statistics; then the next customer's.
///
/// It looks at all events, whenever they were. After the longest history it allocates nothing.
public struct StatisticsAccumulator: ~Copyable, Sendable {
  private var history: HistoryAccumulator
  private var ledger: PurchaseLedger
  private var days: ClosedRange<LocalDay>?

  /// An accumulator.
  public init() {
    let always = Window(through: LocalDay(daysSinceEpoch: .max))
    history = HistoryAccumulator(window: always)
    ledger = PurchaseLedger(window: always)
  }

  /// Forgets the customer and keeps the memory for the next.
  public mutating func reset() {
    history.reset()
    ledger.reset()
    days = nil
  }

  /// A payment, or a refund of one.
  ///
  /// - Parameters:
  ///   - day: the local day.
  ///   - amountMinor: in minor units.
  ///   - inVaultCurrency: whether the amount is in the vault's currency.
  ///   - product: a number that is the same for the same product of this customer; 0 where none is named.
  ///   - order: what a refund would name.
  ///   - refunded: the order that it refunds, nil for a payment.
  public mutating func payment(
    on day: LocalDay, amountMinor: Int64, inVaultCurrency: Bool = true, product: UInt64 = 0,
    order: UInt64 = 0, refundOf refunded: UInt64? = nil
  ) {
    note(day)
    history.payment(
      on: day, amountMinor: amountMinor, inVaultCurrency: inVaultCurrency, product: product,
      isRefund: refunded != nil)
    guard inVaultCurrency else { return }
    if let refunded {
      ledger.refund(on: day, minor: amountMinor, of: refunded)
    } else {
      ledger.payment(on: day, minor: amountMinor, order: order)
    }
  }

  /// The customer's ratings of one moment, in thousandths, nil where one was not given.
  public mutating func rating(
    on day: LocalDay, productQuality: Int64?, serviceQuality: Int64?, priceSatisfaction: Int64?
  ) {
    note(day)
    history.rating(
      on: day, productQuality: productQuality, serviceQuality: serviceQuality,
      priceSatisfaction: priceSatisfaction)
  }

  /// A referral, with what it brought in minor units, nil where that is not known.
  public mutating func referral(on day: LocalDay, valueMinor: Int64?) {
    note(day)
    history.referral(on: day, valueMinor: valueMinor)
  }

  /// An imported row of factors, undated; the one of the largest sequence counts.
  public mutating func factorsRow(_ factors: Factors, sequence: UInt64) {
    history.factorsRow(factors, on: nil, sequence: sequence)
  }

  /// What the events come to; nil where a sum does not fit 64 bits, so that only the events can tell.
  public mutating func finish() -> CustomerStatistics? {
    do throws(ScoringError) {
      var statistics = try history.statistics()
      statistics.days = days
      let occasions = try ledger.occasionDays()
      (statistics.spendOccasions, statistics.paymentOccasions) = (occasions.spend, occasions.payment)
      return statistics
    } catch { return nil }
  }

  private mutating func note(_ day: LocalDay) {
    guard let known = days else {
      days = day...day
      return
    }
    if day < known.lowerBound { days = day...known.upperBound }
    if day > known.upperBound { days = known.lowerBound...day }
  }
}
