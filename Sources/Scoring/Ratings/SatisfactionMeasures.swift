extension RatingCounts {
  /// Customer satisfaction, CSAT: the share of answers in the top two of the scale, with Wilson's interval; nil without
  /// an answer.
  ///
  /// - Parameters:
  ///   - satisfied: the answers that count as satisfied; by default the two highest.
  ///   - confidence: between 0 and 1.
  public func customerSatisfaction(satisfied: ClosedRange<Int>? = nil, confidence: Double = 0.95) -> Estimate?
  {
    let top = max(scale.lowerBound, scale.upperBound - 1)...scale.upperBound
    return wilsonInterval(successes: count(in: satisfied ?? top), of: total, confidence: confidence)
  }

  /// The net promoter score on 0...10: the share of 9 and 10 less that of 0 to 6, in -1...1, with an adjusted Wald
  /// interval; nil on another scale or without an answer.
  ///
  /// The interval adds three answers, three quarters of a promoter and of a detractor among them, and takes Wald's for
  /// the difference of two multinomial shares (Bonett, Price, "Adjusted Wald Confidence Interval for a Difference of
  /// Binomial Proportions Based on Paired Data", 2012; Rocks, "Interval Estimation for the 'Net Promoter
  /// Score'", The American Statistician 70, 2016).
  public func netPromoterScore(confidence: Double = 0.95) -> Estimate? {
    guard scale == 0...10, total > 0 else { return nil }
    let number = Double(total)
    let (promoters, detractors) = (Double(count(in: 9...10)), Double(count(in: 0...6)))
    let adjusted = number + 3
    let (up, down) = ((promoters + 0.75) / adjusted, (detractors + 0.75) / adjusted)
    let centre = up - down
    let margin =
      twoSidedQuantile(confidence) * ((up + down - centre * centre) / adjusted).squareRoot()
    return Estimate(
      value: (promoters - detractors) / number, lower: max(-1, centre - margin),
      upper: min(1, centre + margin))
  }

  /// The customer effort score, CES: the mean answer to "it was easy", with a normal interval; with a single answer the
  /// interval is the scale; nil without one.
  public func customerEffortScore(confidence: Double = 0.95) -> Estimate? {
    guard let mean else { return nil }
    let (lowest, highest) = (Double(scale.lowerBound), Double(scale.upperBound))
    guard let variance else { return Estimate(value: mean, lower: lowest, upper: highest) }
    let margin = twoSidedQuantile(confidence) * (variance / Double(total)).squareRoot()
    return Estimate(value: mean, lower: max(lowest, mean - margin), upper: min(highest, mean + margin))
  }
}

/// Wilson's score interval of a share ("Probable Inference, the Law of Succession, and Statistical Inference", 1927); nil
/// without a trial.
public func wilsonInterval(successes: Int, of trials: Int, confidence: Double = 0.95) -> Estimate? {
  guard trials > 0, (0...trials).contains(successes) else { return nil }
  let number = Double(trials)
  let share = Double(successes) / number
  let z = twoSidedQuantile(confidence)
  let square = z * z
  let centre = (share + square / (2 * number)) / (1 + square / number)
  let margin =
    z / (1 + square / number) * (share * (1 - share) / number + square / (4 * number * number)).squareRoot()
  return Estimate(
    value: share, lower: successes == 0 ? 0 : max(0, centre - margin),
    upper: successes == trials ? 1 : min(1, centre + margin))
}

/// The normal quantile that leaves (1 - confidence) / 2 above.
private func twoSidedQuantile(_ confidence: Double) -> Double {
  normalQuantile(0.5 + min(max(confidence, 0), 1 - 0x1p-50) / 2)
}

/// A mean of few ratings, drawn towards everybody's: (C m + Σ x) / (C + n).
///
/// It is the posterior mean under a prior that is worth C ratings of m.
public struct BayesianMean: Hashable, Sendable {
  /// Everybody's mean, m.
  public let prior: Double
  /// How many ratings the prior is worth, C.
  public let strength: Double

  /// A prior, or nil where the numbers make no sense.
  public init?(prior: Double, strength: Double) {
    guard prior.isFinite, strength >= 0, strength.isFinite else { return nil }
    (self.prior, self.strength) = (prior, strength)
  }

  /// The mean of ratings by their sum and number; nil where both the number and the prior's strength are 0.
  public func callAsFunction(sum: Double, count: Int) -> Double? {
    let number = strength + Double(count)
    return number > 0 ? (strength * prior + sum) / number : nil
  }
}
