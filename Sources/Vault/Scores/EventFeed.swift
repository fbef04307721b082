internal import Scoring

/// Turns behavior events into a customer's history: local days, the vault's currency, products by hash.
///
/// One for each thread, used again for the next customer. A row of factors has no date of its own (files of them
/// have no time column): the one that was imported last counts, whatever the as-of date.
struct EventFeed: ~Copyable {
  /// What the events have come to.
  var history: HistoryAccumulator
  /// Times that are within the window in whatever time zone; empty where payments are needed one by one.
  let plainTimes: Range<Int64>
  /// How many payments in other currencies of the customer were converted.
  private(set) var converted = 0
  private let days: LocalDays
  private let currency: CurrencyCode
  private let plan: ScorePlan
  private let minorDigits: Int
  private let variety: VarietyUnit
  /// How many rows of factors the customer had so far.
  private var factorsRows: UInt64 = 0

  /// - Parameter summarizes: whether the history's summary is asked for.
  init(
    _ plan: ScorePlan, days: LocalDays, currency: CurrencyCode, minorDigits: Int, summarizes: Bool = false
  ) {
    self.plan = plan
    self.minorDigits = minorDigits
    variety = plan.definitions.variety
    history = HistoryAccumulator(window: plan.window, definitions: plan.definitions, summarizes: summarizes)
    self.days = days
    self.currency = currency
    let day = BehaviorEvent.secondsPerDay
    let from = plan.window.from.map { (Int64($0.daysSinceEpoch) + 2) * day } ?? .min
    let through = (Int64(plan.window.through.daysSinceEpoch) - 1) * day
    // A tally counts distinct products only.
    plainTimes = history.keepsDays || variety != .product || from >= through ? 0..<0 : from..<through
  }

  /// Forgets the customer.
  mutating func reset() {
    history.reset()
    converted = 0
    factorsRows = 0
  }

  /// Takes payments that were added up.
  @inline(__always)
  mutating func add(_ tally: PaymentTally) {
    history.payments(
      tally.payments, purchases: tally.purchases, netMinor: tally.netMinor, smallProducts: tally.products)
  }

  /// Takes a payment in the vault's currency with at most a product.
  ///
  /// - Parameter texts: the chunk's texts, by which products are told apart, or nil where their places are enough.
  @inline(__always)
  mutating func add(_ payment: PlainPayment, _ texts: BehaviorDictionary?) {
    history.payment(
      on: LocalDay(daysSinceEpoch: days.day(payment.time, isDateOnly: payment.isDateOnly)),
      amountMinor: payment.amountMinor,
      product: variety == .product ? payment.product.map { Self.number($0, texts) } ?? 0 : 0)
  }

  /// The amount of a payment in minor units of the vault's currency; nil where it is in another that no rate covers on the day.
  func minor(_ payment: BehaviorEvent.Transaction, on day: LocalDay) -> Int64? {
    guard payment.currency != currency else { return payment.amountMinor }
    let code = payment.currency.description
    guard let rates = plan.rates, let digits = plan.minorDigits(code) else { return nil }
    return rates.convert(payment.amountMinor, of: code, on: day, digits: (digits, minorDigits))
  }

  /// What variety counts of a payment.
  private func kind(_ payment: BehaviorEvent.Transaction) -> BehaviorEvent.TextIndex? {
    switch variety {
    case .product: payment.product
    case .category: payment.category
    case .channel: payment.channel
    }
  }

  /// A number for a product; 0 would say that none is named.
  @inline(__always)
  private static func number(_ product: BehaviorEvent.TextIndex, _ texts: BehaviorDictionary?) -> UInt64 {
    texts.map { max($0.hash(of: product), 1) } ?? UInt64(product) + 1
  }

  /// Takes one event.
  mutating func add(_ event: BehaviorEvent, _ texts: BehaviorDictionary?) {
    let day = LocalDay(daysSinceEpoch: days.day(event.time, isDateOnly: event.isDateOnly))
    switch event.detail {
    case .transaction(let payment):
      let minor = minor(payment, on: day)
      if minor != nil, payment.currency != currency, history.window.contains(day) { converted += 1 }
      history.payment(
        on: day, amountMinor: minor ?? payment.amountMinor, inVaultCurrency: minor != nil,
        product: kind(payment).map { Self.number($0, texts) } ?? 0, isRefund: payment.refundOf != nil)
    case .rating(let rating):
      history.rating(
        on: day, productQuality: rating.productQuality, serviceQuality: rating.serviceQuality,
        priceSatisfaction: rating.priceSatisfaction)
    case .referral(let referral): history.referral(on: day, valueMinor: referral.valueMinor)
    case .interaction: history.interaction(on: day)
    case .factors(let row):
      factorsRows += 1
      history.factorsRow(Factors(row), on: nil, sequence: factorsRows)
    }
  }
}

extension Factors {
  /// The factors of an imported row.
  init(_ row: BehaviorEvent.Factors) {
    self.init(
      frequency: row[.purchaseFrequency], amount: row[.purchaseAmount], variety: row[.purchaseVariety],
      productQuality: row[.productQuality], serviceQuality: row[.serviceQuality],
      priceSatisfaction: row[.priceSatisfaction], referralValue: row[.referralValue],
      informationValue: row[.informationValue])
  }
}
