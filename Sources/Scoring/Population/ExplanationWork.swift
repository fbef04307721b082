/// The explanation of one customer under way.
///
/// A fitted model's number is no sum of factors. It is taken apart along a path: what a customer who bought for the first
/// time today gets, then what each fact changes when it becomes known, in an order that is always the same. The parts
/// telescope, so that they add up to the number but for rounding.
struct ExplanationWork {
  private typealias Term = PopulationExplanation.Term

  private let model: PopulationModel
  private let member: PopulationMember
  private let population: [PopulationMember]
  private let settings: PopulationSettings

  init(
    _ model: PopulationModel, _ member: PopulationMember, _ population: [PopulationMember],
    _ settings: PopulationSettings
  ) {
    (self.model, self.member, self.population, self.settings) = (model, member, population, settings)
  }

  // MARK: Composite and RFM

  func composite() throws(ScoringError) -> PopulationExplanation {
    let inputs = population.map(\.compositeInput)
    guard
      let composite = try CompositeModel(
        settings.composite, settings.norms, of: inputs, asOf: settings.asOf)
    else { throw ScoringError(.noReference) }
    let parts = try composite.explanation(of: member.compositeInput)
    let combination: PopulationExplanation.Combination =
      switch parts.aggregation {
      case .arithmetic: .sum
      case .geometric: .product
      case .minimum: .minimum
      }
    let terms = parts.terms.map { term in
      Term(
        term.factor.rawValue, raw: term.raw, normalized: term.normalized, weight: term.weight,
        contribution: term.contribution, isReferenceMedian: term.isReferenceMedian)
    }
    var explanation = PopulationExplanation(model, "composite", parts.score.value, terms, combination)
    explanation.coverage = parts.score.coverage
    explanation.norms = (composite.norms.id, composite.norms.asOf, composite.norms.customers)
    return explanation
  }

  func rfm() throws(ScoringError) -> PopulationExplanation {
    guard let occasions = member.occasions else {
      throw ScoringError(.missingFactor, compositeFactor: .recency)
    }
    let binning = try RFMBinning(
      of: population.compactMap { $0.rfmInput(minorDigits: settings.minorDigits) }, bins: settings.bins)
    guard let input = member.rfmInput(minorDigits: settings.minorDigits) else {
      throw ScoringError(.missingFactor, compositeFactor: .recency)
    }
    let score = binning.score(input)
    func term(_ name: String, _ raw: Double, _ bin: Int, _ weight: Double) -> Term {
      Term(name, raw: raw, normalized: Double(bin), weight: weight, contribution: weight * Double(bin))
    }
    var explanation = PopulationExplanation(
      model, "rfm", Double(score.code),
      [
        term("recency", Double(occasions.daysSinceLast), score.recency, 100),
        term("frequency", Double(input.frequency), score.frequency, 10),
        term("amount", input.monetary, score.monetary, 1),
      ])
    explanation.segment = settings.segments.segment(of: score)
    return explanation
  }

  // MARK: Fitted models

  func purchases<Model: PurchaseModel>(_ type: Model.Type) throws(ScoringError) -> PopulationExplanation {
    let (own, known) = try statistics()
    let fit = Model.fit(to: CompressedStatistics(known))
    guard let fitted = fit.model else { throw ScoringError(.notFitted) }
    let plan = try discountPlan()
    let time = Double(plan.periods) * plan.length
    let path = Self.path(own) { fitted.expectedPurchases(of: $0, within: time) }
    var explanation = PopulationExplanation(
      model, "expected_purchases", fitted.expectedPurchases(of: own, within: time), path)
    explanation.figures = Self.figures(fitted, own, within: time)
    explanation.fits = [FitSummary(fit)]
    return explanation
  }

  /// The expected spend is a mean of everybody's and the customer's own, weighted by how much is known of the customer.
  func spend() throws(ScoringError) -> PopulationExplanation {
    let (own, known) = try statistics()
    let fit = GammaGamma.fit(to: known)
    guard let fitted = fit.model else { throw ScoringError(.notFitted) }
    guard let value = fitted.expectedSpend(of: own) else { throw ScoringError(.scoreOutOfRange) }
    var terms: [Term] = []
    if let mean = own.meanSpend, mean > 0, own.repeats > 0 {
      let counted = fitted.p * Double(own.repeats)
      let total = counted + fitted.q - 1
      terms = [
        Term("everybody", raw: nil, weight: 1 - counted / total, contribution: fitted.p * fitted.v / total),
        Term("mean_spend", raw: mean, weight: counted / total, contribution: counted * mean / total),
      ]
    } else {
      terms = [Term("everybody", raw: nil, weight: 1, contribution: value)]
    }
    var explanation = PopulationExplanation(model, "expected_spend", value, terms)
    explanation.figures = [("repeats", Double(own.repeats))]
    explanation.fits = [FitSummary(fit)]
    return explanation
  }

  func lifetimeValue() throws(ScoringError) -> PopulationExplanation {
    let (own, known) = try statistics()
    let purchases = MBGNBD.fit(to: CompressedStatistics(known))
    let spend = GammaGamma.fit(to: known)
    guard let purchaseModel = purchases.model, let spendModel = spend.model else {
      throw ScoringError(.notFitted)
    }
    let plan = try discountPlan()
    let worth = LifetimeValue(purchases: purchaseModel, spend: spendModel, plan: plan)
    guard let value = worth.value(of: own), let everybody = spendModel.meanSpend else {
      throw ScoringError(.scoreOutOfRange)
    }
    let path = Self.path(own) { customer in
      purchaseModel.probabilityAlive(customer) * everybody
        * plan.discountedPurchases(purchaseModel, repeats: customer.repeats, age: customer.age)
    }
    let soFar = path.dropFirst().reduce(path[0].contribution) { $0 + $1.contribution }
    var explanation = PopulationExplanation(
      model, "clv", value, path + [Term("mean_spend", raw: own.meanSpend, contribution: value - soFar)])
    explanation.figures = Self.figures(purchaseModel, own, within: Double(plan.periods) * plan.length)
    if let expected = spendModel.expectedSpend(of: own) {
      explanation.figures.append(("expected_spend", expected))
    }
    explanation.fits = [FitSummary(purchases), FitSummary(spend)]
    return explanation
  }

  // MARK: Parts

  /// A newcomer's number; then what the age changes, with no repeat in it; then the repeats, the last one today; then how
  /// long ago it was.
  private static func path(_ own: SufficientStatistics, _ value: (SufficientStatistics) -> Double) -> [Term] {
    var terms = [Term("newcomer", raw: nil, contribution: value(.newcomer))]
    var before = terms[0].contribution
    func step(_ name: String, _ raw: Double, _ to: SufficientStatistics?) {
      guard let to else { return }
      let next = value(to)
      terms.append(Term(name, raw: raw, contribution: next - before))
      before = next
    }
    step("age", own.age, SufficientStatistics(repeats: 0, recency: 0, age: own.age))
    if own.repeats > 0 {
      step(
        "repeats", Double(own.repeats),
        SufficientStatistics(repeats: own.repeats, recency: own.age, age: own.age))
      step("recency", own.recency, own)
    }
    return terms
  }

  private static func figures<Model: PurchaseModel>(
    _ model: Model, _ own: SufficientStatistics, within time: Double
  ) -> [(name: String, value: Double)] {
    let alive = model.probabilityAlive(own)
    let interval = model.purchaseInterval(of: own, within: time)
    var figures: [(name: String, value: Double)] = [("p_alive", alive)]
    if Model.tellsChurnRisk { figures.append(("churn_risk", 1 - alive)) }
    return figures + [
      ("purchases_low", Double(interval.lowerBound)), ("purchases_high", Double(interval.upperBound)),
    ]
  }

  private func statistics() throws(ScoringError) -> (own: SufficientStatistics, known: [SufficientStatistics])
  {
    func statistics(_ member: PopulationMember) -> SufficientStatistics? {
      member.occasions?.statistics(unit: settings.unit, minorDigits: settings.minorDigits)
    }
    guard let own = statistics(member) else { throw ScoringError(.missingFactor, compositeFactor: .recency) }
    return (own, population.compactMap(statistics))
  }

  private func discountPlan() throws(ScoringError) -> DiscountPlan {
    guard let plan = settings.discountPlan else { throw ScoringError(.invalidShape) }
    return plan
  }
}
