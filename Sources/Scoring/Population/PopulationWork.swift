/// The scoring of a population under way.
struct PopulationWork {
  private let members: [PopulationMember]
  private let settings: PopulationSettings
  private(set) var columns: [PopulationScores.Column] = []
  private(set) var segments: [String?]?
  private(set) var exclusions: [String?]
  private(set) var fits: [FitSummary] = []

  init(_ members: [PopulationMember], _ settings: PopulationSettings) {
    (self.members, self.settings) = (members, settings)
    exclusions = Array(repeating: nil, count: members.count)
  }

  // MARK: Composite and RFM

  mutating func scoreComposite() throws(ScoringError) {
    let specification = CompositeSpecification.recencyFrequencyAmount
    let inputs = members.map(\.compositeInput)
    for (index, input) in inputs.enumerated() {
      if let missing = specification.terms.first(where: { input[$0.factor] == nil }) {
        exclusions[index] = Self.missing(missing.factor)
      }
    }
    let population = zip(inputs, exclusions).filter { $0.1 == nil }.map(\.0)
    for factor in [CompositeFactor.recency, .frequency, .amount] {
      add(factor == .recency ? "recency_days" : factor.rawValue, decimals: factor == .amount ? 2 : 0) {
        inputs[$0][factor]
      }
    }
    guard !population.isEmpty else { return }
    let norms = try FrozenNorms("run", of: population, for: specification, asOf: settings.asOf)
    let model = try CompositeModel(specification, norms: norms)
    add("composite", decimals: 4) { try? model.score(of: inputs[$0]).value }
  }

  mutating func scoreRFM() throws(ScoringError) {
    excludeWithoutOccasions()
    let inputs = members.map { member in
      member.occasions.map { occasions in
        RFMInput(
          recencyDays: occasions.daysSinceLast, frequency: occasions.count,
          monetary: correctlyRounded(occasions.netMinor, over: minorUnit))
      }
    }
    let population = inputs.compactMap(\.self)
    guard !population.isEmpty else { return }
    let binning = try RFMBinning(of: population, bins: settings.bins)
    let scores = inputs.map { $0.map(binning.score) }
    add("recency_days", decimals: 0) { inputs[$0].map { Double($0.recencyDays) } }
    add("frequency", decimals: 0) { inputs[$0].map { Double($0.frequency) } }
    add("amount", decimals: 2) { inputs[$0]?.monetary }
    add("r", decimals: 0) { scores[$0].map { Double($0.recency) } }
    add("f", decimals: 0) { scores[$0].map { Double($0.frequency) } }
    add("m", decimals: 0) { scores[$0].map { Double($0.monetary) } }
    add("rfm", decimals: 0) { scores[$0].map { Double($0.code) } }
    segments = scores.map { $0.map(settings.segments.segment) }
  }

  // MARK: Fitted models

  mutating func scorePurchases<Model: PurchaseModel>(_ type: Model.Type) throws(ScoringError) {
    let statistics = self.statistics()
    let plan = try discountPlan()
    addHistory(statistics)
    let fit = Model.fit(to: CompressedStatistics(statistics.compactMap(\.self)))
    fits = [FitSummary(fit)]
    guard let model = fit.model else { return }
    addPurchases(model, statistics, within: Double(plan.periods) * plan.length)
  }

  mutating func scoreSpend() {
    let statistics = self.statistics()
    let fit = GammaGamma.fit(to: statistics.compactMap(\.self))
    fits = [FitSummary(fit)]
    add("repeats", decimals: 0) { statistics[$0].map { Double($0.repeats) } }
    add("mean_spend", decimals: 2) { statistics[$0]?.meanSpend }
    guard let model = fit.model else { return }
    add("expected_spend", decimals: 2) { statistics[$0].flatMap(model.expectedSpend) }
  }

  /// MBG/NBD, whose P(alive) is a risk of churn, times Gamma-Gamma.
  mutating func scoreLifetimeValue() throws(ScoringError) {
    let statistics = self.statistics()
    let plan = try discountPlan()
    addHistory(statistics)
    let known = statistics.compactMap(\.self)
    let (purchases, spend) = (MBGNBD.fit(to: CompressedStatistics(known)), GammaGamma.fit(to: known))
    fits = [FitSummary(purchases), FitSummary(spend)]
    guard let purchaseModel = purchases.model, let spendModel = spend.model else { return }
    addPurchases(purchaseModel, statistics, within: Double(plan.periods) * plan.length)
    add("expected_spend", decimals: 2) { statistics[$0].flatMap(spendModel.expectedSpend) }
    var forecast = PurchaseForecast(LifetimeValue(purchases: purchaseModel, spend: spendModel, plan: plan))
    add("clv", decimals: 2) { index in statistics[index].flatMap { forecast($0) } }
  }

  // MARK: Parts

  private mutating func addHistory(_ statistics: [SufficientStatistics?]) {
    add("repeats", decimals: 0) { statistics[$0].map { Double($0.repeats) } }
    add("recency", decimals: 2) { statistics[$0]?.recency }
    add("age", decimals: 2) { statistics[$0]?.age }
  }

  private mutating func addPurchases<Model: PurchaseModel>(
    _ model: Model, _ statistics: [SufficientStatistics?], within time: Double
  ) {
    var forecast = PurchaseForecast(model, within: time)
    add("p_alive", decimals: 4) { statistics[$0].map(model.probabilityAlive) }
    if Model.tellsChurnRisk {
      add("churn_risk", decimals: 4) { statistics[$0].map { 1 - model.probabilityAlive($0) } }
    }
    add("expected_purchases", decimals: 3) { index in statistics[index].flatMap { forecast($0) } }
  }

  /// The statistics of those who have any; the others are excluded.
  private mutating func statistics() -> [SufficientStatistics?] {
    excludeWithoutOccasions()
    return members.map { $0.occasions?.statistics(unit: settings.unit, minorDigits: settings.minorDigits) }
  }

  private mutating func excludeWithoutOccasions() {
    for (index, member) in members.enumerated() where member.occasions == nil {
      exclusions[index] = Self.missing(.recency)
    }
  }

  private func discountPlan() throws(ScoringError) -> DiscountPlan {
    guard
      let plan = DiscountPlan(months: settings.months, monthlyRate: settings.monthlyRate, unit: settings.unit)
    else { throw ScoringError(.invalidShape) }
    return plan
  }

  private var minorUnit: UInt64 {
    var unit: UInt64 = 1
    for _ in 0..<settings.minorDigits { unit *= 10 }
    return unit
  }

  /// Adds a column; an excluded customer has no number in it.
  private mutating func add(_ name: String, decimals: Int, _ value: (Int) -> Double?) {
    let values = exclusions.indices.map { index -> Double? in
      guard exclusions[index] == nil, let number = value(index), number.isFinite else { return nil }
      return number
    }
    columns.append(PopulationScores.Column(name: name, decimals: decimals, values: values))
  }

  private static func missing(_ factor: CompositeFactor) -> String { "missing:\(factor.rawValue)" }
}
