/// One customer's payments, fed in any order, as purchase occasions; then the next customer's.
///
/// Only what happened at or before the window's last day counts, and only what is in the window makes an occasion. A
/// refund that names its order takes its amount off the day of that order, whenever it was given back; one
/// whose order is not known is a negative amount on its own day, and never an occasion. All sums are exact
/// integers: the order of the events is no matter.
///
/// A day is an occasion by the ledger's `OccasionRule`. Money is in minor units of the vault's currency; payments in
/// another are not fed, or converted before (`ExchangeRates`).
public struct PurchaseLedger: ~Copyable, Sendable {
  /// The days that count.
  public let window: Window
  /// Which days are occasions.
  public let rule: OccasionRule

  // Types of stored properties are not private: see `HistoryAccumulator`.
  private var entries = ScratchArray<Entry>()
  private var refunds = ScratchArray<Refund>()
  private var isOutOfRange = false

  struct Entry: BitwiseCopyable {
    let day: LocalDay
    /// Whether a payment stands behind it, not a refund alone.
    let isPayment: Bool
    let order: UInt64
    var minor: Int64
  }

  struct Refund: BitwiseCopyable {
    let order: UInt64
    let day: LocalDay
    let minor: Int64
  }

  /// A ledger for customers over one window.
  public init(window: Window, rule: OccasionRule = .spend) {
    self.window = window
    self.rule = rule
  }

  /// Forgets the customer and keeps the memory for the next.
  public mutating func reset() {
    entries.removeAll()
    refunds.removeAll()
    isOutOfRange = false
  }

  /// A payment.
  ///
  /// - Parameters:
  ///   - day: the local day.
  ///   - minor: the amount; a negative one is money back that names no order.
  ///   - order: what a refund would name, the same number for the same order of this customer; 0 for none.
  public mutating func payment(on day: LocalDay, minor: Int64, order: UInt64 = 0) {
    guard day <= window.through else { return }
    entries.append(Entry(day: day, isPayment: minor >= 0, order: order, minor: minor))
  }

  /// Money given back, whatever the sign of the amount.
  ///
  /// - Parameter order: the order that it is for, 0 where it names none.
  public mutating func refund(on day: LocalDay, minor: Int64, of order: UInt64 = 0) {
    guard day <= window.through else { return }
    // The most negative number has no positive counterpart.
    guard minor != .min else {
      isOutOfRange = true
      return
    }
    refunds.append(Refund(order: order, day: day, minor: minor > 0 ? -minor : minor))
  }

  /// The customer's occasions, or nil where no day of the window is one.
  ///
  /// - Throws: `factorOutOfRange` where a sum does not fit 64 bits.
  public mutating func occasions() throws(ScoringError) -> Occasions? {
    var found = Occasions.Tally()
    try visitDays { [window, rule] day, net, isPaid in
      guard window.contains(day) else { return }
      found.add(day, net, isOccasion: rule == .payment ? isPaid : net > 0)
    }
    return try found.finish(through: window.through)
  }

  /// The occasions by either rule, whatever the ledger's own.
  ///
  /// - Throws: `factorOutOfRange` where a sum does not fit 64 bits.
  mutating func occasionDays() throws(ScoringError) -> (
    spend: CustomerStatistics.OccasionDays?, payment: CustomerStatistics.OccasionDays?
  ) {
    var (spend, payment) = (Occasions.Tally(), Occasions.Tally())
    try visitDays { [window] day, net, isPaid in
      guard window.contains(day) else { return }
      spend.add(day, net, isOccasion: net > 0)
      payment.add(day, net, isOccasion: isPaid)
    }
    return (
      try spend.finish(through: window.through).map(CustomerStatistics.OccasionDays.init),
      try payment.finish(through: window.through).map(CustomerStatistics.OccasionDays.init)
    )
  }

  /// Visits the days of payments and refunds in ascending order: what each came to, and whether a payment is of it.
  private mutating func visitDays(_ body: (LocalDay, Int128, Bool) -> Void) throws(ScoringError) {
    guard !isOutOfRange else { throw ScoringError(.factorOutOfRange, factor: .amount) }
    settleRefunds()
    entries.sort { $0.day }
    var index = 0
    while index < entries.count {
      let day = entries[index].day
      var (net, paid): (Int128, Bool) = (0, false)
      while index < entries.count, entries[index].day == day {
        net += Int128(entries[index].minor)
        paid = paid || entries[index].isPayment
        index += 1
      }
      body(day, net, paid)
    }
  }

  /// What all days of the window came to, occasions or not, in major units; after ``occasions()``.
  ///
  /// - Throws: `factorOutOfRange` where the sum does not fit 64 bits.
  public func amount(minorDigits: Int) throws(ScoringError) -> Double {
    var net: Int128 = 0
    for index in 0..<entries.count where window.contains(entries[index].day) {
      net += Int128(entries[index].minor)
    }
    for index in 0..<refunds.count where window.contains(refunds[index].day) {
      net += Int128(refunds[index].minor)
    }
    guard let minor = Int64(exactly: net) else { throw ScoringError(.factorOutOfRange, factor: .amount) }
    var unit: UInt64 = 1
    for _ in 0..<max(0, min(minorDigits, HistoryAccumulator.maximumMinorDigits)) { unit *= 10 }
    return correctlyRounded(minor, over: unit)
  }

  /// Moves each refund to the day of the order that it names.
  private mutating func settleRefunds() {
    guard refunds.count > 0 else { return }
    entries.sort { $0.order }
    let sorted = entries.count
    for index in 0..<refunds.count {
      let refund = refunds[index]
      let day = refund.order == 0 ? nil : firstDay(of: refund.order, among: sorted)
      entries.append(Entry(day: day ?? refund.day, isPayment: false, order: 0, minor: refund.minor))
    }
    refunds.removeAll()
  }

  /// The earliest day of an order's payments, by binary search among the entries that are sorted by order.
  private func firstDay(of order: UInt64, among sorted: Int) -> LocalDay? {
    var (low, high) = (0, sorted)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].order < order { low = middle + 1 } else { high = middle }
    }
    var earliest: LocalDay?
    while low < sorted, entries[low].order == order {
      earliest = earliest.map { min($0, entries[low].day) } ?? entries[low].day
      low += 1
    }
    return earliest
  }
}
