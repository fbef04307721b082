/// A sum that carries what each addition rounds off (Neumaier, "Rundungsfehleranalyse einiger Verfahren zur
/// Summation endlicher Summen", 1974): a million terms lose no more than one.
struct CompensatedSum: Sendable {
  private var sum = 0.0
  private var carried = 0.0

  @inline(__always)
  static func += (left: inout CompensatedSum, right: Double) {
    let next = left.sum + right
    left.carried +=
      left.sum.magnitude >= right.magnitude ? (left.sum - next) + right : (right - next) + left.sum
    left.sum = next
  }

  /// The sum.
  var value: Double { sum + carried }
}
