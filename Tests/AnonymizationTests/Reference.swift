import Foundation

/// What the C library says: tests may ask it, the target may not.
enum Reference {
  static func log(_ x: Double) -> Double { Foundation.log(x) }
  static func exp(_ x: Double) -> Double { Foundation.exp(x) }

  /// The least chi-square statistic that a right sampler exceeds once in a million runs (Wilson and Hilferty 1931).
  static func chiSquareLimit(degrees: Int) -> Double {
    let n = Double(degrees)
    return n * pow(1 - 2 / (9 * n) + 4.753 * (2 / (9 * n)).squareRoot(), 3)
  }
}
