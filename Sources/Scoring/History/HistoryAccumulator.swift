/// Turns one customer's events, fed in any order, into factors; then the next customer's.
///
/// ## What each factor is
///
/// Only events at or before the window's last day are looked at.
///
/// | factor | in the window | missing |
/// |---|---|---|
/// | `frequency` | purchases, as `FactorDefinitions.frequency` counts them | no payment or refund up to the as-of day |
/// | `amount` | payments less refunds, summed in minor units, one correctly rounded division to major units | as frequency |
/// | `variety` | distinct products (or what the definitions say) among the purchases | no purchase in the window names a product; where the window has no purchase at all, no earlier one does either |
/// | ratings | the mean of the ratings of that kind, each weighing the same, drawn towards the declared prior | no such rating in the window |
/// | `referralValue` | the sum of the referrals' values, in major units, times the declared share | no referral with a value up to the as-of day |
/// | `informationValue` | declared points for ratings, interactions and referrals, times their declared value | without a declaration always; else where nothing gave a point up to the as-of day |
///
/// So a customer who bought last year and not in the window has frequency 0 and amount 0, which are facts; a
/// customer of whom no payment is known has neither. A purchase is a payment above 0: one of 0 is an event but
/// no purchase. A refund, whatever its sign, takes its amount off; it does not undo the purchase's frequency
/// or product, and it counts on its own day. Where some purchases name no product, the others are counted.
///
/// A **factors row** (imported as such) at or before the as-of day replaces all of this, whole: a factor that
/// it lacks is missing even where events would give it. The latest row counts, whatever the window's first day.
///
/// Payments in other currencies never count towards a factor; `otherCurrencyEvents` says how many there are.
///
/// ## Reuse
///
/// After the longest history it allocates nothing. Sums are exact 128-bit integers, so the order of events
/// does not matter and no sum traps: one that does not fit 64 bits is an error at the end. Move-only, one for
/// each thread; its memory is zeroed when it goes.
public struct HistoryAccumulator: ~Copyable, Sendable {
  /// The most decimals a currency may have.
  public static let maximumMinorDigits = 15

  /// The days that count.
  public let window: Window
  /// How events become factors.
  public let definitions: FactorDefinitions

  // Types of stored properties are not private: Swift 6.3.1 crashes in a client that destroys a move-only value
  // with private ones ("Global is external, but doesn't have external or weak linkage").
  private var tally = Tally()
  private var payments = ScratchArray<Payment>()
  private var products = ScratchArray<UInt64>()

  /// One payment in the window, negative where it gave money back.
  struct Payment: BitwiseCopyable {
    let day: LocalDay
    let minor: Int64
  }

  /// What is reset as one between customers.
  struct Tally {
    var events = 0
    var purchases = 0
    var otherCurrencyEvents = 0
    var net: Int128 = 0
    var days: ClosedRange<LocalDay>?
    var paymentKnown = false
    var earlierProductKnown = false
    var referralKnown = false
    var referralMinor: Int128 = 0
    var informationKnown = false
    var ratings = 0
    var interactions = 0
    var referrals = 0
    var isOffScale: Factor?
    var isRated = false
    var productQuality = RatingMean()
    var serviceQuality = RatingMean()
    var priceSatisfaction = RatingMean()
    var row: FactorsRow?
    /// Products with small numbers, 1 to 64, a bit each.
    var smallProducts: UInt64 = 0
  }

  /// Whether payments are kept one by one, by their days.
  public let keepsDays: Bool

  /// An accumulator for customers over one window.
  ///
  /// - Parameter summarizes: whether `summary()` will be asked for; without it, and where frequency counts payments,
  ///   days are not kept.
  public init(
    window: Window, definitions: FactorDefinitions = FactorDefinitions(), summarizes: Bool = true
  ) {
    self.window = window
    self.definitions = definitions
    keepsDays = summarizes || definitions.frequency == .spendDays
  }

  /// Forgets the customer and keeps the memory for the next.
  public mutating func reset() {
    tally = Tally()
    payments.removeAll()
    products.removeAll()
  }

  /// A payment, or a refund of one.
  ///
  /// - Parameters:
  ///   - day: the local day.
  ///   - amountMinor: in minor units. A refund may be written with either sign; a negative payment is money
  ///     back as well.
  ///   - inVaultCurrency: whether the amount is in the vault's currency.
  ///   - product: a number that is the same for the same product of this customer; 0 where none is named. Numbers
  ///     to 64 cost least.
  ///   - isRefund: whether it gives money back.
  public mutating func payment(
    on day: LocalDay, amountMinor: Int64, inVaultCurrency: Bool = true, product: UInt64 = 0,
    isRefund: Bool = false
  ) {
    guard day <= window.through else { return }
    let inside = window.contains(day)
    if inside { tally.events += 1 }
    guard inVaultCurrency else {
      if inside { tally.otherCurrencyEvents += 1 }
      return
    }
    tally.paymentKnown = true
    let isPurchase = amountMinor > 0 && !isRefund
    guard inside else {
      if isPurchase && product != 0 { tally.earlierProductKnown = true }
      return
    }
    let minor = isRefund && amountMinor > 0 ? -amountMinor : amountMinor
    tally.net += Int128(minor)
    if keepsDays { payments.append(Payment(day: day, minor: minor)) }
    guard isPurchase else { return }
    tally.purchases += 1
    if keepsDays {
      tally.days = tally.days.map { min($0.lowerBound, day)...max($0.upperBound, day) } ?? day...day
    }
    if product > 64 {
      products.append(product)
    } else if product != 0 {
      tally.smallProducts |= 1 << (product - 1)
    }
  }

  /// Payments within the window and in the vault's currency, added up: the same as each of them by
  /// ``payment(on:amountMinor:inVaultCurrency:product:isRefund:)``. Not where ``keepsDays``.
  ///
  /// - Parameters:
  ///   - count: how many there are.
  ///   - purchases: how many of them are above 0.
  ///   - netMinor: the sum of all.
  ///   - smallProducts: the purchases' products with the numbers 1 to 64, a bit each from the lowest on.
  public mutating func payments(_ count: Int, purchases: Int, netMinor: Int64, smallProducts: UInt64) {
    precondition(!keepsDays, "payments are needed by their days")
    guard count > 0 else { return }
    tally.events += count
    tally.paymentKnown = true
    tally.purchases += purchases
    tally.net += Int128(netMinor)
    tally.smallProducts |= smallProducts
  }

  /// The customer's ratings of one moment, in thousandths, nil where one was not given.
  public mutating func rating(
    on day: LocalDay, productQuality: Int64?, serviceQuality: Int64?, priceSatisfaction: Int64?
  ) {
    guard day <= window.through else { return }
    if (definitions.information?.rating ?? 0) > 0 { tally.informationKnown = true }
    guard window.contains(day) else { return }
    tally.events += 1
    tally.ratings += 1
    tally.isRated = true
    if let scale = definitions.ratingScale {
      for (factor, rating) in [
        (Factor.productQuality, productQuality), (.serviceQuality, serviceQuality),
        (.priceSatisfaction, priceSatisfaction),
      ] where tally.isOffScale == nil {
        if let rating, !scale.contains(thousandths: rating) { tally.isOffScale = factor }
      }
    }
    tally.productQuality.add(productQuality)
    tally.serviceQuality.add(serviceQuality)
    tally.priceSatisfaction.add(priceSatisfaction)
  }

  /// A referral, with what it brought in minor units of the vault's currency, nil where that is not known.
  public mutating func referral(on day: LocalDay, valueMinor: Int64?) {
    guard day <= window.through else { return }
    if (definitions.information?.referral ?? 0) > 0 { tally.informationKnown = true }
    let inside = window.contains(day)
    if inside {
      tally.events += 1
      tally.referrals += 1
    }
    guard let valueMinor else { return }
    tally.referralKnown = true
    if inside, definitions.referral.counts(day, asOf: window.through) {
      tally.referralMinor += Int128(valueMinor)
    }
  }

  /// A contact without money. It counts towards the value of information only.
  public mutating func interaction(on day: LocalDay) {
    guard let points = definitions.information?.interaction, points > 0, day <= window.through else { return }
    tally.informationKnown = true
    if window.contains(day) { tally.interactions += 1 }
  }

  /// An imported row of factors.
  ///
  /// - Parameters:
  ///   - factors: the row; what it lacks is missing.
  ///   - day: the local day it is of; a row without one is older than every dated row.
  ///   - sequence: which of several rows of one day is the latest, larger is later. Rows that agree in this
  ///     too are told apart by their bits, so that even then the order in which they are fed is no matter.
  public mutating func factorsRow(_ factors: Factors, on day: LocalDay?, sequence: UInt64 = 0) {
    if let day, day > window.through { return }
    let row = FactorsRow(day: day, sequence: sequence, factors: factors)
    guard let held = tally.row else {
      tally.row = row
      return
    }
    if held < row { tally.row = row }
  }

  /// Whether an imported row of factors stands in for the events.
  public var hasFactorsRow: Bool { tally.row != nil }

  /// Payments and refunds in the window in other currencies, which no factor counts.
  public var otherCurrencyEvents: Int { tally.otherCurrencyEvents }

  /// The customer's factors.
  ///
  /// - Parameter minorDigits: decimals of the vault's currency, 0 to 15: 2 for CNY, 0 for JPY.
  /// - Throws: `factorOutOfRange` where a sum does not fit 64 bits, `ratingOffScale` where a rating is not on the
  ///   declared scale, `invalidMinorDigits`.
  public mutating func factors(minorDigits: Int) throws(ScoringError) -> Factors {
    guard (0...Self.maximumMinorDigits).contains(minorDigits) else {
      throw ScoringError(.invalidMinorDigits)
    }
    if let row = tally.row { return try onScale(row.factors) }
    if let factor = tally.isOffScale { throw ScoringError(.ratingOffScale, factor: factor) }
    var unit: UInt64 = 1
    for _ in 0..<minorDigits { unit *= 10 }
    var factors = Factors()
    if tally.paymentKnown {
      factors[.frequency] = Double(definitions.frequency == .payments ? tally.purchases : occasions())
      factors[.amount] = correctlyRounded(try fitting(tally.net, .amount), over: unit)
    }
    if tally.smallProducts != 0 || products.count > 0 || (tally.purchases == 0 && tally.earlierProductKnown) {
      factors[.variety] = Double(distinctProducts())
    }
    if tally.isRated {
      let prior = definitions.ratingScale?.prior
      factors[.productQuality] = try tally.productQuality.value(of: .productQuality, prior: prior)
      factors[.serviceQuality] = try tally.serviceQuality.value(of: .serviceQuality, prior: prior)
      factors[.priceSatisfaction] = try tally.priceSatisfaction.value(of: .priceSatisfaction, prior: prior)
    }
    if tally.referralKnown {
      let value = correctlyRounded(try fitting(tally.referralMinor, .referralValue), over: unit)
      factors[.referralValue] = value * definitions.referral.share
    }
    if tally.informationKnown {
      factors[.informationValue] = definitions.information?.value(
        ratings: tally.ratings, interactions: tally.interactions, referrals: tally.referrals)
    }
    return factors
  }

  /// An imported row whose ratings are on the declared scale.
  private func onScale(_ row: Factors) throws(ScoringError) -> Factors {
    guard let scale = definitions.ratingScale else { return row }
    for factor in [Factor.productQuality, .serviceQuality, .priceSatisfaction] {
      if let rating = row[factor], rating < scale.lower || rating > scale.upper {
        throw ScoringError(.ratingOffScale, factor: factor)
      }
    }
    return row
  }

  /// What the events come to, whether or not a factors row stands in for them.
  ///
  /// - Throws: `factorOutOfRange` where the net sum does not fit 64 bits.
  public mutating func summary() throws(ScoringError) -> HistorySummary {
    HistorySummary(
      events: tally.events, payments: tally.purchases, occasions: occasions(),
      netMinor: try fitting(tally.net, .amount), days: tally.days,
      otherCurrencyEvents: tally.otherCurrencyEvents)
  }

  /// What the events come to beside days and occasions, whatever a window asks for later.
  ///
  /// - Throws: `factorOutOfRange` where a sum does not fit 64 bits.
  mutating func statistics() throws(ScoringError) -> CustomerStatistics {
    var statistics = CustomerStatistics()
    statistics.events = UInt64(tally.events)
    statistics.hasPayments = tally.paymentKnown
    statistics.purchases = UInt64(tally.purchases)
    statistics.netMinor = try fitting(tally.net, .amount)
    statistics.spendDays = UInt64(occasions())
    statistics.products = UInt64(distinctProducts())
    statistics.otherCurrencyEvents = UInt64(tally.otherCurrencyEvents)
    if tally.isRated {
      statistics.ratings = (
        try tally.productQuality.total(of: .productQuality),
        try tally.serviceQuality.total(of: .serviceQuality),
        try tally.priceSatisfaction.total(of: .priceSatisfaction)
      )
    }
    if tally.referralKnown { statistics.referralMinor = try fitting(tally.referralMinor, .referralValue) }
    statistics.row = tally.row?.factors
    return statistics
  }

  /// Local days whose net is above 0.
  private mutating func occasions() -> Int {
    payments.sort { $0.day }
    var (found, index) = (0, 0)
    while index < payments.count {
      let day = payments[index].day
      var net: Int128 = 0
      while index < payments.count, payments[index].day == day {
        net += Int128(payments[index].minor)
        index += 1
      }
      if net > 0 { found += 1 }
    }
    return found
  }

  private mutating func distinctProducts() -> Int {
    var found = tally.smallProducts.nonzeroBitCount
    guard products.count > 0 else { return found }
    products.sort { $0 }
    for index in 0..<products.count where index == 0 || products[index] != products[index - 1] { found += 1 }
    return found
  }

  private func fitting(_ sum: Int128, _ factor: Factor) throws(ScoringError) -> Int64 {
    guard let sum = Int64(exactly: sum) else { throw ScoringError(.factorOutOfRange, factor: factor) }
    return sum
  }
}
