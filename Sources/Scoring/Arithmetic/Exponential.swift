/// e to the power of x, within one unit in the last place.
///
/// The module imports nothing, so its elementary functions are its own. That also makes them the same bits on
/// every machine: only IEEE additions, multiplications and divisions, none of them fused. The method and the
/// coefficients are those of `e_exp.c` of fdlibm (Sun Microsystems, 1993): x = k ln 2 + r, a rational
/// approximation of e^r on |r| ≤ ln 2 / 2, then a shift by k.
@inline(__always)
func exponential(_ x: Double) -> Double {
  guard x < ExponentialConstants.overflow else { return x.isNaN ? x : .infinity }
  guard x > ExponentialConstants.underflow else { return 0 }
  // Adding and subtracting 1.5 · 2^52 rounds to the nearest integer without a call.
  let shifted = x * ExponentialConstants.inverseLn2 + 0x1.8p52
  let multiple = shifted - 0x1.8p52
  let high = x - multiple * ExponentialConstants.ln2High
  let low = multiple * ExponentialConstants.ln2Low
  let rest = high - low
  let correction = exponentialCorrection(rest)
  let mantissa = 1 - ((low - rest * correction / (2 - correction)) - high)
  let exponent = Int64(multiple)
  // Results below 2^-1021 are scaled twice, so that they are rounded once.
  if exponent < -1021 {
    return mantissa * Double(bitPattern: UInt64(bitPattern: exponent + 1000 + 1023) << 52) * 0x1p-1000
  }
  if exponent > 1023 { return mantissa * 2 * 0x1p1023 }
  return mantissa * Double(bitPattern: UInt64(bitPattern: exponent + 1023) << 52)
}

/// e^x - 1 without cancellation near 0.
@inline(__always)
func exponentialMinusOne(_ x: Double) -> Double {
  // Within ln 2 / 2 the approximation of `exponential` gives e^x - 1 itself.
  guard x.magnitude < 0.34 else { return exponential(x) - 1 }
  let correction = exponentialCorrection(x)
  return x + x * correction / (2 - correction)
}

/// fdlibm's c(r): e^r = 1 + r + r c / (2 - c).
@inline(__always)
private func exponentialCorrection(_ rest: Double) -> Double {
  let square = rest * rest
  var polynomial = 4.13813679705723846039e-08
  polynomial = polynomial * square - 1.65339022054652515390e-06
  polynomial = polynomial * square + 6.61375632143793436117e-05
  polynomial = polynomial * square - 2.77777777770155933842e-03
  polynomial = polynomial * square + 1.66666666666666019037e-01
  return rest - square * polynomial
}

/// What `exponential` reduces its argument with.
enum ExponentialConstants {
  static let overflow = 7.09782712893383973096e+02
  static let underflow = -7.45133219101941108420e+02
  static let inverseLn2 = 1.44269504088896338700e+00
  /// ln 2 to 33 bits, so that a multiple of it is exact.
  static let ln2High = 6.93147180369123816490e-01
  /// What `ln2High` lacks.
  static let ln2Low = 1.90821492927058770002e-10
}
