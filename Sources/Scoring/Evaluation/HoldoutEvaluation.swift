/// Every model's ranking and predictions judged by what customers did in a time that the models did not see.
public struct HoldoutEvaluation: Sendable {
  /// One customer: what is known before the holdout, and what came in it.
  public struct Customer: Sendable, Undisclosed {
    /// What is known.
    public let member: PopulationMember
    /// The occasions in the holdout, nil for none.
    public let later: Occasions?

    /// A customer.
    public init(_ member: PopulationMember, later: Occasions?) {
      (self.member, self.later) = (member, later)
    }
  }

  /// One model's result.
  public struct Result: Sendable {
    /// The model's or baseline's name.
    public let name: String
    /// How well it ranks.
    public let quality: RankQuality
    /// What its best-ranked customers hold.
    public let lift: LiftChart
    /// Whether the purchases that it expects came; nil for a model that expects none.
    public let calibration: Calibration?
    /// How it was fitted; empty for what needs no fit.
    public let fits: [FitSummary]
  }

  /// The results, baselines first.
  public private(set) var results: [Result] = []
  /// Models that could not be judged, with a reason in a word.
  public private(set) var skipped: [(name: String, reason: String)] = []
  /// How many customers were judged: those with an occasion before the holdout.
  public let customers: Int
  /// How many of them bought in the holdout.
  public let buyers: Int

  private let members: [PopulationMember]
  private let amounts: [Double]
  private let bought: [Bool]
  private let counts: [Double]

  /// Judges every model.
  ///
  /// - Parameters:
  ///   - customers: everybody; who has no occasion before the holdout is left out.
  ///   - settings: as of the last day before the holdout.
  ///   - holdout: the length of the holdout in the unit of the settings.
  /// - Throws: `invalidShape` where the holdout has no length.
  public init(
    _ customers: [Customer], settings: PopulationSettings, holdout: Double
  ) throws(ScoringError) {
    guard let plan = DiscountPlan(periods: 1, length: holdout, rate: 0) else {
      throw ScoringError(.invalidShape)
    }
    let known = customers.filter { $0.member.occasions != nil }
    var unit: UInt64 = 1
    for _ in 0..<settings.minorDigits { unit *= 10 }
    members = known.map(\.member)
    amounts = known.map { customer in customer.later.map { correctlyRounded($0.netMinor, over: unit) } ?? 0 }
    bought = known.map { $0.later != nil }
    counts = known.map { Double($0.later?.count ?? 0) }
    self.customers = known.count
    buyers = bought.count(where: \.self)
    try judgeBaselines()
    let statistics = members.map {
      $0.occasions?.statistics(unit: settings.unit, minorDigits: settings.minorDigits) ?? .newcomer
    }
    let compressed = CompressedStatistics(statistics)
    let spend = GammaGamma.fit(to: statistics)
    try judge(BGNBD.fit(to: compressed), spend, statistics, plan)
    try judge(MBGNBD.fit(to: compressed), spend, statistics, plan)
    try judge(ParetoNBD.fit(to: compressed), spend, statistics, plan)
  }

  private mutating func judgeBaselines() throws(ScoringError) {
    try judge("past-spend", members.map { $0.factors.amount ?? 0 })
    try judge("recency", members.map { -Double($0.occasions?.daysSinceLast ?? 0) })
    let literal = members.map { member -> Double? in
      guard let frequency = member.factors.frequency, let amount = member.factors.amount,
        let variety = member.factors.variety
      else { return nil }
      return (frequency + amount + variety) / 3
    }
    if literal.contains(nil) {
      skipped.append(("literal", "missing:variety"))
    } else {
      try judge("literal", literal.map { $0 ?? 0 })
    }
    let specification = CompositeSpecification.recencyFrequencyAmount
    let inputs = members.map(\.compositeInput)
    guard !inputs.isEmpty, inputs.allSatisfy({ $0[.amount] != nil }) else {
      skipped.append(("composite", "missing:amount"))
      return
    }
    let norms = try FrozenNorms(
      "evaluation", of: inputs, for: specification, asOf: LocalDay(daysSinceEpoch: 0))
    let model = try CompositeModel(specification, norms: norms)
    try judge("composite", inputs.map { (try? model.score(of: $0).value) ?? 0 })
  }

  private mutating func judge(
    _ name: String, _ scores: [Double], _ calibration: Calibration? = nil, _ fits: [FitSummary] = []
  ) throws(ScoringError) {
    results.append(
      Result(
        name: name, quality: try RankQuality(scores: scores, amounts: amounts, bought: bought),
        lift: try LiftChart(scores: scores, amounts: amounts, bought: bought), calibration: calibration,
        fits: fits
      ))
  }

  /// A purchase model times the spend model: the value of the holdout without a discount.
  private mutating func judge<Model: PurchaseModel>(
    _ fit: ModelFit<Model>, _ spend: ModelFit<GammaGamma>, _ statistics: [SufficientStatistics],
    _ plan: DiscountPlan
  ) throws(ScoringError) {
    guard let model = fit.model, let spendModel = spend.model else {
      skipped.append((Model.about.name, FitStatus.notEnoughData.rawValue))
      return
    }
    var purchases = PurchaseForecast(model, within: plan.length)
    var values = PurchaseForecast(LifetimeValue(purchases: model, spend: spendModel, plan: plan))
    let expected = statistics.map { purchases($0) ?? .nan }
    let worth = statistics.map { values($0) ?? .nan }
    guard expected.allSatisfy(\.isFinite), worth.allSatisfy(\.isFinite) else {
      // A mean spend or an expectation without bound ranks nobody.
      skipped.append((Model.about.name, "unbounded"))
      return
    }
    try judge(
      Model.about.name, worth, try Calibration(predicted: expected, actual: counts),
      [FitSummary(fit), FitSummary(spend)])
  }
}
