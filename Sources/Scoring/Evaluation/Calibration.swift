/// Whether predicted numbers come true: customers in groups of about the same size by prediction, and for each what was
/// predicted and what came.
public struct Calibration: Hashable, Sendable {
  /// Customers with neighbouring predictions.
  public struct Group: Hashable, Sendable {
    /// How many.
    public let customers: Int
    /// The mean of the predictions.
    public let predicted: Double
    /// The mean of what came.
    public let actual: Double
  }

  /// The groups, from the lowest prediction up; equal predictions are in one group.
  public let groups: [Group]
  /// The mean of |prediction - outcome|.
  public let meanAbsoluteError: Double
  /// Σ predictions / Σ outcomes; nil where nothing came.
  public let totalRatio: Double?

  /// The calibration of predictions.
  ///
  /// - Throws: `invalidShape` where the columns differ in length, are empty or not finite, or there is no group.
  public init(predicted: [Double], actual: [Double], groups count: Int = 10) throws(ScoringError) {
    guard predicted.count == actual.count, !predicted.isEmpty, count >= 1, predicted.allSatisfy(\.isFinite),
      actual.allSatisfy(\.isFinite)
    else { throw ScoringError(.invalidShape) }
    let order = predicted.indices.sorted { (predicted[$0], actual[$0]) < (predicted[$1], actual[$1]) }
    var (groups, start): ([Group], Int) = ([], 0)
    var (error, predictions, outcomes) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
    for number in 1...count where start < order.count {
      var end = max(start + 1, order.count * number / count)
      while end < order.count, predicted[order[end]] == predicted[order[end - 1]] { end += 1 }
      var sums = (CompensatedSum(), CompensatedSum())
      for index in order[start..<end] {
        sums.0 += predicted[index]
        sums.1 += actual[index]
        error += (predicted[index] - actual[index]).magnitude
      }
      predictions += sums.0.value
      outcomes += sums.1.value
      let size = Double(end - start)
      groups.append(
        Group(customers: end - start, predicted: sums.0.value / size, actual: sums.1.value / size))
      start = end
    }
    self.groups = groups
    meanAbsoluteError = error.value / Double(order.count)
    totalRatio = outcomes.value > 0 ? predictions.value / outcomes.value : nil
  }
}
