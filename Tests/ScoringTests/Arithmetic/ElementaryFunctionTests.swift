import Foundation
import Testing

@testable import Scoring

/// How far two numbers are apart, relative to the second.
func relativeError(_ value: Double, _ expected: Double) -> Double {
  expected == 0 ? value.magnitude : ((value - expected) / expected).magnitude
}

@Suite struct ElementaryFunctionTests {
  @Test func `the exponential and both logarithms agree with the C library to an ulp or two`() {
    var random = SeededGenerator(seed: 1)
    var worst = SIMD4<Double>.zero
    func note(_ index: Int, _ value: Double, _ expected: Double) {
      worst[index] = max(worst[index], (value - expected).magnitude / expected.ulp)
    }
    for _ in 0..<30_000 {
      let x = Double.random(in: -745...709.7, using: &random)
      note(0, exponential(x), exp(x))
      let positive = exp(Double.random(in: -700...700, using: &random))
      note(1, logarithm(positive), log(positive))
      let small = exp(Double.random(in: -40...3, using: &random))
      for x in [small, -min(small, 0.999)] {
        note(2, logarithmOfOnePlus(x), log1p(x))
        note(3, exponentialMinusOne(x), expm1(x))
      }
    }
    #expect(worst[0] <= 1.5 && worst[1] <= 1.5 && worst[2] <= 2 && worst[3] <= 3, "\(worst)")
  }

  @Test func `the ends of the range are those of IEEE`() {
    #expect(exponential(.infinity) == .infinity && exponential(-.infinity) == 0)
    #expect(exponential(710) == .infinity && exponential(-746) == 0 && exponential(0) == 1)
    #expect(exponential(-740) == exp(-740) && exponential(.nan).isNaN)
    #expect(exponential(709.78) > 1e308 && exponential(709.78) < .infinity)
    #expect(logarithm(0) == -.infinity && logarithm(-1).isNaN && logarithm(.infinity) == .infinity)
    #expect(logarithm(1) == 0 && logarithm(.leastNonzeroMagnitude) == log(.leastNonzeroMagnitude))
    #expect(logarithm(.nan).isNaN && logarithmOfOnePlus(-1) == -.infinity && logarithmOfOnePlus(-2).isNaN)
    #expect(logarithmOfOnePlus(.infinity) == .infinity && exponentialMinusOne(0) == 0)
  }

  @Test(
    "ln Γ and its derivatives are those of mpmath",
    arguments: [
      (1e-5, 11.512919692895825626, -100_000.57719921567289, 10_000_000_001.64490839),
      (0.2426, 1.3197854750907921933, -4.358361853222514235, 18.19821032424031331),
      (1, 0, -0.57721566490153286061, 1.6449340668482264365),
      (1.5, -0.12078223763524522235, 0.036489973978576520559, 0.93480220054467930942),
      (2, 0, 0.42278433509846713939, 0.64493406684822643647),
      (11.999, 17.499865227646105739, 2.4425747743291192489, 0.086909420732240824282),
      (37.25, 96.619884588278101179, 3.6041690730056271675, 0.0272092058039555752),
      (100_000.5, 1_051_293.46543513938, 11.512925464974395087, 9.9999999999166666667e-6),
    ])
  func logGamma(x: Double, value: Double, first: Double, second: Double) {
    let gamma = LogGamma(x)
    #expect((gamma.value - value).magnitude <= 4e-15 * max(1, value.magnitude))
    #expect((gamma.first - first).magnitude <= 4e-15 * max(1, first.magnitude))
    #expect(relativeError(gamma.second, second) <= 4e-15)
  }

  @Test(
    "F(1, b; c; z) and its derivatives are those of mpmath",
    arguments: [
      (
        SIMD4(0.5, 2.0, 0.09, 1.02357330184565224),
        SIMD3(0.0478876201382937844, -0.0121604346773737444, 0.274572609736289496)
      ),
      (
        SIMD4(3.2, 4.9, 0.5, 1.51570305029895242),
        SIMD3(0.227588913626338683, -0.153751368097779733, 1.65553193724963756)
      ),
      (
        SIMD4(100_000.5, 100_002.1, 0.3, 1.42856163296791829),
        SIMD3(6.12221021467980593e-6, -6.12211226179315781e-6, 2.04075568760005094)
      ),
      (
        SIMD4(1.6, 2.2, 0.99, 14.4329003015287923),
        SIMD3(41.0879692279255697, -36.1573699174069947, 681.033708665358483)
      ),
      (
        SIMD4(0.6, 1.3, 0.9999, 27.5746461105120715),
        SIMD3(210.455255704797163, -174.597819858656279, 85_715.965140393373)
      ),
      (
        SIMD4(1.6, 100_002.2, 0.9, 1.00001440002015969),
        SIMD3(9.00014220004030802e-6, -1.44000403190737777e-10, 0.0000160003968037004826)
      ),
    ])
  func hypergeometric(at point: SIMD4<Double>, derivatives: SIMD3<Double>) {
    let f = UnitHypergeometric(upper: point[0], lower: point[1], argument: point[2])
    #expect(relativeError(f.value, point[3]) < 1e-12)
    #expect(relativeError(f.byUpper, derivatives[0]) < 1e-11)
    #expect((f.byLower - derivatives[1]).magnitude < 1e-11 * (derivatives[1].magnitude + 1e-4))
    #expect(relativeError(f.byArgument, derivatives[2]) < 1e-11)
  }

  @Test func `quantiles of the normal distribution are those of mpmath`() {
    let expected = [
      0.975: 1.95996398454005386, 0.95: 1.64485362695147228, 0.5: 0, 1e-10: -6.3613409024040562,
      0.3: -0.524400512708040816,
    ]
    for (probability, quantile) in expected {
      #expect((normalQuantile(probability) - quantile).magnitude < 4e-15 * max(1, quantile.magnitude))
    }
    #expect(normalQuantile(0) == -.infinity && normalQuantile(1) == .infinity)
  }

  @Test func `a compensated sum keeps what a plain one loses`() {
    var sum = CompensatedSum()
    for value in [1e16, 1, -1e16, 1, 1e-3] { sum += value }
    #expect(sum.value == 2.001)
  }

  @Test func `words are sorted as the standard library sorts them`() {
    var random = SeededGenerator(seed: 5)
    for (count, bits) in [(10, 64), (1000, 20), (5000, 64), (5000, 1), (300, 33)] {
      var keys = (0..<count).map { _ in (random.next() >> UInt64(64 - bits)) << 3 }
      let sorted = keys.sorted()
      radixSort(&keys)
      #expect(keys == sorted)
    }
  }
}
