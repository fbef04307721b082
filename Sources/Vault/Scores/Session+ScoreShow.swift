internal import AuditLog
internal import Scoring
internal import Sodium

extension Session {
  /// The scores of one customer, each with its terms: one entry, then the customer's behavior.
  ///
  /// - Parameters:
  ///   - id: the customer; one that was merged stands for the one it was merged into.
  ///   - plan: model, window and definitions.
  ///   - purpose: a purpose of the policy, or nil for the role's default.
  ///   - explaining: whether the entry says that the terms were asked for.
  public func scoreCustomer(_ id: Pseudonym, _ plan: ScorePlan, purpose: String?, explaining: Bool) throws
    -> CustomerScores
  {
    let request = AccessRequest(
      explaining ? .scoreExplain : .scoreShow, purpose: purpose, subject: .customer(id), classes: [.behavior])
    return try access(request) { context in
      guard let customer = context.customer else { throw VaultError(.notFound, "there is no such customer") }
      return (
        try context.work(environment.warden),
        try context.members.map { try SealedRecord.all(.behavior, $0, context.reader) },
        customer
      )
    } release: { receipt, context, prepared in
      let (work, members, customer) = prepared
      var feed = EventFeed(
        plan, days: try LocalDays(zone: context.settings.zone), currency: work.currency)
      for records in members {
        try work.events(records, for: receipt) { event, texts in feed.add(event, texts) }
      }
      let digits = try plan.minorDigits(of: context.settings)
      let factors: Factors?
      do { factors = try feed.history.factors(minorDigits: digits) } catch { factors = nil }
      let lacksCurrency =
        plan.definitions.otherCurrency == .excludeCustomer && feed.history.otherCurrencyEvents > 0
        && !feed.history.hasFactorsRow
      let scores = plan.model.scores.scores.map { score in
        (score: score, result: Self.result(score, factors, plan.model, lacksCurrency: lacksCurrency))
      }
      return CustomerScores(
        pseudonym: customer.pseudonym, factors: factors ?? Factors(),
        hasFactorsRow: feed.history.hasFactorsRow, scores: scores)
    }
  }

  private static func result(
    _ score: Score, _ factors: Factors?, _ model: any ScoringModel, lacksCurrency: Bool
  ) -> CustomerScores.Result {
    let weights = model.weights(of: score)
    let (first, second, third) = score.factors
    let needed = zip([first, second, third], [weights[0], weights[1], weights[2]]).filter { $0.1 != 0 }.map(
      \.0)
    if lacksCurrency, needed.contains(where: { FactorSet.payments.contains($0) }) {
      return .excluded(.otherCurrency)
    }
    guard let factors else { return .excluded(.outOfRange) }
    do {
      return .computed(try model.explanation(of: score, from: factors))
    } catch {
      return .excluded(error.factor.map { .missing($0) } ?? .outOfRange)
    }
  }
}
