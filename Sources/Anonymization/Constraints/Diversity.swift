/// How many well-represented values of a sensitive column every class must have: l-diversity.
///
/// Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam, "l-Diversity: Privacy Beyond k-Anonymity", TKDD 1(1), 2007.
public enum Diversity: Sendable, Equatable {
  /// At least l different values.
  case distinct(Int)
  /// An entropy of at least ln l (their definition 4.1).
  case entropy(Double)
  /// The most frequent value is rarer than c times all from the l-th on together (their definition 4.2).
  case recursive(c: Double, l: Int)

  /// The l that it asks for.
  public var l: Double {
    switch self {
    case .distinct(let l): Double(l)
    case .entropy(let l): l
    case .recursive(_, let l): Double(l)
    }
  }

  /// Whether a limit means anything; l below 1 does not.
  func check(column: String) throws(AnonymizationError) {
    let isGood =
      switch self {
      case .distinct(let l): l >= 1
      case .entropy(let l): l >= 1 && l.isFinite
      case .recursive(let c, let l): c > 0 && c.isFinite && l >= 1
      }
    guard isGood else {
      throw AnonymizationError(.badLimit, column: column, reason: "l is at least 1, and c above 0")
    }
  }

  /// Whether counts of the values of a class meet it.
  ///
  /// - Parameters:
  ///   - counts: of the values that occur; zeros may be among them.
  ///   - total: their sum.
  func isMet(by counts: some Sequence<Int>, total: Int) -> Bool {
    switch self {
    case .distinct(let l):
      return counts.count { $0 > 0 } >= l
    case .entropy(let l):
      // A value that rounding left just under the limit, such as of l equal counts, meets it.
      return Self.entropy(of: counts, total: total) >= ElementaryFunctions.log(l) - 1e-12
    case .recursive(let c, let l):
      let sorted = counts.filter { $0 > 0 }.sorted(by: >)
      guard let most = sorted.first, sorted.count >= l else { return false }
      return Double(most) < c * Double(sorted[(l - 1)...].reduce(0, +))
    }
  }

  /// The entropy in nats of the distribution that counts make.
  static func entropy(of counts: some Sequence<Int>, total: Int) -> Double {
    guard total > 0 else { return 0 }
    var sum = 0.0
    for count in counts where count > 0 {
      let share = Double(count) / Double(total)
      sum -= share * ElementaryFunctions.log(share)
    }
    return sum
  }
}
