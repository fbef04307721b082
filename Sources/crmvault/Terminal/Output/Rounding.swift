/// Numbers for people: rounded to a few decimals.
enum Rounding {
  /// The number with exactly so many decimals (at most 9), half away from zero; one that is too
  /// large for that, as it is.
  static func text(_ number: Double, decimals: Int) -> String {
    let decimals = min(max(decimals, 0), 9)
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (number * Double(scale)).rounded(.toNearestOrAwayFromZero)
    guard let minor = Int64(exactly: scaled), abs(scaled) < 9e15 else { return number.description }
    return Digits.money(minor, decimals: decimals)
  }
}
