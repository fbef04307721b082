/// The log-likelihood of Pareto/NBD over compressed customers.
///
/// The hypergeometric terms are evaluated once for each distinct pair of a count and a time, ln Γ once for each
/// count. The gradient is analytic; second derivatives are central differences of it.
struct ParetoLikelihood: LogLikelihood {
  private let customers: CompressedStatistics
  /// The distinct (count, time) pairs, as places in the tables of `customers`.
  private let pairs: [(count: Int, time: Double)]
  /// For each group, the pair of its recency and that of its age.
  private let places: [(recency: Int32, age: Int32)]

  var dimension: Int { 4 }

  init(_ customers: CompressedStatistics) {
    self.customers = customers
    var numbers = DistinctKeys(expecting: customers.groups.count)
    places = customers.groups.map { group in
      let high = UInt64(UInt32(bitPattern: group.count)) << 32
      return (
        numbers.number(of: high | UInt64(UInt32(bitPattern: group.recency))),
        numbers.number(of: high | UInt64(UInt32(bitPattern: group.age)))
      )
    }
    pairs = numbers.keys.map { key in
      (customers.counts[Int(key >> 32)], customers.times[Int(key & 0xffff_ffff)])
    }
  }

  func derivatives(at parameters: SIMD4<Double>, order: DerivativeOrder) -> Derivatives {
    var result = gradient(parameters)
    guard order == .second else { return result }
    // Steps relative to each parameter; the rounding of the gradient and the third derivative balance near 1e-5.
    let relative = 1e-5
    for index in 0..<4 {
      let step = parameters[index] * relative
      var (above, below) = (parameters, parameters)
      above[index] += step
      below[index] -= step
      result.hessian[index] =
        (gradient(above).gradient - gradient(below).gradient) / (above[index] - below[index])
    }
    for row in 0..<4 {
      for column in 0..<row {
        result.hessian.set(row, column, (result.hessian[row, column] + result.hessian[column, row]) / 2)
      }
    }
    return result
  }

  private func gradient(_ parameters: SIMD4<Double>) -> Derivatives {
    let (r, alpha, s, beta) = (parameters[0], parameters[1], parameters[2], parameters[3])
    let terms = pairs.map { ParetoTerm(parameters, repeats: $0.count, time: $0.time) }
    var value = CompensatedSum()
    var gradient = SIMD4<Double>.zero
    let atR = LogGamma(r)
    for (x, number) in zip(customers.counts, customers.customersByCount) {
      let rx = LogGamma(r + Double(x))
      value += number * (rx.value - atR.value)
      gradient[0] += number * (rx.first - atR.first)
    }
    for (group, place) in zip(customers.groups, places) {
      let total = r + s + Double(customers.counts[Int(group.count)])
      let (late, early) = (terms[Int(place.age)], terms[Int(place.recency)])
      // Relative to q(T): left = s/(n+s) (H(t_x) - H(T)).
      let share = s / total
      let first = share * exponential(early.log - late.logAlive)
      let ratio = exponential(min(0, late.log - early.log))
      let left = first * -exponentialMinusOne(min(0, late.log - early.log))
      if left < .infinity {
        value += group.customers * (late.logAlive + logarithmOfOnePlus(left))
        var slope = (early.gradient - late.gradient * ratio) * first
        slope += left * SIMD4(-1 / total, 0, 1 / s - 1 / total, 0)
        gradient += (late.gradientAlive + slope) * (group.customers / (1 + left))
      } else {
        // The customer has left beyond doubt: the second term alone.
        let difference = -exponentialMinusOne(late.log - early.log)
        value += group.customers * (logarithm(share) + early.log + logarithm(difference))
        gradient +=
          ((early.gradient - late.gradient * ratio) / difference
            + SIMD4(-1 / total, 0, 1 / s - 1 / total, 0))
          * group.customers
      }
    }
    let number = Double(customers.customers)
    value += number * (r * logarithm(alpha) + s * logarithm(beta))
    gradient += number * SIMD4(logarithm(alpha), r / alpha, logarithm(beta), s / beta)
    return Derivatives(value: value.value, gradient: gradient)
  }
}
