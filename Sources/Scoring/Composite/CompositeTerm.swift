/// One factor of a composite: its weight, and how it is transformed and normalized.
public struct CompositeTerm: Hashable, Sendable {
  /// The factor.
  public let factor: CompositeFactor
  /// The weight, above 0; only ratios of weights matter.
  public let weight: Double
  /// What is done to the raw value.
  public let transform: Transform
  /// How it is brought to the common scale.
  public let normalizer: Normalizer
  /// Which end is good. A normalized value v becomes 1 - v, a z-score -v, where less is better.
  public let direction: Direction

  /// A term; by default a percentile, a rating in 1...5 for ratings, in the factor's natural direction.
  public init(
    _ factor: CompositeFactor, weight: Double = 1, transform: Transform = .none,
    normalizer: Normalizer? = nil,
    direction: Direction? = nil
  ) {
    self.factor = factor
    self.weight = weight
    self.transform = transform
    self.normalizer =
      normalizer
      ?? {
        switch factor {
        case .productQuality, .serviceQuality, .priceSatisfaction: .fixedRange(lower: 1, upper: 5)
        default: .percentile
        }
      }()
    self.direction = direction ?? factor.naturalDirection
  }
}
