/// What BG/NBD and MBG/NBD share: purchases come at a Gamma(r, α) rate, and after a purchase the customer leaves
/// with a Beta(a, b) probability.
///
/// MBG/NBD lets the customer leave after the first purchase too, which is the same with b + 1 for b in all but the
/// prior: `shift` is 0 or 1, and b′ stands for b + shift. With n = r + x and δ = 0 for a BG/NBD customer without
/// repeats, else 1:
///
///     L = Γ(n)/Γ(r) αʳ B(a, b′+x)/B(a, b) [ (α+T)⁻ⁿ + δ a/(b′+x-1) (α+t_x)⁻ⁿ ]
///
/// (Fader, Hardie, Lee 2005, equation 6, factored as in "Computing P(alive) Using the BG/NBD Model", 2008;
/// Batislam, Denizel, Filiztekin, "Empirical validation and comparison of models for customer base analysis",
/// 2007.)
struct BetaGeometric: Sendable {
  let r: Double
  let alpha: Double
  let a: Double
  let b: Double
  /// 0 for BG/NBD, 1 for MBG/NBD.
  let shift: Double

  /// b + shift + x.
  @inline(__always)
  private func shifted(_ repeats: Int) -> Double { b + shift + Double(repeats) }

  /// P(alive) = 1 / (1 + δ a/(b′+x-1) ((α+T)/(α+t_x))ⁿ), in logarithms, so that a ratio to the power of a hundred
  /// thousand does not overflow.
  @inline(__always)
  func probabilityAlive(_ customer: SufficientStatistics) -> Double {
    guard shift == 1 || customer.repeats > 0 else { return 1 }
    let n = r + Double(customer.repeats)
    let logRatio = logarithmOfOnePlus((customer.age - customer.recency) / (alpha + customer.recency))
    let odds = a / (shifted(customer.repeats) - 1) * exponential(n * logRatio)
    return 1 / (1 + odds)
  }

  /// E[Y(t)] of a customer who is alive.
  func expectedIfAlive(repeats: Int, age: Double, within time: Double) -> Double {
    BetaGeometricExpectation(
      n: r + Double(repeats), a: a, b: shifted(repeats), shapes: a + b + shift - 1 - r
    ).value(elapsed: time / (alpha + age))
  }

  /// P(Y(t) = y) for y = 0, 1, … until the sum reaches the level.
  ///
  /// Given that the customer is alive, rate and departure are independent with posteriors Gamma(n, α+T) and
  /// Beta(a, b′+x). With N the negative binomial count of a customer who never leaves,
  /// P(y) = B(a, b′+x+y)/B(a, b′+x) P(N = y) + B(a+1, b′+x+y-1)/B(a, b′+x) P(N ≥ y), the latter for y ≥ 1: a run
  /// that was not ended, or ended by its last purchase.
  func purchaseProbabilities(
    of customer: SufficientStatistics, within time: Double, upTo level: Double
  ) -> [Double] {
    let alive = probabilityAlive(customer)
    let n = r + Double(customer.repeats)
    let start = shifted(customer.repeats)
    let logStay = -logarithmOfOnePlus(time / (alpha + customer.age))
    let z = time / (alpha + customer.age + time)
    guard z > 0 else { return [1] }
    var logCount = n * logStay
    var survival = 1.0
    var unended = 1.0
    var probabilities: [Double] = []
    var sum = 0.0
    while sum < level && probabilities.count < PurchaseCount.most {
      let y = Double(probabilities.count)
      let exactly = exponential(logCount)
      var probability = unended * exactly
      if y > 0 { probability += unended * a / (start + y - 1) * max(0, survival) }
      probability *= alive
      if y == 0 { probability += 1 - alive }
      probabilities.append(probability)
      sum += probability
      // What is left is less than rounding takes from the sum.
      if sum > 0.5, probability < PurchaseCount.negligible { break }
      survival -= exactly
      logCount += logarithm((n + y) / (y + 1) * z)
      unended *= (start + y) / (a + start + y)
    }
    return probabilities
  }
}

/// Limits of predicted counts.
enum PurchaseCount {
  /// The most purchases that a distribution is computed for.
  static let most = 1_000_000
  /// A probability so small that no further count matters.
  static let negligible = 1e-17
}
