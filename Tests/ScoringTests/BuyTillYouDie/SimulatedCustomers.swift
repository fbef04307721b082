import Foundation

@testable import Scoring

/// Customers whose histories are drawn from a model, observed by the day in weeks.
enum SimulatedCustomers {
  /// Customers of BG/NBD (or MBG/NBD) with Gamma-Gamma amounts.
  static func draw(
    _ count: Int, _ parameters: [Double], mayLeaveAtOnce: Bool = false, weeks: ClosedRange<Int> = 27...39,
    seed: UInt64
  ) -> [SufficientStatistics] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).compactMap { _ in
      let days = Int.random(in: weeks.lowerBound * 7...weeks.upperBound * 7, using: &random)
      let rate = gamma(parameters[0], &random) / parameters[1]
      let left = gamma(parameters[2], &random)
      let leave = left / (left + gamma(parameters[3], &random))
      let perSpend = gamma(4, &random) / 15
      var (time, last, seen, total) = (0.0, 0, Set<Int>(), 0.0)
      if mayLeaveAtOnce, Double.random(in: 0..<1, using: &random) < leave { time = .infinity }
      while time < .infinity {
        time += -log(1 - Double.random(in: 0..<1, using: &random)) / rate * 7
        guard time < Double(days) else { break }
        if Int(time) > 0, seen.insert(Int(time)).inserted {
          last = Int(time)
          total += gamma(6, &random) / perSpend
        }
        if Double.random(in: 0..<1, using: &random) < leave { break }
      }
      return SufficientStatistics(
        repeats: seen.count, recency: Double(last) / 7, age: Double(days) / 7,
        meanSpend: seen.isEmpty ? nil : (total / Double(seen.count) * 100).rounded() / 100)
    }
  }

  /// A Gamma(shape, 1) number (Marsaglia, Tsang 2000).
  private static func gamma(_ shape: Double, _ random: inout SeededGenerator) -> Double {
    guard shape >= 1 else {
      return gamma(shape + 1, &random) * pow(Double.random(in: 0..<1, using: &random), 1 / shape)
    }
    let (d, c) = (shape - 1 / 3, 1 / (9 * shape - 3).squareRoot())
    while true {
      let u = Double.random(in: Double.leastNormalMagnitude..<1, using: &random)
      let normal = normalQuantile(u)
      let v = pow(1 + c * normal, 3)
      if v > 0,
        log(1 - Double.random(in: 0..<1, using: &random)) < normal * normal / 2 + d - d * v + d * log(v)
      {
        return d * v
      }
    }
  }
}
