/// How a transformed factor is brought to a scale that others share.
public enum Normalizer: Hashable, Sendable {
  /// (x - lower) / (upper - lower), cut to 0...1: for a rating with a declared scale. Needs no population.
  case fixedRange(lower: Double, upper: Double)
  /// The same between two type-7 quantiles of the population, so that a few extremes do not set the scale.
  case winsorizedMinMax(lower: Double, upper: Double)
  /// (x - mean) / standard deviation of the population; not in 0...1.
  case zScore
  /// (x - median) / (1.4826 median absolute deviation); not in 0...1. 1.4826 makes it a standard deviation for normal data.
  case robustZScore
  /// The share of the population below, and half of those equal: the midrank percentile, in 0...1. The default for
  /// counts and money, whose scale then does not matter at all.
  case percentile
  /// The bin among so many type-7 quantile bins, closed on the right, as (bin - 1) / (bins - 1).
  case quantileBins(Int)

  /// Whether its numbers make sense.
  var isValid: Bool {
    switch self {
    case .fixedRange(let lower, let upper): lower.isFinite && upper.isFinite && lower < upper
    case .winsorizedMinMax(let lower, let upper): lower >= 0 && lower < upper && upper <= 1
    case .quantileBins(let bins): (2...1000).contains(bins)
    case .zScore, .robustZScore, .percentile: true
    }
  }

  /// Whether its values are in 0...1, as a geometric mean needs them.
  var isUnitRange: Bool {
    switch self {
    case .zScore, .robustZScore: false
    default: true
    }
  }
}
