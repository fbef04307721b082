/// ln Γ(x) and its first two derivatives, for x > 0.
///
/// The argument is raised to at least 12 by the recurrence Γ(x + 1) = x Γ(x) (NIST DLMF 5.5.1), and Stirling's
/// series (DLMF 5.11.1, 5.11.2) is summed there to less than one unit in the last place.
struct LogGamma {
  /// ln Γ(x).
  let value: Double
  /// ψ(x), the digamma function.
  let first: Double
  /// ψ′(x), the trigamma function.
  let second: Double

  /// The function and its derivatives at a positive number.
  init(_ x: Double) {
    var argument = x
    var product = 1.0
    var logarithms = 0.0
    var reciprocals = 0.0
    var squares = 0.0
    while argument < 12 {
      product *= argument
      // A tiny argument would make the product of the others lose nothing, but may itself underflow it.
      if product < 1e-200 {
        logarithms += logarithm(product)
        product = 1
      }
      let reciprocal = 1 / argument
      reciprocals += reciprocal
      squares += reciprocal * reciprocal
      argument += 1
    }
    logarithms += logarithm(product)
    let reciprocal = 1 / argument
    let square = reciprocal * reciprocal
    let log = logarithm(argument)
    value =
      (argument - 0.5) * log - argument + 0.918_938_533_204_672_741_78 + reciprocal * Self.stirling(square)
      - logarithms
    first = log - 0.5 * reciprocal - square * Self.digammaSeries(square) - reciprocals
    second =
      reciprocal + 0.5 * square + square * reciprocal * Self.trigammaSeries(square) + squares
  }

  /// Σ B(2k) / (2k (2k - 1)) x^(2 - 2k).
  private static func stirling(_ square: Double) -> Double {
    var sum = -3617.0 / 122_400
    sum = sum * square + 1.0 / 156
    sum = sum * square - 691.0 / 360_360
    sum = sum * square + 1.0 / 1188
    sum = sum * square - 1.0 / 1680
    sum = sum * square + 1.0 / 1260
    sum = sum * square - 1.0 / 360
    return sum * square + 1.0 / 12
  }

  /// Σ B(2k) / (2k) x^(2 - 2k).
  private static func digammaSeries(_ square: Double) -> Double {
    var sum = -3617.0 / 8160
    sum = sum * square + 1.0 / 12
    sum = sum * square - 691.0 / 32_760
    sum = sum * square + 1.0 / 132
    sum = sum * square - 1.0 / 240
    sum = sum * square + 1.0 / 252
    sum = sum * square - 1.0 / 120
    return sum * square + 1.0 / 12
  }

  /// Σ B(2k) x^(2 - 2k).
  private static func trigammaSeries(_ square: Double) -> Double {
    var sum = -3617.0 / 510
    sum = sum * square + 7.0 / 6
    sum = sum * square - 691.0 / 2730
    sum = sum * square + 5.0 / 66
    sum = sum * square - 1.0 / 30
    sum = sum * square + 1.0 / 42
    sum = sum * square - 1.0 / 30
    return sum * square + 1.0 / 6
  }
}
