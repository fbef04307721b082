/// The natural logarithm, within one unit in the last place; -infinity for 0, not a number below.
///
/// Method and coefficients of `e_log.c` of fdlibm (Sun Microsystems, 1993): x = 2^k (1 + f) with 1 + f between
/// √2/2 and √2, and log(1 + f) from a polynomial in s = f / (2 + f). The same bits on every machine.
@inline(__always)
func logarithm(_ x: Double) -> Double {
  guard x >= .leastNormalMagnitude else { return smallLogarithm(x) }
  guard x < .infinity else { return x }
  return normalLogarithm(x, 0)
}

/// log(1 + x) without cancellation near 0.
@inline(__always)
func logarithmOfOnePlus(_ x: Double) -> Double {
  if x > -0.29 && x < 0.41 { return reducedLogarithm(x, 0) }
  let sum = 1 + x
  guard sum > 0, sum < .infinity else { return logarithm(sum) }
  // What the addition rounded off is put back to first order.
  return logarithm(sum) + (x - (sum - 1)) / sum
}

@inline(__always)
private func normalLogarithm(_ x: Double, _ scale: Double) -> Double {
  // 0x95f64 moves the border between two exponents from 1 to √2/2.
  let bits = x.bitPattern &+ (0x3ff0_0000_0000_0000 &- 0x3fe6_a09e_667f_3bcd)
  let exponent = Double(Int64(bits >> 52) - 1023)
  let mantissa = Double(bitPattern: bits & 0x000f_ffff_ffff_ffff &+ 0x3fe6_a09e_667f_3bcd)
  return reducedLogarithm(mantissa - 1, exponent + scale)
}

private func smallLogarithm(_ x: Double) -> Double {
  if x == 0 { return -.infinity }
  guard x > 0 else { return .nan }
  return normalLogarithm(x * 0x1p54, -54)
}

/// k ln 2 + log(1 + f), with √2/2 < 1 + f < √2.
@inline(__always)
private func reducedLogarithm(_ f: Double, _ k: Double) -> Double {
  let s = f / (2 + f)
  let z = s * s
  let w = z * z
  let even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
  let odd =
    z
    * (6.666666666666735130e-01
      + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
  let half = 0.5 * f * f
  return k * ExponentialConstants.ln2High
    - ((half - (s * (half + (even + odd)) + k * ExponentialConstants.ln2Low)) - f)
}
