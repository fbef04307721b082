/// Logarithm and exponential of doubles: this target imports nothing, so it has no C library to ask.
///
/// Both are within a few units in the last place, by argument reduction and a series (Muller, "Elementary
/// Functions", 3rd edition, chapters 3 and 11). No noise depends on them: mechanisms use exact rationals.
enum ElementaryFunctions {
  /// The two parts of ln 2: the first has trailing zeros, so that a small multiple of it is exact.
  private static let ln2High = 0x1.62e42fee00000p-1
  private static let ln2Low = 0x1.a39ef35793c76p-33

  /// The natural logarithm; minus infinity for 0, not a number below.
  static func log(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return x == 0 ? -.infinity : (x > 0 ? x : .nan) }
    var exponent = Double(x.exponent)
    var mantissa = x.significand
    if mantissa > 1.4142135623730951 {
      mantissa /= 2
      exponent += 1
    }
    // ln m = 2 artanh((m - 1) / (m + 1))
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var sum = 0.0
    for term in stride(from: 25.0, through: 3.0, by: -2.0) { sum = (sum + 1 / term) * square }
    return exponent * ln2High + (exponent * ln2Low + 2 * s * sum + 2 * s)
  }

  /// The exponential.
  static func exp(_ x: Double) -> Double {
    if x > 709.78 { return .infinity }
    if x < -745.2 { return 0 }
    let multiple = (x / (ln2High + ln2Low)).rounded()
    let rest = (x - multiple * ln2High) - multiple * ln2Low
    var sum = 1.0
    for term in stride(from: 18.0, through: 1.0, by: -1.0) { sum = 1 + sum * rest / term }
    return sum * Double(sign: .plus, exponent: Int(multiple / 2), significand: 1)
      * Double(sign: .plus, exponent: Int(multiple) - Int(multiple / 2), significand: 1)
  }

  /// A draw from the standard normal distribution by Marsaglia's polar method (SIAM Review 6, 1964).
  static func normal(using generator: inout some RandomNumberGenerator) -> Double {
    while true {
      let u = Double.random(in: -1..<1, using: &generator)
      let v = Double.random(in: -1..<1, using: &generator)
      let s = u * u + v * v
      if s > 0, s < 1 { return u * (-2 * log(s) / s).squareRoot() }
    }
  }
}
