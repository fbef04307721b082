/// The scoring of a population under way.
struct PopulationWork {
  private let members: [PopulationMember]
  private let settings: PopulationSettings
  private(set) var columns: [PopulationScores.Column] = []
  private(set) var segments: [String?]?
  private(set) var exclusions: [String?]
  private(set) var fits: [FitSummary] = []
  private(set) var norms: FrozenNorms?

  init(_ members: [PopulationMember], _ settings: PopulationSettings) {
    (self.members, self.settings) = (members, settings)
    exclusions = Array(repeating: nil, count: members.count)
  }

  // MARK: Composite and RFM

  mutating func scoreComposite() throws(ScoringError) {
    let specification = settings.composite
    let inputs = members.map(\.compositeInput)
    for term in specification.terms {
      let factor = term.factor
      add(factor == .recency ? "recency_days" : factor.rawValue, decimals: factor.decimals) {
        inputs[$0][factor]
      }
    }
    guard let model = try CompositeModel(specification, settings.norms, of: inputs, asOf: settings.asOf)
    else {
      exclusions = inputs.map { input in
        specification.terms.first { input[$0.factor] == nil }.map { Self.missing($0.factor) }
      }
      return
    }
    norms = model.norms
    let scores = inputs.enumerated().map { index, input -> CompositeScore? in
      do throws(ScoringError) {
        return try model.score(of: input)
      } catch {
        exclusions[index] = error.compositeFactor.map(Self.missing) ?? Exclusion.outOfRange.reason
        return nil
      }
    }
    for column in columns.indices {
      for index in scores.indices where scores[index] == nil { columns[column].values[index] = nil }
    }
    add("composite", decimals: 4) { scores[$0]?.value }
    add("coverage", decimals: 2) { scores[$0]?.coverage }
  }

  mutating func scoreRFM() throws(ScoringError) {
    excludeWithoutOccasions()
    let inputs = members.map { $0.rfmInput(minorDigits: settings.minorDigits) }
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
    guard let plan = settings.discountPlan else { throw ScoringError(.invalidShape) }
    return plan
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

extension CompositeFactor {
  /// How many decimals people see of it.
  fileprivate var decimals: Int {
    switch self {
    case .recency, .frequency, .variety: 0
    default: 2
    }
  }
}
