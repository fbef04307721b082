internal import Scoring
internal import Sodium

/// Adds up a customer's events for the customer's slot in the statistics blocks; the same memory serves one customer
/// after another.
final class StatisticsFeed {
  private var accumulator = StatisticsAccumulator()
  private let days: LocalDays
  private let currency: CurrencyCode
  /// How many rows of factors the customer had so far: the one that was imported last counts.
  private var factorsRows: UInt64 = 0
  private var content = WipedBytes(capacity: 2 * StatisticsSlot.byteCount)

  /// A feed for customers of a vault of this zone and currency.
  init(days: LocalDays, currency: CurrencyCode) {
    self.days = days
    self.currency = currency
  }

  /// Forgets the customer.
  func reset() {
    accumulator.reset()
    factorsRows = 0
  }

  /// Takes an event of a chunk.
  func add(_ event: BehaviorEvent, _ texts: BehaviorDictionary) {
    var product: UInt64 = 0
    if case .transaction(let payment) = event.detail, let index = payment.product {
      product = texts.hash(of: index)
    }
    add(event, product: product)
  }

  /// Takes an event.
  ///
  /// - Parameter product: a number for the product of a transaction that names one.
  func add(_ event: BehaviorEvent, product: UInt64) {
    switch event.detail {
    case .transaction(let payment):
      accumulator.payment(
        on: day(event), amountMinor: payment.amountMinor, inVaultCurrency: payment.currency == currency,
        product: payment.product == nil ? 0 : max(product, 1), order: event.digest, refundOf: payment.refundOf
      )
    case .rating(let rating):
      accumulator.rating(
        on: day(event), productQuality: rating.productQuality, serviceQuality: rating.serviceQuality,
        priceSatisfaction: rating.priceSatisfaction)
    case .referral(let referral): accumulator.referral(on: day(event), valueMinor: referral.valueMinor)
    case .interaction: break
    case .factors(let row):
      factorsRows += 1
      accumulator.factorsRow(Factors(row), sequence: factorsRows)
    }
  }

  private func day(_ event: BehaviorEvent) -> LocalDay {
    LocalDay(daysSinceEpoch: days.day(event.time, isDateOnly: event.isDateOnly))
  }

  /// Puts what the events come to into the customer's slot, under a key of 32 bytes.
  func put(into changes: SlotChanges, _ ordinal: UInt64, customerKey: UnsafePointer<UInt8>) {
    StatisticsSlot.encode(accumulator.finish(), into: &content)
    content.withBytes { unsafe changes.put($0, of: ordinal, customerKey: customerKey) }
  }

  /// Lends the content of the slot that the events come to.
  func withContent<R>(_ body: (Span<UInt8>) throws -> R) rethrows -> R {
    StatisticsSlot.encode(accumulator.finish(), into: &content)
    return try content.withBytes(body)
  }
}
