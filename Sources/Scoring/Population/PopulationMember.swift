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

  /// Recency, frequency and net amount of the occasions; nil where there is none.
  ///
  /// - Parameter minorDigits: decimals of the currency, 0 to 15.
  public func rfmInput(minorDigits: Int) -> RFMInput? {
    var unit: UInt64 = 1
    for _ in 0..<max(0, min(minorDigits, HistoryAccumulator.maximumMinorDigits)) { unit *= 10 }
    return occasions.map { occasions in
      RFMInput(
        recencyDays: occasions.daysSinceLast, frequency: occasions.count,
        monetary: correctlyRounded(occasions.netMinor, over: unit))
    }
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
  /// What the composite score is made of.
  public var composite = CompositeSpecification.recencyFrequencyAmount
  /// Norms of another population for the composite; nil to compute them from this one.
  public var norms: FrozenNorms?

  /// Settings; by default weeks, twelve months, one percent a month, five bins and the usual segments.
  public init(
    asOf: LocalDay, unit: TimeUnit = .week, months: Int = 12, monthlyRate: Double = 0.01, bins: Int = 5,
    segments: RFMSegments = .standard, minorDigits: Int = 2
  ) {
    (self.asOf, self.unit, self.months, self.monthlyRate) = (asOf, unit, months, monthlyRate)
    (self.bins, self.segments, self.minorDigits) = (bins, segments, minorDigits)
  }
}

extension PopulationSettings {
  /// The horizon and the discount; nil where they make no sense.
  public var discountPlan: DiscountPlan? {
    DiscountPlan(months: months, monthlyRate: monthlyRate, unit: unit)
  }
}
