/// Gauss's hypergeometric function with one upper parameter 1, F(1, b; c; z), and its partial derivatives, for
/// c > b > 0, c > 1 and 0 ≤ z < 1.
///
/// Gauss's continued fraction (NIST DLMF 15.7.1 with a = 1), evaluated from its tail, with the derivative of each
/// step carried along (forward differentiation), so that they are exact for the truncated fraction. It
/// converges by the factor ((1 - √(1-z)) / (1 + √(1-z)))² every two steps, near z = 1 far faster than the series, all of
/// its terms are positive, and nothing overflows however large b and c are.
struct UnitHypergeometric {
  /// F(1, b; c; z), at least 1.
  let value: Double
  /// ∂F/∂b.
  let byUpper: Double
  /// ∂F/∂c.
  let byLower: Double
  /// ∂F/∂z.
  let byArgument: Double

  /// The most steps of the fraction before the integral is cheaper: z about 0.996.
  private static let mostSteps = 300

  init(upper b: Double, lower c: Double, argument z: Double) {
    guard z > 0 else {
      (value, byUpper, byLower, byArgument) = (1, 0, 0, b / c)
      return
    }
    let depth = Self.depth(z)
    guard depth <= Self.mostSteps else {
      let integrals = Self.integrals(b, c, z)
      (value, byUpper, byLower, byArgument) = (integrals[0], integrals[1], integrals[2], integrals[3])
      return
    }
    // The tail t of 1 / (1 - k1 z / (1 - k2 z / …)), and its derivatives; it starts at 1.
    var tail = 1.0
    var (tailB, tailC, tailZ) = (0.0, 0.0, 0.0)
    var step = depth
    while step >= 1 {
      let (k, kB, kC) = Self.coefficient(step, b, c)
      let quotient = k * z / tail
      let next = 1 - quotient
      let overTail = z / tail
      tailB = quotient / tail * tailB - overTail * kB
      tailC = quotient / tail * tailC - overTail * kC
      tailZ = quotient / tail * tailZ - k / tail
      tail = next
      step -= 1
    }
    let inverse = 1 / tail
    value = inverse
    byUpper = -tailB * inverse * inverse
    byLower = -tailC * inverse * inverse
    byArgument = -tailZ * inverse * inverse
  }

  /// (c-1) ∫_0^1 (1-u)^(c-2) (1-uz)^(-b) du (DLMF 15.6.1) near z = 1, by the trapezoidal rule in y = ln(u/(1-u)): the
  /// integrand is analytic in a strip and falls off exponentially on both sides. The derivatives are integrals
  /// of the same kind.
  ///
  /// Where the integrand has become an exponential of y to rounding, the rest of the sum is a geometric series
  /// and is added at once: with c near 1 it falls off so slowly that it could not be summed term by term.
  private static func integrals(_ b: Double, _ c: Double, _ z: Double) -> SIMD4<Double> {
    let step = 0.25
    // At u = 1/c the integrand is neither underflowed nor past its peak, however large b and c are.
    let start = -logarithm(c)
    var sums = SIMD4<Double>.zero
    // Rightwards until 1-u is nothing beside 1-z; leftwards until (c u)² is nothing beside 1.
    let right = Int((42 - logarithm(1 - z) - start) / step)
    for k in 0..<max(1, right) {
      let (term, parts) = integrand(start + Double(k) * step, b, c, z)
      sums += term * parts
      if term * (1 - parts[2]) < 1e-18 * sums[0] { break }
      if k == right - 1 {
        // term, term q, term q², …, and the same times y.
        let fall = -exponentialMinusOne(-(c - 1) * step)
        let rest = term * (1 - fall) / fall
        sums += rest * parts
        sums[2] -= rest * step / fall
      }
    }
    for k in 1...84 {
      let (term, parts) = integrand(start - Double(k) * step, b, c, z)
      sums += term * parts
      if k == 84 { sums[0] += term / exponentialMinusOne(step) }
    }
    sums *= step * (c - 1)
    sums[2] += sums[0] / (c - 1)
    return sums
  }

  /// The integrand at y, and what it is to be multiplied by: 1, and for the derivatives by b, c and z.
  private static func integrand(
    _ y: Double, _ b: Double, _ c: Double, _ z: Double
  ) -> (term: Double, parts: SIMD4<Double>) {
    // ln(1-u) and ln(1-uz) with u = 1/(1+e^-y), written so that neither loses digits at its end.
    let odds = exponential(-y.magnitude)
    let logOther = -(max(0, y) + logarithmOfOnePlus(odds))
    let (u, other) = y > 0 ? (1 / (1 + odds), odds / (1 + odds)) : (odds / (1 + odds), 1 / (1 + odds))
    let rest = other + (1 - z) * u
    let logRest = logarithm(rest)
    let term = exponential((c - 1) * logOther - b * logRest) * u
    return (term, SIMD4(1, -logRest, logOther, b * u / rest))
  }

  /// How many steps leave an error below 10⁻¹⁷.
  private static func depth(_ z: Double) -> Int {
    let root = (1 - z).squareRoot()
    let logFactor = logarithm((1 - root) / (1 + root))
    guard logFactor < -0.01 else { return .max }
    return Int(-40 / logFactor) + 6
  }

  /// k(2n-1) = (b+n-1)(c+n-2) / ((c+2n-3)(c+2n-2)) and k(2n) = n (c-b+n-1) / ((c+2n-2)(c+2n-1)), with their
  /// derivatives by b and c.
  private static func coefficient(_ step: Int, _ b: Double, _ c: Double) -> (Double, Double, Double) {
    if step == 1 { return (b / c, 1 / c, -b / (c * c)) }
    if step & 1 == 1 {
      let n = Double(step / 2 + 1)
      let (first, second) = (c + 2 * n - 3, c + 2 * n - 2)
      let scale = 1 / (first * second)
      let (left, right) = (b + n - 1, c + n - 2)
      let k = left * right * scale
      return (k, right * scale, left * scale - k * (1 / first + 1 / second))
    }
    let n = Double(step / 2)
    let (first, second) = (c + 2 * n - 2, c + 2 * n - 1)
    let scale = n / (first * second)
    let k = (c - b + n - 1) * scale
    return (k, -scale, scale - k * (1 / first + 1 / second))
  }
}
