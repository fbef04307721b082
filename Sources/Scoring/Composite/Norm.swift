/// What one factor of a composite is held against: what is kept of a population, frozen, so that the same customer
/// gets the same value tomorrow, in O(log n).
public enum Norm: Hashable, Sendable {
  /// A scale: (x - lower) / (upper - lower), cut to 0...1; a half throughout where both are equal.
  case range(lower: Double, upper: Double)
  /// (x - centre) / scale; 0 throughout where the scale is 0, since nobody differs.
  case standard(centre: Double, scale: Double)
  /// The population's distinct values, ascending, and for each how many were at most it.
  case distribution(values: [Double], cumulated: [UInt32])
  /// The breaks between bins.
  case breaks([Double])

  /// The norm of a population's transformed values.
  ///
  /// - Parameter sorted: ascending and not empty, but for a fixed range.
  init(_ normalizer: Normalizer, sorted: [Double]) {
    switch normalizer {
    case .fixedRange(let lower, let upper): self = .range(lower: lower, upper: upper)
    case .winsorizedMinMax(let lower, let upper):
      self = .range(lower: quantile(sorted, lower), upper: quantile(sorted, upper))
    case .zScore:
      let (mean, deviation) = Self.moments(sorted)
      self = .standard(centre: mean, scale: deviation)
    case .robustZScore:
      let median = quantile(sorted, 0.5)
      let deviations = sorted.map { ($0 - median).magnitude }.sorted()
      self = .standard(centre: median, scale: 1.4826 * quantile(deviations, 0.5))
    case .percentile: self = Self.distribution(of: sorted)
    case .quantileBins(let bins): self = .breaks(quantileBreaks(sorted, bins: bins))
    }
  }

  /// The normalized value of a transformed one.
  func callAsFunction(_ value: Double) -> Double {
    switch self {
    case .range(let lower, let upper):
      return lower < upper ? min(1, max(0, (value - lower) / (upper - lower))) : 0.5
    case .standard(let centre, let scale): return scale > 0 ? (value - centre) / scale : 0
    case .distribution(let values, let cumulated):
      guard let last = cumulated.last else { return 0.5 }
      let place = below(value, values)
      let under = place > 0 ? cumulated[place - 1] : 0
      let upTo = place < values.count && values[place] == value ? cumulated[place] : under
      // (below + equal / 2) / n with one rounding.
      return (Double(under) + Double(upTo)) / (2 * Double(last))
    case .breaks(let breaks):
      return Double(rightClosedBin(value, breaks) - 1) / Double(breaks.count)
    }
  }

  private static func distribution(of sorted: [Double]) -> Norm {
    var (values, cumulated): ([Double], [UInt32]) = ([], [])
    for (index, value) in sorted.enumerated() {
      if values.last != value {
        values.append(value)
        cumulated.append(0)
      }
      cumulated[cumulated.count - 1] = UInt32(truncatingIfNeeded: index + 1)
    }
    return .distribution(values: values, cumulated: cumulated)
  }

  /// Mean and population standard deviation of a sorted column, in two passes.
  private static func moments(_ sorted: [Double]) -> (Double, Double) {
    var sum = CompensatedSum()
    for value in sorted { sum += value }
    let mean = sum.value / Double(sorted.count)
    var squares = CompensatedSum()
    for value in sorted { squares += (value - mean) * (value - mean) }
    // Equal values may differ from their rounded mean.
    guard sorted.first != sorted.last else { return (mean, 0) }
    return (mean, (squares.value / Double(sorted.count)).squareRoot())
  }
}
