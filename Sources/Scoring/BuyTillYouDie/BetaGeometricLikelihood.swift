/// The log-likelihood of BG/NBD and MBG/NBD over compressed customers, with first and second derivatives.
///
/// ln Γ and its derivatives are evaluated once for each distinct count, the logarithms once for each distinct
/// time; what is left for each distinct row is one exponential and one logarithm.
struct BetaGeometricLikelihood: LogLikelihood {
  let customers: CompressedStatistics
  /// 0 for BG/NBD, 1 for MBG/NBD.
  let shift: Double

  var dimension: Int { 4 }

  func derivatives(at parameters: SIMD4<Double>, order: DerivativeOrder) -> Derivatives {
    var result = countTerms(parameters, order)
    let times = TimeTables(customers.times, alpha: parameters[1])
    let (r, a, b) = (parameters[0], parameters[2], parameters[3] + shift)
    var value = CompensatedSum()
    // Sums over customers of: ln and 1/(α+·) at T and t_x by the weights of their terms; the weight of t_x.
    var (logs, slopes, left) = (0.0, 0.0, SIMD2<Double>.zero)
    for group in customers.groups {
      let x = customers.counts[Int(group.count)]
      let n = r + Double(x)
      let (logAge, inverseAge) = times[Int(group.age)]
      guard x > 0 || shift == 1 else {
        value += -group.customers * n * logAge
        logs -= group.customers * logAge
        slopes -= group.customers * n * inverseAge
        if order == .second { result.addCommon(n, inverseAge, group.customers) }
        continue
      }
      let (logRecency, inverseRecency) = times[Int(group.recency)]
      let odds = b + Double(x) - 1
      // Both terms relative to the first; d is the logarithm of the second over the first.
      let d = times.logOdds(a, odds) + n * (logAge - logRecency)
      let small = exponential(-d.magnitude)
      let weight = d > 0 ? 1 / (1 + small) : small / (1 + small)
      value += group.customers * ((d > 0 ? d : 0) + logarithmOfOnePlus(small) - n * logAge)
      let logMean = logAge + weight * (logRecency - logAge)
      let inverseMean = inverseAge + weight * (inverseRecency - inverseAge)
      logs -= group.customers * logMean
      slopes -= group.customers * n * inverseMean
      left += group.customers * SIMD2(weight / a, -weight / odds)
      if order == .second {
        result.addMixture(
          n, weight, customers: group.customers, inverses: (inverseAge, inverseRecency),
          difference: SIMD4(
            logAge - logRecency, n * (inverseAge - inverseRecency), 1 / a, -1 / odds))
      }
    }
    result.value += value.value
    result.gradient += SIMD4(logs, slopes, left[0], left[1])
    return result
  }

  /// Everything that depends on the count alone: ln Γ(r+x) - ln Γ(r) + r ln α + ln B(a, b′+x) - ln B(a, b).
  private func countTerms(_ parameters: SIMD4<Double>, _ order: DerivativeOrder) -> Derivatives {
    let (r, alpha, a, b) = (parameters[0], parameters[1], parameters[2], parameters[3])
    let (atR, atB, atAB, logAlpha) = (LogGamma(r), LogGamma(b), LogGamma(a + b), logarithm(alpha))
    var value = CompensatedSum()
    var gradient = SIMD4<Double>.zero
    var second = (rr: 0.0, aa: 0.0, ab: 0.0, bb: 0.0)
    for (x, number) in zip(customers.counts, customers.customersByCount) {
      let count = Double(x)
      let (rx, bx, abx) = (LogGamma(r + count), LogGamma(b + shift + count), LogGamma(a + b + shift + count))
      value +=
        number * (rx.value - atR.value + r * logAlpha + (atAB.value - abx.value) + (bx.value - atB.value))
      gradient +=
        number
        * SIMD4(
          rx.first - atR.first + logAlpha, r / alpha, atAB.first - abx.first,
          (atAB.first - abx.first) + (bx.first - atB.first))
      second.rr += number * (rx.second - atR.second)
      second.aa += number * (atAB.second - abx.second)
      second.bb += number * (bx.second - atB.second)
    }
    var result = Derivatives(value: value.value, gradient: gradient)
    guard order == .second else { return result }
    let number = Double(customers.customers)
    result.hessian[0, 0] = second.rr
    result.hessian.set(0, 1, number / alpha)
    result.hessian[1, 1] = -number * r / (alpha * alpha)
    result.hessian[2, 2] = second.aa
    result.hessian.set(2, 3, second.aa)
    result.hessian[3, 3] = second.aa + second.bb
    return result
  }
}

/// ln(α + t) and 1/(α + t) for each distinct time.
private struct TimeTables {
  private let logs: [Double]
  private let inverses: [Double]

  init(_ times: [Double], alpha: Double) {
    logs = times.map { logarithm(alpha + $0) }
    inverses = times.map { 1 / (alpha + $0) }
  }

  @inline(__always)
  subscript(place: Int) -> (log: Double, inverse: Double) { (logs[place], inverses[place]) }

  @inline(__always)
  func logOdds(_ a: Double, _ odds: Double) -> Double { logarithm(a / odds) }
}

extension Derivatives {
  /// Second derivatives of -n ln(α + t).
  @inline(__always)
  fileprivate mutating func addCommon(_ n: Double, _ inverse: Double, _ number: Double) {
    hessian[0, 1] -= number * inverse
    hessian[1, 0] -= number * inverse
    hessian[1, 1] += number * n * inverse * inverse
  }

  /// Second derivatives of the logarithm of a sum of two terms, of which the second has this weight: the weighted
  /// second derivatives, and the spread w (1 - w) Δ Δᵀ of the first ones.
  @inline(__always)
  fileprivate mutating func addMixture(
    _ n: Double, _ weight: Double, customers: Double, inverses: (age: Double, recency: Double),
    difference: SIMD4<Double>
  ) {
    addCommon(n, inverses.age, customers * (1 - weight))
    addCommon(n, inverses.recency, customers * weight)
    hessian[2, 2] -= customers * weight * difference[2] * difference[2]
    hessian[3, 3] += customers * weight * difference[3] * difference[3]
    hessian.add(outer: difference, customers * weight * (1 - weight))
  }
}
