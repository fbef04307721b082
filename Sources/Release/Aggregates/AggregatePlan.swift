public import Anonymization

/// Queries with the noise that each gets from its share of what is spent.
///
/// A customer with all rows is the unit: one more or less moves a count by 1, a clamped sum by the greater end of the
/// clamp. Groups and cells are disjoint, so that what a query spends counts once. With a delta the noise is Gaussian,
/// and its cost in zero-concentrated form is what is divided.
public struct AggregatePlan: Sendable {
  /// A query's noise.
  public struct Step: Sendable {
    /// The query.
    public let query: AggregateQuery
    /// `discrete Laplace`, `discrete Gaussian` or `permute-and-flip`.
    public let mechanism: String
    /// The exact parameter: scale, or variance; nil for a selection.
    public let parameter: Rational?
    /// The expected size of the noise, in units; nil for a selection.
    public let expectedError: Double?
    /// What it spends of epsilon; of rho, where there is a delta.
    public let share: Rational
    let noise: Noise
  }

  /// What a draw comes from.
  enum Noise: Sendable {
    case laplace(DiscreteLaplace)
    case gaussian(DiscreteGaussian)
    case mean(sum: NoiseSource, count: NoiseSource)
    case quantile(PrivateQuantile)
  }

  /// Either kind of additive noise.
  enum NoiseSource: Sendable {
    case laplace(DiscreteLaplace)
    case gaussian(DiscreteGaussian)

    func draw(from bits: inout some BitSource) -> Int {
      switch self {
      case .laplace(let noise): noise.draw(from: &bits)
      case .gaussian(let noise): noise.draw(from: &bits)
      }
    }
  }

  /// The queries, in order.
  public let steps: [Step]
  /// What all of them cost together.
  public let charge: PrivacyCharge

  /// Divides what is spent over queries by their weights.
  ///
  /// - Parameter delta: 0 for pure differential privacy.
  public init(_ queries: [AggregateQuery], epsilon: Rational, delta: Rational) throws {
    let charge =
      try delta.isZero ? PrivacyCharge(pure: epsilon) : PrivacyCharge(epsilon: epsilon, delta: delta)
    let total = queries.reduce(0) { $0 + $1.weight }
    let whole = delta.isZero ? epsilon : charge.rho
    self.charge = charge
    steps = try queries.map { query in
      try Self.step(query, share: whole * Rational(query.weight, over: max(1, total)), isPure: delta.isZero)
    }
  }

  private static func step(_ query: AggregateQuery, share: Rational, isPure: Bool) throws -> Step {
    switch query.figure {
    case .count, .histogram: return try additive(query, sensitivity: 1, share, isPure)
    case .sum(let clamp):
      return try additive(query, sensitivity: max(1, max(abs(clamp.lower), abs(clamp.upper))), share, isPure)
    case .mean(let clamp):
      let half = share / Rational(2)
      let sum = try source(sensitivity: Self.radius(clamp), half, isPure)
      let count = try source(sensitivity: 1, half, isPure)
      let (parameter, error) = size(sum)
      return Step(
        query: query, mechanism: isPure ? "discrete Laplace" : "discrete Gaussian", parameter: parameter,
        expectedError: error, share: share, noise: .mean(sum: sum, count: count))
    case .quantile(let rank, let grid):
      let epsilon = isPure ? share : try Self.epsilon(ofRho: share)
      let quantile = try PrivateQuantile(rank: rank, grid: grid, epsilon: epsilon)
      return Step(
        query: query, mechanism: "permute-and-flip", parameter: nil, expectedError: nil, share: share,
        noise: .quantile(quantile))
    }
  }

  /// How far a value can be from the middle of a clamp, at least 1.
  static func radius(_ clamp: AggregateQuery.Clamp) -> Int {
    let middle = middle(of: clamp)
    return max(1, clamp.upper - middle, middle - clamp.lower)
  }

  static func middle(of clamp: AggregateQuery.Clamp) -> Int { clamp.lower + (clamp.upper - clamp.lower) / 2 }

  private static func additive(
    _ query: AggregateQuery, sensitivity: Int, _ share: Rational, _ isPure: Bool
  ) throws -> Step {
    let noise = try source(sensitivity: sensitivity, share, isPure)
    let (parameter, error) = size(noise)
    let form: Noise =
      switch noise {
      case .laplace(let noise): .laplace(noise)
      case .gaussian(let noise): .gaussian(noise)
      }
    return Step(
      query: query, mechanism: isPure ? "discrete Laplace" : "discrete Gaussian", parameter: parameter,
      expectedError: error, share: share, noise: form)
  }

  private static func source(sensitivity: Int, _ share: Rational, _ isPure: Bool) throws -> NoiseSource {
    let sensitivity = Natural(sensitivity)
    return isPure
      ? .laplace(try DiscreteLaplace(sensitivity: sensitivity, epsilon: share))
      : .gaussian(try DiscreteGaussian(squaredSensitivity: sensitivity * sensitivity, rho: share))
  }

  private static func size(_ noise: NoiseSource) -> (parameter: Rational, error: Double) {
    switch noise {
    case .laplace(let noise): (noise.scale, noise.meanDeviation)
    // The mean size of Gaussian noise is its deviation times the root of 2/pi.
    case .gaussian(let noise): (noise.variance, noise.standardDeviation * 0.797_884_560_802_865_4)
    }
  }

  /// The greatest epsilon, in steps of 2^-20, whose mechanisms cost at most this rho: epsilon^2 / 2.
  private static func epsilon(ofRho rho: Rational) throws(AnonymizationError) -> Rational {
    let scale = Natural(1 << 40)
    let square = (Natural(2) * rho.numerator * scale).quotientAndRemainder(dividingBy: rho.denominator)
      .quotient
    let root = square.squareRoot
    guard !root.isZero else {
      throw AnonymizationError(.badParameter, reason: "the share of a quantile is too small")
    }
    return Rational(root, over: Natural(1 << 20))
  }
}
