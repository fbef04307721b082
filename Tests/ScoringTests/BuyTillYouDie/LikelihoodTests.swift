import Testing

@testable import Scoring

@Suite struct LikelihoodTests {
  private static let customers = SimulatedCustomers.draw(300, [0.6, 5, 0.8, 2.4], seed: 11)

  /// Central differences of values for the gradient, of gradients for the second derivatives.
  private func checkDerivatives(_ likelihood: some LogLikelihood, at point: SIMD4<Double>) {
    let exact = likelihood.derivatives(at: point, order: .second)
    for index in 0..<likelihood.dimension {
      let step = point[index] * 1e-5
      var (above, below) = (point, point)
      above[index] += step
      below[index] -= step
      let (high, low) = (
        likelihood.derivatives(at: above, order: .first), likelihood.derivatives(at: below, order: .first)
      )
      let scale = 1e-6 * (exact.gradient[index].magnitude + Double(Self.customers.count))
      #expect(((high.value - low.value) / (2 * step) - exact.gradient[index]).magnitude < scale)
      for other in 0..<likelihood.dimension {
        let slope = (high.gradient[other] - low.gradient[other]) / (2 * step)
        let entry = exact.hessian[index, other]
        #expect((slope - entry).magnitude < 1e-5 * (entry.magnitude + Double(Self.customers.count)))
        #expect((entry - exact.hessian[other, index]).magnitude < 1e-12 * entry.magnitude)
      }
    }
  }

  @Test(
    "first and second derivatives are those of the values",
    arguments: [SIMD4(0.25, 4.4, 0.8, 2.4), SIMD4(2, 30, 1, 0.3), SIMD4(0.6, 0.5, 3, 20)])
  func derivatives(point: SIMD4<Double>) {
    let customers = CompressedStatistics(Self.customers)
    checkDerivatives(BetaGeometricLikelihood(customers: customers, shift: 0), at: point)
    checkDerivatives(BetaGeometricLikelihood(customers: customers, shift: 1), at: point)
    checkDerivatives(ParetoLikelihood(customers), at: point)
    checkDerivatives(SpendLikelihood(Self.customers), at: SIMD4(point[0] * 4, point[2] + 1.5, point[1], 0))
  }

  @Test func `the Pareto/NBD term is the integral that it stands for, on both sides of equal rates`() {
    for point in [SIMD4(0.5, 10, 0.6, 3), SIMD4(0.5, 3, 0.6, 10), SIMD4(2, 5, 1, 5)] {
      // (n+s) ∫_t^∞ (α+τ)⁻ⁿ (β+τ)⁻ˢ⁻¹ dτ by the midpoint rule in ln(1 + τ - t).
      let (repeats, start) = (2, 1.5)
      let n = point[0] + Double(repeats)
      var sum = 0.0
      for index in 0..<40_000 {
        let u = (Double(index) + 0.5) * 1e-3
        let t = start + exponential(u) - 1
        sum +=
          exponential(u - n * logarithm(point[1] + t) - (point[2] + 1) * logarithm(point[3] + t)) * 1e-3
      }
      let term = ParetoTerm(point, repeats: repeats, time: start)
      #expect(relativeError(exponential(term.log), sum * (n + point[2])) < 1e-7)
    }
  }

  @Test func `a likelihood does not depend on the order of the customers, nor on how equal rows are counted`()
    throws
  {
    let model = try #require(BGNBD(parameters: [0.6, 5, 0.8, 2.4]))
    let plain = model.logLikelihood(of: CompressedStatistics(Self.customers))
    var random = SeededGenerator(seed: 3)
    let shuffled = Self.customers.shuffled(using: &random)
    #expect(model.logLikelihood(of: CompressedStatistics(shuffled)) == plain)
    let twice = model.logLikelihood(of: CompressedStatistics(Self.customers + shuffled))
    #expect(relativeError(twice, 2 * plain) < 1e-14)
    let single = Self.customers.reduce(0) { $0 + model.logLikelihood(of: CompressedStatistics([$1])) }
    #expect(relativeError(single, plain) < 1e-12)
  }
}
