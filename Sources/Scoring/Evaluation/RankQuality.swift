/// How well a score ranks customers by what they did afterwards.
public struct RankQuality: Hashable, Sendable {
  /// Spearman's rank correlation of the score and the holdout amount, ties by midranks; nil where one of the two does not
  /// vary.
  public let spearman: Double?
  /// The area under the receiver operating characteristic for "bought at all in the holdout": the probability that a buyer
  /// is ranked above a non-buyer, ties counting half (Mann, Whitney 1947); nil where all or none bought.
  public let areaUnderCurve: Double?
  /// The share of the holdout amount that the best-ranked tenth brought; nil where there is no amount. Customers who are equal
  /// at the border of the tenth count with the part of them that fits, so that the order of the input is no matter.
  public let topDecileCapture: Double?

  /// The quality of scores, in the order of the customers' outcomes.
  ///
  /// - Parameters:
  ///   - scores: finite numbers, higher for better customers.
  ///   - amounts: what each brought in the holdout, in major units.
  ///   - bought: whether each bought.
  /// - Throws: `invalidShape` where the columns differ in length or a score is not finite.
  public init(scores: [Double], amounts: [Double], bought: [Bool]) throws(ScoringError) {
    guard scores.count == amounts.count, scores.count == bought.count,
      scores.allSatisfy(\.isFinite), amounts.allSatisfy(\.isFinite)
    else { throw ScoringError(.invalidShape) }
    let ranks = midranks(scores)
    spearman = pearsonOfRanks(ranks, midranks(amounts))
    areaUnderCurve = Self.area(ranks, bought)
    topDecileCapture = LiftChart.captured(0.1, Self.best(scores), amounts)
  }

  /// (Σ ranks of buyers - n₁(n₁+1)/2) / (n₁ n₀).
  private static func area(_ ranks: [Double], _ bought: [Bool]) -> Double? {
    var (sum, buyers) = (0.0, 0.0)
    for (rank, isBuyer) in zip(ranks, bought) where isBuyer {
      sum += rank
      buyers += 1
    }
    let others = Double(ranks.count) - buyers
    guard buyers > 0, others > 0 else { return nil }
    return (sum - buyers * (buyers + 1) / 2) / (buyers * others)
  }

  /// Groups of customers with one score, the best first.
  static func best(_ scores: [Double]) -> [[Int]] {
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    var groups: [[Int]] = []
    for index in order {
      if let last = groups.last?.last, scores[last] == scores[index] {
        groups[groups.count - 1].append(index)
      } else {
        groups.append([index])
      }
    }
    return groups
  }
}

/// Pearson's correlation of two columns of midranks. Midranks are halves of whole numbers, so their sums are exact and
/// the order of the customers is no matter up to 2^17 of them; beyond, it is a matter of the last bits only, and they
/// are put in the order of their ranks first.
private func pearsonOfRanks(_ left: [Double], _ right: [Double]) -> Double? {
  let order = left.indices.sorted { (left[$0], right[$0]) < (left[$1], right[$1]) }
  return pearson(order.map { left[$0] }, order.map { right[$0] })
}
