internal import AuditLog
public import Scoring
internal import Sodium

/// Items for one customer, and what they rest on.
public struct CustomerRecommendations: Sendable, Undisclosed {
  /// One item.
  public struct Item: Sendable, Undisclosed {
    /// The product as imports name it.
    public let item: String
    /// How much speaks for it; comparable within one basis only.
    public let score: Double
    /// Why it is suggested.
    public let basis: Recommendation.Basis
    /// The customer's own products that speak for it, the one that says most first.
    public let reasons: [String]
  }

  /// The customer.
  public let pseudonym: Pseudonym
  /// Whether the customer's own purchases were used: only where the customer may be reached for `personalization`.
  public let isPersonal: Bool
  /// The items, the best first.
  public let items: [Item]
  /// How many customers' purchases of how many products the market is.
  public let market: (customers: Int, products: Int)
  /// Customers who were left out of the market, by reason.
  public let excluded: [(reason: String, customers: UInt64)]
  /// The purpose for which the market was read.
  public let purpose: String
  /// The indexes of the entries that announced the read of the market and told of its end.
  public let entries: (intent: UInt64, result: UInt64)
}

extension Session {
  /// The purpose that decides whether a customer's own purchases may be used.
  public static let personalization = "personalization"

  /// Suggests items to a customer: the customer's own access first, for `personalization`; then everybody's purchases as a
  /// bulk read for the purpose given, with its intent and result.
  ///
  /// A customer who may not be reached for `personalization` is not opened, and gets what is popular.
  ///
  /// - Parameters:
  ///   - count: how many at most.
  ///   - window: the days whose purchases count.
  ///   - purpose: of the market's read; nil for the role's default.
  /// - Throws: `.notFound`, `.notPermitted` where the role may not, `.integrity`.
  public func recommend(
    to id: Pseudonym, count: Int, window: Window, purpose: String?
  ) throws -> CustomerRecommendations {
    let own = try ownBasket(id, window)
    let request = AccessRequest(.recommend, purpose: purpose, subject: .everybody, classes: [.behavior])
    return try access(request) { context in
      try context.work(environment.warden)
    } release: { receipt, context, work in
      guard case .many(let subjects) = receipt.subjects, let purpose = context.purpose else {
        throw VaultError(.notPermitted, "the access that was granted does not cover every customer")
      }
      var market = Baskets(
        context.opened.policy.recommendation, window: window,
        days: try LocalDays(zone: context.settings.zone))
      var scan = EverybodyScan(subjects, environment.warden.pseudonyms())
      try scan.run(environment.store) { _, records in try market.add(records, work, for: receipt) }
      try requireOrdered(scan.untouched)
      let result = try recordResult(of: context, .recommend, touched: scan.touched)
      let (names, sensitive, baskets) = market.inOrderOfNames()
      let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
      // A product that only this customer has is nobody's neighbour.
      let basket = (own.items ?? []).compactMap { entry in
        numbers[entry.item].map { (item: $0, count: entry.count) }
      }
      let model = try ItemNeighbours(baskets, items: names.count, sensitive: sensitive)
      let found = model.recommendations(for: basket, count: count, personal: own.items != nil)
      return CustomerRecommendations(
        pseudonym: own.pseudonym, isPersonal: own.items != nil,
        items: found.map { item in
          CustomerRecommendations.Item(
            item: names[item.item], score: item.score, basis: item.basis,
            reasons: item.reasons.map { names[$0] })
        }, market: (baskets.count, names.count),
        excluded: try leftOut(scan.withheld, purpose, context), purpose: purpose.name,
        entries: (context.entry, result))
    }
  }

  /// The customer's own purchases by name; nil where the customer's decision forbids to use them, which is an entry too.
  private func ownBasket(
    _ id: Pseudonym, _ window: Window
  ) throws -> (pseudonym: Pseudonym, items: [(item: String, count: Int)]?) {
    let request = AccessRequest(
      .recommend, purpose: Self.personalization, subject: .customer(id), classes: [.behavior])
    do {
      return try access(request) { context in
        guard let customer = context.customer else {
          throw VaultError(.notFound, "there is no such customer")
        }
        return (
          try context.work(environment.warden),
          try context.members.map { try SealedRecord.all(.behavior, $0, context.reader) }, customer
        )
      } release: { receipt, context, prepared in
        let (work, records, customer) = prepared
        var baskets = Baskets(
          context.opened.policy.recommendation, window: window,
          days: try LocalDays(zone: context.settings.zone))
        let basket = try baskets.basket(records, work, for: receipt)
        return (customer.pseudonym, basket.map { (item: baskets.names[$0.item], count: $0.count) })
      }
    } catch let error as VaultError where error.isCustomersDecision {
      return (id, nil)
    }
  }
}
