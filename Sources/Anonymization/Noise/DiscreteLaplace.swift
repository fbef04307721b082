/// The discrete Laplace distribution on the whole numbers: the probability of x is proportional to
/// exp(-|x| / scale).
public struct DiscreteLaplace: Sendable {
  /// The greatest scale.
  public static let largestScale = Natural(1 << 40)

  /// How wide it is: sensitivity over epsilon.
  public let scale: Rational

  /// The noise of a scale above 0.
  public init(scale: Rational) throws(AnonymizationError) {
    guard !scale.isZero, scale.wholePart < Self.largestScale, scale.denominator < Self.largestScale else {
      throw AnonymizationError(.badParameter, reason: "the scale of noise is above 0 and below 2^40")
    }
    self.scale = scale
  }

  /// What makes a figure of this sensitivity epsilon-differentially private (Ghosh, Roughgarden, Sundararajan, STOC
  /// 2009).
  public init(sensitivity: Natural, epsilon: Rational) throws(AnonymizationError) {
    guard !epsilon.isZero else {
      throw AnonymizationError(.badParameter, reason: "epsilon is above 0")
    }
    try self.init(scale: Rational(sensitivity, over: Natural(1 as UInt64)) / epsilon)
  }

  /// The expected size of the noise, in units of the figure.
  public var meanDeviation: Double {
    // E|X| = 2q / (1 - q^2), q being exp(-1/scale).
    let q = ElementaryFunctions.exp(-1 / scale.approximation)
    return 2 * q / (1 - q * q)
  }

  /// A draw (Canonne, Kamath, Steinke 2020, algorithm 2).
  public func draw(from source: inout some BitSource) -> Int {
    let (t, s) = (scale.numerator, scale.denominator)
    while true {
      let u = source.uniform(below: t)
      guard source.bernoulli(expOfMinus: Rational(u, over: t)) else { continue }
      var v: UInt64 = 0
      while source.bernoulli(expOfMinus: .one) { v += 1 }
      let y = (u + t * Natural(v)).quotientAndRemainder(dividingBy: s).quotient
      let isNegative = source.bits(1) == 1
      if isNegative, y.isZero { continue }
      // With scales below 2^40 a draw that does not fit has a probability below exp(-2^22).
      guard let size = y.small, let value = Int(exactly: size) else { continue }
      return isNegative ? -value : value
    }
  }
}
