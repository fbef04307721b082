/// Zero-concentrated differential privacy, and what it means in epsilon and delta.
///
/// Bun and Steinke, "Concentrated Differential Privacy", TCC 2016; the conversion is proposition 12 of Canonne, Kamath,
/// Steinke, "The Discrete Gaussian for Differential Privacy", NeurIPS 2020, which is optimal over the orders.
public enum ZeroConcentration {
  /// The rho of a mechanism that is epsilon-differentially private: epsilon^2 / 2 (Bun and Steinke, proposition 1.4).
  public static func rho(ofPure epsilon: Rational) -> Rational {
    epsilon * epsilon / Rational(2)
  }

  /// The least delta with which rho-zCDP is (epsilon, delta)-differentially private; never below the truth by more
  /// than rounding.
  public static func delta(rho: Double, epsilon: Double) -> Double {
    guard rho > 0 else { return 0 }
    // The exponent is convex in the order.
    func exponent(_ order: Double) -> Double {
      (order - 1) * (order * rho - epsilon) - ElementaryFunctions.log(order - 1)
        + order * ElementaryFunctions.log(1 - 1 / order)
    }
    var low = 1.01
    var high = (epsilon + 1) / (2 * rho) + 2
    for _ in 0..<200 {
      let third = (high - low) / 3
      if exponent(low + third) <= exponent(high - third) { high -= third } else { low += third }
    }
    return min(1, ElementaryFunctions.exp(exponent((low + high) / 2)))
  }

  /// The least epsilon with which rho-zCDP is (epsilon, delta)-differentially private, rounded up.
  public static func epsilon(rho: Double, delta: Double) -> Double {
    guard rho > 0 else { return 0 }
    precondition(delta > 0 && delta < 1)
    var low = 0.0
    // The conversion of Bun and Steinke, which is never below the optimal one.
    var high = rho + 2 * (rho * ElementaryFunctions.log(1 / delta)).squareRoot()
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if self.delta(rho: rho, epsilon: middle) <= delta { high = middle } else { low = middle }
    }
    return high * (1 + 1e-9)
  }

  /// The greatest rho, in steps of 2^-40, that is (epsilon, delta)-differentially private; nil where none is.
  public static func rho(epsilon: Rational, delta: Rational) -> Rational? {
    guard !epsilon.isZero, !delta.isZero, delta < .one else { return nil }
    let target = delta.approximation * (1 - 1e-9)
    let step = 1 << 40
    var low = 0
    var high = Int(min(epsilon.approximation, 1000) * Double(step)) + 1
    while high - low > 1 {
      let middle = (low + high) / 2
      let rho = Double(middle) / Double(step)
      if self.delta(rho: rho, epsilon: epsilon.approximation * (1 - 1e-12)) <= target {
        low = middle
      } else {
        high = middle
      }
    }
    return low > 0 ? Rational(low, over: step) : nil
  }
}
