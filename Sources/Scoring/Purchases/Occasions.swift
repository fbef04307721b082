/// A customer's purchase occasions up to the as-of day: how many, when first and last, and what they came to.
public struct Occasions: Equatable, Sendable, Undisclosed {
  /// How many days, at least 1.
  public let count: Int
  /// The first one.
  public let first: LocalDay
  /// The last one.
  public let last: LocalDay
  /// The as-of day, on or after the last.
  public let asOf: LocalDay
  /// What all days of the window came to, occasions or not, in minor units.
  public let netMinor: Int64
  /// What the occasions after the first came to, in minor units.
  public let repeatMinor: Int64

  /// Whole days from the last occasion to the as-of day.
  public var daysSinceLast: Int { asOf.days(since: last) }

  /// x, t_x, T and the mean repeat spend in a unit of time.
  ///
  /// - Parameter minorDigits: decimals of the currency, 0 to 15.
  public func statistics(unit: TimeUnit = .week, minorDigits: Int = 2) -> SufficientStatistics? {
    var scale: UInt64 = 1
    for _ in 0..<max(0, min(minorDigits, HistoryAccumulator.maximumMinorDigits)) { scale *= 10 }
    let mean = count > 1 ? correctlyRounded(repeatMinor, over: scale) / Double(count - 1) : nil
    return SufficientStatistics(
      repeats: count - 1, recency: Double(last.days(since: first)) / unit.days,
      age: Double(asOf.days(since: first)) / unit.days, meanSpend: mean)
  }

  /// Gathers days in ascending order.
  struct Tally {
    private var count = 0
    private var days: (first: LocalDay, last: LocalDay)?
    private var net: Int128 = 0
    private var repeated: Int128 = 0

    mutating func add(_ day: LocalDay, _ minor: Int128, isOccasion: Bool) {
      net += minor
      guard isOccasion else { return }
      if let first = days?.first {
        repeated += minor
        days = (first, day)
      } else {
        days = (day, day)
      }
      count += 1
    }

    func finish(through asOf: LocalDay) throws(ScoringError) -> Occasions? {
      guard let days else { return nil }
      guard let net = Int64(exactly: net), let repeated = Int64(exactly: repeated) else {
        throw ScoringError(.factorOutOfRange, factor: .amount)
      }
      return Occasions(
        count: count, first: days.first, last: days.last, asOf: asOf, netMinor: net, repeatMinor: repeated)
    }
  }
}
