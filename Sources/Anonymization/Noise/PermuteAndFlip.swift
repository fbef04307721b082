/// Selection of a good candidate: permute-and-flip, which is never worse than the exponential mechanism (McKenna and
/// Sheldon, "Permute-and-Flip", NeurIPS 2020, algorithm 1).
public struct PermuteAndFlip: Sendable {
  /// How much one person can change a score.
  public let sensitivity: Natural
  /// What a selection costs.
  public let epsilon: Rational

  /// A mechanism; both are above 0.
  public init(sensitivity: Natural, epsilon: Rational) throws(AnonymizationError) {
    guard !sensitivity.isZero, !epsilon.isZero else {
      throw AnonymizationError(.badParameter, reason: "sensitivity and epsilon are above 0")
    }
    self.sensitivity = sensitivity
    self.epsilon = epsilon
  }

  /// The place of a candidate whose score is near the best.
  public func select(_ scores: [Int], from source: inout some BitSource) -> Int {
    precondition(!scores.isEmpty)
    let best = scores.max() ?? 0
    var order = Array(scores.indices)
    for place in order.indices.dropLast() {
      let other = place + Int(source.uniform(below: Natural(order.count - place)).low)
      order.swapAt(place, other)
      let deficit = Natural(UInt64(best &- scores[order[place]]))
      let gamma = epsilon * Rational(deficit, over: Natural(2 as UInt64) * sensitivity)
      if source.bernoulli(expOfMinus: gamma) { return order[place] }
    }
    // Whoever comes last was not rejected only if it is the best; the best is always taken when its turn comes.
    return order[order.count - 1]
  }
}

/// Differentially private quantiles of whole numbers, selected on a grid that is public.
public struct PrivateQuantile: Sendable {
  /// Which quantile, 0 to 1.
  public let rank: Rational
  /// The points to choose from, ascending.
  public let grid: [Int]
  private let mechanism: PermuteAndFlip

  /// A quantile: one person has one value here.
  public init(rank: Rational, grid: [Int], epsilon: Rational) throws(AnonymizationError) {
    guard rank <= .one, !grid.isEmpty, zip(grid, grid.dropFirst()).allSatisfy({ $0 < $1 }),
      let above = rank.numerator.small, let below = rank.denominator.small, below <= 1000
    else {
      throw AnonymizationError(
        .badParameter,
        reason: "a quantile is a fraction from 0 to 1 of thousandths at most, on an ascending grid")
    }
    self.rank = rank
    self.grid = grid
    // A person more or less moves `below * (values under the point) - above * (values)` by so much at most.
    mechanism = try PermuteAndFlip(sensitivity: Natural(max(above, below - above)), epsilon: epsilon)
  }

  /// The point that was selected.
  public func select(_ values: [Int], from source: inout some BitSource) -> Int {
    let (above, below) = (Int(rank.numerator.low), Int(rank.denominator.low))
    let sorted = values.sorted()
    var under = 0
    let scores = grid.map { point in
      while under < sorted.count, sorted[under] < point { under += 1 }
      return -abs(below * under - above * sorted.count)
    }
    return grid[mechanism.select(scores, from: &source)]
  }
}
