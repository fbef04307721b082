/// Number, means and summed co-deviations of three terms, updated one row at a time and merged.
///
/// Update and merge are those of Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for
/// Computing Sample Variances" (1979), for vectors. Elementwise IEEE operations without fused ones: the same rows
/// in the same order give the same bits on every machine.
struct Comoments: Equatable, Sendable {
  private(set) var count = 0
  private var mean: SIMD3<Double> = .zero
  /// The rows of the symmetric matrix of summed products of deviations.
  private var rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) = (.zero, .zero, .zero)

  mutating func add(_ terms: SIMD3<Double>) {
    count += 1
    let delta = terms - mean
    mean += delta / Double(count)
    spread(delta, Double(count - 1) / Double(count))
  }

  mutating func merge(_ next: Comoments) {
    guard next.count > 0 else { return }
    guard count > 0 else {
      self = next
      return
    }
    let (mine, theirs) = (Double(count), Double(next.count))
    count += next.count
    let delta = next.mean - mean
    mean += delta * (theirs / Double(count))
    rows = (rows.0 + next.rows.0, rows.1 + next.rows.1, rows.2 + next.rows.2)
    spread(delta, mine * theirs / Double(count))
  }

  private mutating func spread(_ delta: SIMD3<Double>, _ factor: Double) {
    rows.0 += delta * delta[0] * factor
    rows.1 += delta * delta[1] * factor
    rows.2 += delta * delta[2] * factor
  }

  /// Each term's covariance with the sum of the three, over the variance of the sum; nil where the sum does not
  /// vary, or a square is more than a double holds.
  var shares: SIMD3<Double>? {
    let covariance = rows.0 + rows.1 + rows.2
    let variance = covariance[0] + covariance[1] + covariance[2]
    guard variance > 0, variance.isFinite else { return nil }
    let shares = covariance / variance
    return shares[0].isFinite && shares[1].isFinite && shares[2].isFinite ? shares : nil
  }

  static func == (left: Comoments, right: Comoments) -> Bool {
    left.count == right.count && left.mean == right.mean && left.rows == right.rows
  }
}
