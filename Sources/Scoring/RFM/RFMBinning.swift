/// How recency, frequency and monetary value become bins.
public enum RFMRule: String, CaseIterable, Hashable, Sendable {
  /// Type-7 quantile bins, closed on the right: a value at a break is in the bin below it.
  case quantiles
  /// As R's package `rfm` 0.2 to 0.3: a bin starts at the break plus 1 and ends before the next break plus 1. The same
  /// for whole numbers at breaks that are whole; made for whole numbers.
  case rPackage = "r_package"
}

/// One customer's recency, frequency and monetary value.
public struct RFMInput: Hashable, Sendable, Undisclosed {
  /// Days since the last occasion.
  public let recencyDays: Int
  /// Occasions.
  public let frequency: Int
  /// Net amount in major units.
  public let monetary: Double

  /// The three numbers.
  public init(recencyDays: Int, frequency: Int, monetary: Double) {
    (self.recencyDays, self.frequency, self.monetary) = (recencyDays, frequency, monetary)
  }
}

/// The bins of one customer, each from 1, the best being the highest.
public struct RFMScore: Hashable, Sendable, Undisclosed {
  /// The bin of the recency: the highest is the most recent.
  public let recency: Int
  /// The bin of the frequency.
  public let frequency: Int
  /// The bin of the monetary value.
  public let monetary: Int

  /// Three bins.
  public init(recency: Int, frequency: Int, monetary: Int) {
    (self.recency, self.frequency, self.monetary) = (recency, frequency, monetary)
  }

  /// The three digits side by side, as 543; of bins up to 9.
  public var code: Int { recency * 100 + frequency * 10 + monetary }
}

/// The breaks of recency, frequency and monetary value over a population: RFM scores by quantiles (Hughes,
/// "Strategic Database Marketing", 1994; Bult, Wansbeek 1995).
///
/// Equal values are in one bin always, and the order of the customers is no matter. So bins are of equal size only
/// where values differ: on data where most customers bought once, the frequency has fewer bins than asked for.
public struct RFMBinning: Hashable, Sendable {
  /// How many bins each of the three has.
  public let bins: Int
  /// How breaks become bins.
  public let rule: RFMRule
  /// The breaks of the recency in days, ascending.
  public let recencyBreaks: [Double]
  /// The breaks of the frequency.
  public let frequencyBreaks: [Double]
  /// The breaks of the monetary value.
  public let monetaryBreaks: [Double]

  /// The breaks over a population.
  ///
  /// - Throws: `invalidShape` for fewer than 2 or more than 9 bins, `noReference` for an empty population.
  public init(
    of population: [RFMInput], bins: Int = 5, rule: RFMRule = .quantiles
  ) throws(ScoringError) {
    guard (2...9).contains(bins) else { throw ScoringError(.invalidShape) }
    guard !population.isEmpty else { throw ScoringError(.noReference, compositeFactor: .recency) }
    self.bins = bins
    self.rule = rule
    recencyBreaks = quantileBreaks(population.map { Double($0.recencyDays) }.sorted(), bins: bins)
    frequencyBreaks = quantileBreaks(population.map { Double($0.frequency) }.sorted(), bins: bins)
    monetaryBreaks = quantileBreaks(population.map(\.monetary).sorted(), bins: bins)
  }

  /// The customer's bins.
  public func score(_ customer: RFMInput) -> RFMScore {
    RFMScore(
      recency: bins + 1 - bin(Double(customer.recencyDays), recencyBreaks),
      frequency: bin(Double(customer.frequency), frequencyBreaks),
      monetary: bin(customer.monetary, monetaryBreaks))
  }

  private func bin(_ value: Double, _ breaks: [Double]) -> Int {
    switch rule {
    case .quantiles: rightClosedBin(value, breaks)
    case .rPackage: breaks.reduce(1) { value >= $1 + 1 ? $0 + 1 : $0 }
    }
  }
}
