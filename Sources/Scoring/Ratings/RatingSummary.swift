/// An estimate with the interval in which the true number lies with a confidence.
public struct Estimate: Hashable, Sendable {
  /// The estimate.
  public let value: Double
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double
}

/// Answers to one question on a whole-number scale, counted by answer.
public struct RatingCounts: Hashable, Sendable {
  /// The smallest and the largest answer.
  public let scale: ClosedRange<Int>
  private var counts: [Int]

  /// No answers on a scale, or nil where the scale has more than 1,000 answers.
  public init?(scale: ClosedRange<Int>) {
    guard scale.count <= 1000 else { return nil }
    self.scale = scale
    counts = Array(repeating: 0, count: scale.count)
  }

  /// Counts an answer; false where it is not on the scale, and then it is not counted.
  @discardableResult
  public mutating func add(_ answer: Int) -> Bool {
    guard scale.contains(answer) else { return false }
    counts[answer - scale.lowerBound] += 1
    return true
  }

  /// How many answers there are.
  public var total: Int { counts.reduce(0, +) }

  /// How many answers are in a range.
  public func count(in range: ClosedRange<Int>) -> Int {
    let range = range.clamped(to: scale)
    return (range.lowerBound...range.upperBound).reduce(0) { $0 + counts[$1 - scale.lowerBound] }
  }

  /// The mean answer, or nil without one.
  public var mean: Double? {
    let total = total
    guard total > 0 else { return nil }
    let sum = counts.enumerated().reduce(0) { $0 + $1.element * ($1.offset + scale.lowerBound) }
    return Double(sum) / Double(total)
  }

  /// The sample variance of the answers, or nil with fewer than two.
  var variance: Double? {
    guard let mean, total > 1 else { return nil }
    let squares = counts.enumerated().reduce(0.0) { sum, entry in
      let deviation = Double(entry.offset + scale.lowerBound) - mean
      return sum + Double(entry.element) * deviation * deviation
    }
    return squares / Double(total - 1)
  }
}
