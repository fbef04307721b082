/// What share of the holdout amount, and of the buyers, the best-ranked customers hold: cumulated gains by tenths.
public struct LiftChart: Hashable, Sendable {
  /// The best-ranked share of customers, and what they hold.
  public struct Point: Hashable, Sendable {
    /// The share of customers, 0 to 1.
    public let customers: Double
    /// Their share of the amount; nil where there is none.
    public let amount: Double?
    /// Their share of the buyers; nil where nobody bought.
    public let buyers: Double?
    /// Their share of the amount over their share of customers.
    public var lift: Double? { customers > 0 ? amount.map { $0 / customers } : nil }
  }

  /// The points, from the best-ranked tenth to all.
  public let points: [Point]

  /// The chart of scores over outcomes, in so many steps.
  ///
  /// - Throws: `invalidShape` where the columns differ in length, a score is not finite or there is no step.
  public init(
    scores: [Double], amounts: [Double], bought: [Bool], steps: Int = 10
  ) throws(ScoringError) {
    guard scores.count == amounts.count, scores.count == bought.count, steps >= 1,
      scores.allSatisfy(\.isFinite)
    else { throw ScoringError(.invalidShape) }
    let best = RankQuality.best(scores)
    let buyers = bought.map { $0 ? 1.0 : 0.0 }
    points = (1...steps).map { step in
      let share = Double(step) / Double(steps)
      return Point(
        customers: share, amount: Self.captured(share, best, amounts),
        buyers: Self.captured(share, best, buyers))
    }
  }

  /// The share of a column's sum that the best-ranked share of customers holds. A group of equals that does not fit whole
  /// counts with the part that fits.
  static func captured(_ share: Double, _ best: [[Int]], _ column: [Double]) -> Double? {
    var total = CompensatedSum()
    for group in best { total += sum(group, column) }
    guard total.value > 0 else { return nil }
    var room = share * Double(column.count)
    var captured = CompensatedSum()
    for group in best where room > 0 {
      let part = min(1, room / Double(group.count))
      captured += part * sum(group, column)
      room -= Double(group.count)
    }
    return captured.value / total.value
  }

  /// The sum over a group, in the order of the numbers, so that the order of customers is no matter.
  private static func sum(_ group: [Int], _ column: [Double]) -> Double {
    guard group.count > 1 else { return group.first.map { column[$0] } ?? 0 }
    var sum = CompensatedSum()
    for value in group.map({ column[$0] }).sorted() { sum += value }
    return sum.value
  }
}
