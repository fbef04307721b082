/// What all of a customer's events come to: enough for every score whose window holds all of them.
///
/// Made by ``StatisticsAccumulator``, kept instead of looking at the events again. The numbers that follow from it are
/// those that the events give, bit for bit.
public struct CustomerStatistics: Equatable, Sendable, Undisclosed {
  /// Ratings of one kind, in thousandths.
  public struct Rating: Equatable, Sendable, Undisclosed {
    /// How many there are.
    public var count: UInt64
    /// Their sum.
    public var sum: Int64

    /// Ratings that came to a sum.
    public init(count: UInt64 = 0, sum: Int64 = 0) { (self.count, self.sum) = (count, sum) }
  }

  /// Purchase occasions by one rule.
  public struct OccasionDays: Equatable, Sendable, Undisclosed {
    /// How many days.
    public var count: UInt64
    /// The first one.
    public var first: LocalDay
    /// The last one.
    public var last: LocalDay
    /// What those after the first came to, in minor units: over `count` - 1 the repeat mean.
    public var repeatMinor: Int64

    /// Occasions from a first to a last day.
    public init(count: UInt64, first: LocalDay, last: LocalDay, repeatMinor: Int64) {
      (self.count, self.first, self.last, self.repeatMinor) = (count, first, last, repeatMinor)
    }
  }

  /// The first and last day of anything that happened; nil where nothing dated did.
  public var days: ClosedRange<LocalDay>?
  /// Dated events of every kind, payments in other currencies included.
  public var events: UInt64 = 0
  /// Whether a payment or refund in the vault's currency is among them.
  public var hasPayments = false
  /// Payments above 0.
  public var purchases: UInt64 = 0
  /// Payments less refunds, in minor units.
  public var netMinor: Int64 = 0
  /// Days whose payments, net of what was given back on the same day, are above 0.
  public var spendDays: UInt64 = 0
  /// Distinct products among the purchases.
  public var products: UInt64 = 0
  /// Payments and refunds in other currencies.
  public var otherCurrencyEvents: UInt64 = 0
  /// The three kinds of ratings; nil where nothing was rated.
  public var ratings: (productQuality: Rating, serviceQuality: Rating, priceSatisfaction: Rating)?
  /// What referrals brought, in minor units; nil where no referral has a value.
  public var referralMinor: Int64?
  /// Occasions where a refund is taken off the day of its order: days with a net amount above 0.
  public var spendOccasions: OccasionDays?
  /// The same, of days with any payment.
  public var paymentOccasions: OccasionDays?
  /// The imported row of factors that stands in for the events.
  public var row: Factors?

  /// No event.
  public init() {}

  /// Whether all of it is the same.
  public static func == (left: CustomerStatistics, right: CustomerStatistics) -> Bool {
    left.days == right.days && left.events == right.events && left.hasPayments == right.hasPayments
      && left.purchases == right.purchases && left.netMinor == right.netMinor
      && left.spendDays == right.spendDays && left.products == right.products
      && left.otherCurrencyEvents == right.otherCurrencyEvents
      && left.ratings.map { [$0.0, $0.1, $0.2] } == right.ratings.map { [$0.0, $0.1, $0.2] }
      && left.referralMinor == right.referralMinor && left.spendOccasions == right.spendOccasions
      && left.paymentOccasions == right.paymentOccasions && left.row == right.row
  }
}

extension CustomerStatistics {
  /// Whether a window holds everything that happened, so that the events need not be looked at.
  @inline(__always)
  public func isWithin(_ window: Window) -> Bool {
    guard let days else { return true }
    return days.upperBound <= window.through && (window.from.map { $0 <= days.lowerBound } ?? true)
  }

  /// Whether statistics know all that the definitions ask for: what counts as a purchase, and what a payment in another
  /// currency does. Whatever else they may say takes the events.
  public static func suffice(for definitions: FactorDefinitions) -> Bool {
    definitions
      == FactorDefinitions(frequency: definitions.frequency, otherCurrency: definitions.otherCurrency)
  }

  /// The factors that the events give, over a window that holds all of them.
  ///
  /// - Parameters:
  ///   - definitions: how events become factors.
  ///   - minorDigits: decimals of the vault's currency, 0 to 15.
  /// - Throws: `invalidMinorDigits`.
  @inline(__always)
  public func factors(_ definitions: FactorDefinitions, minorDigits: Int) throws(ScoringError) -> Factors {
    guard (0...HistoryAccumulator.maximumMinorDigits).contains(minorDigits) else {
      throw ScoringError(.invalidMinorDigits)
    }
    return factors(definitions, unit: Self.unit(minorDigits))
  }

  /// The same with minor units in a major one.
  @inline(__always)
  func factors(_ definitions: FactorDefinitions, unit: UInt64) -> Factors {
    if let row { return row }
    var factors = Factors()
    if hasPayments {
      factors[.frequency] = Double(definitions.frequency == .payments ? purchases : spendDays)
      factors[.amount] = correctlyRounded(netMinor, over: unit)
    }
    if products > 0 { factors[.variety] = Double(products) }
    if let ratings {
      factors[.productQuality] = ratings.productQuality.mean
      factors[.serviceQuality] = ratings.serviceQuality.mean
      factors[.priceSatisfaction] = ratings.priceSatisfaction.mean
    }
    if let referralMinor { factors[.referralValue] = correctlyRounded(referralMinor, over: unit) }
    return factors
  }

  /// Minor units in a major one.
  static func unit(_ minorDigits: Int) -> UInt64 { (0..<minorDigits).reduce(1) { unit, _ in unit * 10 } }

  /// Whether a payment in another currency leaves the customer without a score of this kind.
  @inline(__always)
  public func lacksCurrency(_ definitions: FactorDefinitions) -> Bool {
    definitions.otherCurrency != .leaveOut && otherCurrencyEvents > 0 && row == nil
  }

  /// The purchase occasions over a window that holds all of them, nil where there is none.
  public func occasions(_ rule: OccasionRule, asOf: LocalDay) -> Occasions? {
    guard let days = rule == .spend ? spendOccasions : paymentOccasions else { return nil }
    return Occasions(
      count: Int(days.count), first: days.first, last: days.last, asOf: asOf, netMinor: netMinor,
      repeatMinor: days.repeatMinor)
  }
}

extension CustomerStatistics.Rating {
  /// The mean in whole units, or nil where there is no rating.
  fileprivate var mean: Double? { count == 0 ? nil : correctlyRounded(sum, over: 1000 * count) }
}

extension CustomerStatistics.OccasionDays {
  /// The days of occasions.
  init(_ occasions: Occasions) {
    self.init(
      count: UInt64(occasions.count), first: occasions.first, last: occasions.last,
      repeatMinor: occasions.repeatMinor)
  }
}
