/// The maximum of a log-likelihood in the logarithms of its parameters, so that they stay positive.
///
/// L-BFGS (Nocedal, "Updating Quasi-Newton Matrices with Limited Storage", 1980) with six pairs until the gradient
/// is small against the number of observations, then Newton steps until nothing more is to be had in
/// double precision. Each logarithm is kept in an interval; where the maximum lies at its end, the parameter is
/// reported as one at a bound. Never throws: what went wrong is in the outcome.
struct Maximization {
  /// How the search ended.
  enum Outcome: Equatable {
    /// The gradient vanishes to rounding.
    case converged
    /// It vanishes but for parameters at an end of their interval, by index.
    case atBound([Int])
    /// It does not vanish, after as many steps as are allowed or because no step leads upwards.
    case notConverged
  }

  /// The logarithms of the parameters at the end.
  let logarithms: SIMD4<Double>
  /// Value and both derivatives by the logarithms there.
  let derivatives: Derivatives
  /// How it ended.
  let outcome: Outcome
  /// How many times the likelihood was evaluated.
  let evaluations: Int

  /// The parameters at the end.
  let parameters: SIMD4<Double>
}

extension Maximization {
  /// Searches from a starting point.
  ///
  /// - Parameters:
  ///   - likelihood: what is maximized.
  ///   - start: the logarithms to start at.
  ///   - reach: how far each logarithm may move from its start.
  ///   - observations: how many rows the likelihood sums over; the tolerance grows with it.
  init(of likelihood: some LogLikelihood, from start: SIMD4<Double>, reach: Double, observations: Double) {
    var search = Search(likelihood: likelihood, start: start, reach: reach)
    search.ascend(until: 1e-4 * max(1, observations).squareRoot(), steps: 100)
    let (derivatives, isDone) = search.refine(
      until: 1e-11 * max(1, observations), steps: 30)
    logarithms = search.point
    self.derivatives = derivatives
    evaluations = search.evaluations
    parameters = search.parameters(search.point)
    let bounds = (0..<likelihood.dimension).filter(search.isAtBound)
    outcome = !isDone ? .notConverged : bounds.isEmpty ? .converged : .atBound(bounds)
  }
}

/// One search: where it stands, and what it remembers of the way.
private struct Search<Likelihood: LogLikelihood> {
  /// A search ends here, converged or not, whatever the data is.
  static var mostEvaluations: Int { 400 }

  let likelihood: Likelihood
  let lower: SIMD4<Double>
  let upper: SIMD4<Double>
  var point: SIMD4<Double>
  var current: Derivatives
  var evaluations = 0
  /// The last steps and changes of the gradient, the newest last.
  var pairs: [(step: SIMD4<Double>, change: SIMD4<Double>)] = []

  init(likelihood: Likelihood, start: SIMD4<Double>, reach: Double) {
    self.likelihood = likelihood
    let reach = SIMD4(repeating: reach)
    (lower, upper, point) = (start - reach, start + reach, start)
    current = Derivatives(value: -.infinity, gradient: .zero)
    current = evaluate(start, .first)
  }

  func parameters(_ logarithms: SIMD4<Double>) -> SIMD4<Double> {
    var result = SIMD4<Double>.zero
    for index in 0..<likelihood.dimension { result[index] = exponential(logarithms[index]) }
    return result
  }

  mutating func evaluate(_ logarithms: SIMD4<Double>, _ order: DerivativeOrder) -> Derivatives {
    evaluations += 1
    let parameters = parameters(logarithms)
    return likelihood.derivatives(at: parameters, order: order)
      .byLogarithms(of: parameters, dimension: likelihood.dimension)
  }

  /// Whether the parameter stands at an end of its interval and the likelihood grows beyond it.
  func isAtBound(_ index: Int) -> Bool {
    let gradient = current.gradient[index]
    return point[index] <= lower[index] && gradient <= 0 || point[index] >= upper[index] && gradient >= 0
  }

  /// The gradient without the parts that lead out of the intervals.
  var projected: SIMD4<Double> {
    var gradient = current.gradient
    for index in 0..<likelihood.dimension where isAtBound(index) { gradient[index] = 0 }
    return gradient
  }

  func clamped(_ logarithms: SIMD4<Double>) -> SIMD4<Double> {
    pointwiseMin(pointwiseMax(logarithms, lower), upper)
  }

  /// L-BFGS steps.
  mutating func ascend(until tolerance: Double, steps: Int) {
    // Many steps that gain nothing lead along a ridge.
    var idle = 0
    for _ in 0..<steps where evaluations < Self.mostEvaluations && idle < 8 {
      let gradient = projected
      guard largest(gradient) > tolerance else { return }
      var direction = quasiNewtonDirection(gradient)
      for index in 0..<likelihood.dimension where isAtBound(index) { direction[index] = 0 }
      if dot(direction, gradient) <= 0 {
        pairs.removeAll()
        direction = firstDirection(gradient)
      }
      let before = current.value
      guard move(along: direction, gradient) else {
        guard !pairs.isEmpty else { return }
        pairs.removeAll()
        continue
      }
      idle = current.value < before + 1e-6 ? idle + 1 : 0
    }
  }

  /// The two loops of L-BFGS.
  private func quasiNewtonDirection(_ gradient: SIMD4<Double>) -> SIMD4<Double> {
    guard let newest = pairs.last else { return firstDirection(gradient) }
    var direction = gradient
    var weights: [Double] = []
    for pair in pairs.reversed() {
      let weight = dot(pair.step, direction) / dot(pair.step, pair.change)
      direction -= weight * pair.change
      weights.append(weight)
    }
    direction *= dot(newest.step, newest.change) / dot(newest.change, newest.change)
    for (pair, weight) in zip(pairs, weights.reversed()) {
      direction += (weight - dot(pair.change, direction) / dot(pair.step, pair.change)) * pair.step
    }
    return direction
  }

  private func firstDirection(_ gradient: SIMD4<Double>) -> SIMD4<Double> {
    gradient * (0.5 / max(largest(gradient), .leastNormalMagnitude))
  }

  /// A step uphill by backtracking (Armijo's rule), no logarithm moving by more than 3; false where none leads up.
  private mutating func move(along direction: SIMD4<Double>, _ gradient: SIMD4<Double>) -> Bool {
    var length = min(1, 3 / max(largest(direction), .leastNormalMagnitude))
    for _ in 0..<40 where evaluations < Self.mostEvaluations {
      let next = clamped(point + length * direction)
      let step = next - point
      guard largest(step) > 0 else { return false }
      let reached = evaluate(next, .first)
      if reached.isFinite, reached.value >= current.value + 1e-4 * dot(gradient, step) {
        // The likelihood is maximized, so its curvature along the step is negative.
        let change = current.gradient - reached.gradient
        if dot(step, change) > 1e-12 * dot(change, change).squareRoot() * dot(step, step).squareRoot() {
          pairs.append((step, change))
          if pairs.count > 6 { pairs.removeFirst() }
        }
        (point, current) = (next, reached)
        return true
      }
      length *= 0.4
    }
    return false
  }

  /// Newton steps on the parameters that are not at a bound; the derivatives at the end, and whether the gradient
  /// vanishes.
  mutating func refine(until tolerance: Double, steps: Int) -> (Derivatives, Bool) {
    var full = evaluate(point, .second)
    current = full
    var idle = 0
    for _ in 0..<steps where idle < 3 {
      let gradient = projected
      let size = largest(gradient)
      guard size > 0, let step = newtonStep(full, gradient) else { break }
      var length = min(1, 2 / max(largest(step), .leastNormalMagnitude))
      var isBetter = false
      // Where the gradient vanishes to rounding, or the step promises nothing, only a full step is worth a trial.
      let isLast = size <= tolerance || dot(gradient, step) < 1e-8
      for trial in 0..<(isLast ? 1 : 20) where evaluations < Self.mostEvaluations {
        let next = clamped(point + length * step)
        // A full step is mostly taken, and then its second derivatives are the next step's; a shortened one seldom.
        var reached = evaluate(next, trial == 0 ? .second : .first)
        let isUphill = reached.value > full.value - 1e-13 * full.value.magnitude
        if reached.isFinite, isUphill {
          let before = (point, current)
          (point, current) = (next, reached)
          if largest(projected) < size || reached.value > full.value + 1e-9 {
            if trial > 0 { reached = evaluate(next, .second) }
            // On a ridge that rises to infinity the gradient ends in its own rounding, far above the tolerance.
            if reached.value < full.value + 1e-8, largest(projected) > 0.5 * size { idle += 1 }
            (full, current) = (reached, reached)
            isBetter = true
            break
          }
          (point, current) = before
        }
        length *= 0.5
      }
      guard isBetter else { break }
      if largest(projected) <= 1e-3 * tolerance { break }
    }
    return (full, full.isFinite && largest(projected) <= max(tolerance, 1e-9))
  }

  /// The step of Newton, with as much added to the diagonal as makes the curvature negative.
  private func newtonStep(_ full: Derivatives, _ gradient: SIMD4<Double>) -> SIMD4<Double>? {
    var curvature = -full.hessian
    for index in 0..<likelihood.dimension where isAtBound(index) {
      curvature[index] = .zero
      for row in 0..<likelihood.dimension { curvature[row, index] = 0 }
      curvature[index, index] = 1
    }
    var scale = 0.0
    for index in 0..<likelihood.dimension { scale = max(scale, curvature[index, index].magnitude) }
    var damping = 0.0
    for _ in 0..<30 {
      var damped = curvature
      for index in 0..<likelihood.dimension { damped[index, index] += damping }
      if let step = damped.solving(gradient, dimension: likelihood.dimension) { return step }
      damping = damping == 0 ? 1e-8 * max(scale, 1e-8) : damping * 10
    }
    return nil
  }
}

@inline(__always)
private func dot(_ left: SIMD4<Double>, _ right: SIMD4<Double>) -> Double { (left * right).sum() }

@inline(__always)
private func largest(_ vector: SIMD4<Double>) -> Double {
  max(max(vector[0].magnitude, vector[1].magnitude), max(vector[2].magnitude, vector[3].magnitude))
}
