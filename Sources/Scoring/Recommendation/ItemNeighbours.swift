/// Which items are bought by the same customers: an item-item model with BM25 weights.
///
/// A customer's purchase of an item weighs w = c (k₁ + 1) / (c + k₁ (1 - b + b l/l̄)), with c how often, l how many items the
/// customer has and l̄ the mean of that: Robertson and Zaragoza's BM25 ("The Probabilistic Relevance Framework", 2009) with
/// customers as documents and items as terms. Item j is near item i by
///
///     idf(i) Σ w(i) w(j) / |w(i)|,   idf(i) = ln(1 + (N - n + ½)/(n + ½))
///
/// over customers: what those who have i have of j, where a rare i says more. The target is not divided by its own
/// length, as a cosine would (Sarwar and others 2001), since what many buy is bought again.
///
/// Three guards keep single customers out of it: a pair counts only when at least `minimumCustomers` distinct ones have
/// both; a customer counts with at most `itemsPerCustomer`; sensitive items are in no pair, neither as what is
/// suggested nor as the reason.
public struct ItemNeighbours: Sendable {
  /// The choices of the model.
  public struct Settings: Hashable, Sendable {
    /// Neighbours kept for an item.
    public var neighbours = 50
    /// Distinct customers that a pair must have, at least 5.
    public var minimumCustomers = 5
    /// Items of one customer that count: those bought most often.
    public var itemsPerCustomer = 100
    /// How soon repeated purchases stop to count.
    public var k1 = 1.2
    /// How much customers with many items count less for each, 0 to 1.
    public var b = 0.75

    /// The usual choices.
    public init() {}
  }

  /// One item near another.
  public struct Neighbour: Hashable, Sendable {
    /// The other item.
    public let item: Int
    /// How near, above 0.
    public let similarity: Double
  }

  /// What each customer has: items from 0, each with how often.
  public typealias Basket = [(item: Int, count: Int)]

  /// Each item's neighbours, the most similar first, of equals the lower item.
  public let neighbours: [[Neighbour]]
  /// How many distinct customers have each item, sensitive ones counted too.
  public let customersByItem: [Int]
  /// Which items are evidence for nothing.
  public let sensitive: Set<Int>

  /// A model of baskets, the same whatever their order.
  ///
  /// - Throws: `invalidShape` for an item outside `items`, a setting that makes no sense, or pairs allowed below five
  ///   customers.
  public init(
    _ baskets: [Basket], items: Int, sensitive: Set<Int> = [], settings: Settings = Settings()
  ) throws(ScoringError) {
    guard items >= 0, settings.neighbours >= 1, settings.minimumCustomers >= 5,
      settings.itemsPerCustomer >= 1,
      settings.k1 > 0, (0...1).contains(settings.b),
      baskets.allSatisfy({ $0.allSatisfy { (0..<items).contains($0.item) && $0.count > 0 } })
    else { throw ScoringError(.invalidShape) }
    self.sensitive = sensitive
    var customersByItem = [Int](repeating: 0, count: items)
    let merged = baskets.map { Self.merged($0) }
    for basket in merged { for entry in basket { customersByItem[entry.item] += 1 } }
    self.customersByItem = customersByItem
    let evidence = merged.map { basket in
      Self.capped(basket.filter { !sensitive.contains($0.item) }, at: settings.itemsPerCustomer)
    }.filter { !$0.isEmpty }
    neighbours = PairCounter(evidence, items: items, settings).neighbours()
  }

  /// Each item once, ascending.
  static func merged(_ basket: Basket) -> Basket {
    var counts: [Int: Int] = [:]
    for entry in basket { counts[entry.item, default: 0] += entry.count }
    return counts.map { (item: $0.key, count: $0.value) }.sorted { $0.item < $1.item }
  }

  /// The items bought most often, ascending by item.
  private static func capped(_ basket: Basket, at most: Int) -> Basket {
    guard basket.count > most else { return basket }
    return basket.sorted { ($1.count, $0.item) < ($0.count, $1.item) }.prefix(most).sorted {
      $0.item < $1.item
    }
  }
}
