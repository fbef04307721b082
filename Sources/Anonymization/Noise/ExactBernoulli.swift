/// Coins with exact odds. Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy", NeurIPS 2020,
/// section 5.
extension BitSource {
  /// True with this probability, which is at most 1.
  mutating func bernoulli(_ probability: Rational) -> Bool {
    uniform(below: probability.denominator) < probability.numerator
  }

  /// True with probability exp(-gamma) (their algorithm 1).
  mutating func bernoulli(expOfMinus gamma: Rational) -> Bool {
    let whole = gamma.wholePart
    guard let steps = whole.small else { return false }
    if steps > 0 {
      for _ in 0..<steps where !bernoulliOfFraction(.one) { return false }
    }
    guard let rest = gamma.subtracting(Rational(whole, over: Natural(1 as UInt64))), !rest.isZero else {
      return true
    }
    return bernoulliOfFraction(rest)
  }

  /// The case of gamma at most 1: the number of successes before the first failure, of coins with odds gamma,
  /// gamma/2, gamma/3 and so on, is even with probability exp(-gamma).
  private mutating func bernoulliOfFraction(_ gamma: Rational) -> Bool {
    var trial: UInt64 = 1
    while uniform(below: gamma.denominator * Natural(trial)) < gamma.numerator { trial += 1 }
    return trial % 2 == 1
  }
}
