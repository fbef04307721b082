/// A customer as a population model sees one.
public struct PopulationMember: Sendable, Undisclosed {
  /// The factors, from events or from an imported row.
  public let factors: Factors
  /// The purchase occasions up to the as-of day, nil where there is none.
  public let occasions: Occasions?

  /// A customer.
  public init(factors: Factors, occasions: Occasions?) {
    (self.factors, self.occasions) = (factors, occasions)
  }

  /// The factors of a composite: recency and frequency are those of the occasions, the others the factors'.
  public var compositeInput: CompositeInput {
    var input = CompositeInput(factors, recencyDays: occasions?.daysSinceLast)
    input[.frequency] = occasions.map { Double($0.count) }
    return input
  }
}

/// What a population model is told beside the customers.
public struct PopulationSettings: Hashable, Sendable {
  /// The as-of day.
  public var asOf: LocalDay
  /// The unit in which models count time.
  public var unit: TimeUnit
  /// How many months ahead purchases and values are counted.
  public var months: Int
  /// What a month is discounted by.
  public var monthlyRate: Double
  /// How many RFM bins there are.
  public var bins: Int
  /// The table of RFM segments.
  public var segments: RFMSegments
  /// Decimals of the currency.
  public var minorDigits: Int

  /// Settings; by default weeks, twelve months, one percent a month, five bins and the usual segments.
  public init(
    asOf: LocalDay, unit: TimeUnit = .week, months: Int = 12, monthlyRate: Double = 0.01, bins: Int = 5,
    segments: RFMSegments = .standard, minorDigits: Int = 2
  ) {
    (self.asOf, self.unit, self.months, self.monthlyRate) = (asOf, unit, months, monthlyRate)
    (self.bins, self.segments, self.minorDigits) = (bins, segments, minorDigits)
  }
}
