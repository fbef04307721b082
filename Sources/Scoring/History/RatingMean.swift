/// The mean of ratings in thousandths, exact until the one division at the end.
struct RatingMean: Sendable {
  private var sum: Int128 = 0
  private var count: Int = 0

  mutating func add(_ thousandths: Int64?) {
    guard let thousandths else { return }
    sum += Int128(thousandths)
    count += 1
  }

  /// The mean in whole units, drawn towards a prior where there is one, or nil where there is no rating.
  func value(of factor: Factor, prior: BayesianMean? = nil) throws(ScoringError) -> Double? {
    guard count > 0 else { return nil }
    guard let sum = Int64(exactly: sum) else { throw ScoringError(.factorOutOfRange, factor: factor) }
    if let prior { return prior(sum: correctlyRounded(sum, over: 1000), count: count) }
    return correctlyRounded(sum, over: 1000 * UInt64(count))
  }

  /// How many ratings there are, and their sum.
  func total(of factor: Factor) throws(ScoringError) -> CustomerStatistics.Rating {
    guard let sum = Int64(exactly: sum) else { throw ScoringError(.factorOutOfRange, factor: factor) }
    return CustomerStatistics.Rating(count: UInt64(count), sum: sum)
  }
}
