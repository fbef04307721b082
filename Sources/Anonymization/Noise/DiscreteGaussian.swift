/// The discrete Gaussian distribution on the whole numbers: the probability of x is proportional to
/// exp(-x^2 / (2 variance)), `variance` being the parameter sigma squared.
public struct DiscreteGaussian: Sendable {
  /// The parameter sigma squared.
  public let variance: Rational
  private let proposal: DiscreteLaplace
  private let t: Natural

  /// The noise of a parameter above 0.
  public init(variance: Rational) throws(AnonymizationError) {
    guard !variance.isZero else {
      throw AnonymizationError(.badParameter, reason: "the variance of noise is above 0")
    }
    self.variance = variance
    t = variance.wholePart.squareRoot + Natural(1 as UInt64)
    proposal = try DiscreteLaplace(scale: Rational(t, over: Natural(1 as UInt64)))
  }

  /// What makes a vector of figures of this Euclidean sensitivity rho-zero-concentrated differentially private
  /// (Canonne, Kamath, Steinke 2020, theorem 4): the variance is sensitivity^2 / (2 rho).
  ///
  /// - Parameter squaredSensitivity: the square of the sensitivity, which is whole where the sensitivity is not.
  public init(squaredSensitivity: Natural, rho: Rational) throws(AnonymizationError) {
    guard !rho.isZero else {
      throw AnonymizationError(.badParameter, reason: "rho is above 0")
    }
    try self.init(variance: Rational(squaredSensitivity, over: Natural(2 as UInt64)) / rho)
  }

  /// The standard deviation, of which that of the distribution is never above (their corollary 9).
  public var standardDeviation: Double { variance.approximation.squareRoot() }

  /// A draw (Canonne, Kamath, Steinke 2020, algorithm 3).
  public func draw(from source: inout some BitSource) -> Int {
    let (n, d) = (variance.numerator, variance.denominator)
    while true {
      let y = proposal.draw(from: &source)
      // (|y| - n/(d t))^2 / (2 n/d) = (|y| d t - n)^2 / (2 n d t^2)
      let difference = (Natural(UInt64(y.magnitude)) * d * t).distance(to: n)
      let gamma = Rational(difference * difference, over: Natural(2 as UInt64) * n * d * t * t)
      if source.bernoulli(expOfMinus: gamma) { return y }
    }
  }
}
