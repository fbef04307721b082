/// Expected purchases of a beta-geometric customer who is alive: the hypergeometric part of E[Y(t)], without
/// overflow or cancellation for any count.
///
/// Fader, Hardie, Lee (2005), equation 10, has C/(a-1) [1 - (1-z)ⁿ F(n, B; C; z)] with n = r + x, B = b′ + x, C = a + B - 1
/// and z = t/(α+T+t). The factor (1-z)ⁿ underflows and F overflows for large counts. Euler's transformation
/// (DLMF 15.8.1) gives (1-z)ⁿ F(n, B; C; z) = (1-z)^(a-1) F(C-n, a-1; C; z), in which the count is only in C and
/// cancels. With ε = a-1, L = ln(1-z) and F = 1 + ε S/C the bracket over ε is
///
///     C (-expm1(ε L)/ε) - exp(ε L) S,   S = Σ_{k≥1} (C-n)_k (ε+1)_{k-1} z^k / ((C+1)_{k-1} k!)
///
/// which has no singularity at a = 1 and none at C = 0. Where the series is slow (z near 1, small counts) the
/// same expectation is integrated over the probability of leaving.
struct BetaGeometricExpectation {
  /// r + x.
  let n: Double
  let a: Double
  /// b′ + x.
  let b: Double
  /// C - n = a + b′ - 1 - r, which the count is not in: taken as a difference of parameters, it keeps all its digits.
  let shapes: Double

  /// The most terms before the integral is cheaper.
  private static let mostTerms = 400

  /// The expectation.
  ///
  /// - Parameter elapsed: t / (α + T).
  func value(elapsed: Double) -> Double {
    guard elapsed > 0 else { return 0 }
    return series(elapsed) ?? integral(elapsed)
  }

  private func series(_ elapsed: Double) -> Double? {
    let z = elapsed / (1 + elapsed)
    let c = a + b - 1
    let epsilon = a - 1
    var term = shapes * z
    var sum = term
    var k = 1.0
    // Terms fall at least as fast as z^k once they fall, so what is left is at most a term over 1 - z.
    let negligible = 1e-17 * (1 - z)
    while term.magnitude > negligible * sum.magnitude {
      guard k < Double(Self.mostTerms) else { return nil }
      term *= (shapes + k) * (epsilon + k) * z / ((c + k) * (k + 1))
      sum += term
      k += 1
    }
    let exponent = -epsilon * logarithmOfOnePlus(elapsed)
    let head = epsilon == 0 ? logarithmOfOnePlus(elapsed) : -exponentialMinusOne(exponent) / epsilon
    let value = c * head - exponential(exponent) * sum
    // A difference that lost most of its digits is left to the integral, whose terms are all positive.
    guard value > 1e-4 * (c * head).magnitude else { return nil }
    return value
  }

  /// ∫ [1 - (1 + p t/(α+T))⁻ⁿ]/p Beta(p; a, b) dp, by the trapezoidal rule in y = ln(p/(1-p)), where the integrand is
  /// analytic in a strip of width 2π and falls off exponentially at both ends: the rule converges
  /// geometrically. All terms are positive, and the weights are summed by the same rule.
  private func integral(_ elapsed: Double) -> Double {
    let mode = logarithm(a / b)
    let spread = (1 / a + 1 / b).squareRoot()
    let step = min(0.4, 0.5 * spread)
    var (weights, products) = (CompensatedSum(), CompensatedSum())
    let peak = logWeight(mode)
    for direction in [-1.0, 1.0] {
      var k = direction < 0 ? 1.0 : 0.0
      while k < 200_000 {
        let y = mode + direction * k * step
        let weight = exponential(logWeight(y) - peak)
        let p = 1 / (1 + exponential(-y))
        weights += weight
        // Below 1e-290 the quotient is n t/(α+T) to the last bit.
        products +=
          weight
          * (p < 1e-290 ? n * elapsed : -exponentialMinusOne(-n * logarithmOfOnePlus(p * elapsed)) / p)
        if weight < 1e-18 * weights.value { break }
        k += 1
      }
    }
    return products.value / weights.value
  }

  /// ln of p^a (1-p)^b at p = 1/(1+e^-y): the Beta density times dp/dy, but for a constant.
  private func logWeight(_ y: Double) -> Double {
    let small = y > 0 ? -logarithmOfOnePlus(exponential(-y)) : y - logarithmOfOnePlus(exponential(y))
    return a * small + b * (small - y)
  }
}
