/// The two functions of a count and a time that the Pareto/NBD likelihood is made of, with their gradients.
///
/// With n = r + x:
///
///     q(t) = (α+t)⁻ⁿ (β+t)⁻ˢ
///     H(t) = (n+s) ∫_t^∞ (α+τ)⁻ⁿ (β+τ)⁻ˢ⁻¹ dτ
///     L = Γ(n)/Γ(r) αʳ βˢ [ q(T) + s/(n+s) (H(t_x) - H(T)) ]
///
/// H is the hypergeometric term of Fader and Hardie ("A Note on Deriving the Pareto/NBD Model", 2005, equation 17),
/// after Euler's transformation: for α ≥ β, q(t) F(1, n; n+s+1; (α-β)/(α+t)); else
/// q(t) (α+t)/(β+t) F(1, s+1; n+s+1; (β-α)/(β+t)). All terms of F are positive.
struct ParetoTerm {
  /// ln H(t).
  let log: Double
  /// ln q(t).
  let logAlive: Double
  /// The gradient of ln H(t) by r, α, s, β.
  let gradient: SIMD4<Double>
  /// The gradient of ln q(t).
  let gradientAlive: SIMD4<Double>

  init(_ parameters: SIMD4<Double>, repeats: Int, time: Double) {
    let n = parameters[0] + Double(repeats)
    let s = parameters[2]
    let (alphaTime, betaTime) = (parameters[1] + time, parameters[3] + time)
    let (logAlpha, logBeta) = (logarithm(alphaTime), logarithm(betaTime))
    logAlive = -n * logAlpha - s * logBeta
    gradientAlive = SIMD4(-logAlpha, -n / alphaTime, -logBeta, -s / betaTime)
    let c = n + s + 1
    if alphaTime >= betaTime {
      let f = UnitHypergeometric(upper: n, lower: c, argument: (alphaTime - betaTime) / alphaTime)
      let inverse = 1 / f.value
      let byArgument = f.byArgument * inverse / alphaTime
      log = logAlive + logarithm(f.value)
      gradient =
        gradientAlive
        + SIMD4(
          (f.byUpper + f.byLower) * inverse, byArgument * (betaTime / alphaTime), f.byLower * inverse,
          -byArgument)
    } else {
      let f = UnitHypergeometric(upper: s + 1, lower: c, argument: (betaTime - alphaTime) / betaTime)
      let inverse = 1 / f.value
      let byArgument = f.byArgument * inverse / betaTime
      log = logAlive + logAlpha - logBeta + logarithm(f.value)
      gradient =
        gradientAlive
        + SIMD4(
          f.byLower * inverse, 1 / alphaTime - byArgument, (f.byUpper + f.byLower) * inverse,
          byArgument * (alphaTime / betaTime) - 1 / betaTime)
    }
  }
}
