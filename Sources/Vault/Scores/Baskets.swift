internal import AuditLog
internal import Scoring
internal import Sodium

/// What everybody has bought, item by item, while behavior is read.
///
/// A payment above 0 that names a product counts, unless its order was given back whole or in part. Which item a number
/// stands for is known only here and to whoever may see it.
struct Baskets {
  /// The baskets in ascending order of ordinals; customers without items are left out.
  private(set) var baskets: [ItemNeighbours.Basket] = []
  /// The products by number.
  private(set) var names: [String] = []
  /// Products that are evidence for nothing, by the policy.
  private(set) var sensitive: Set<Int> = []

  private var numbers: [String: Int] = [:]
  private let policy: RecommendationPolicy
  private let window: Window
  private let days: LocalDays

  init(_ policy: RecommendationPolicy, window: Window, days: LocalDays) {
    (self.policy, self.window, self.days) = (policy, window, days)
  }

  /// Takes in a customer with the records of those who were merged into it.
  mutating func add(_ sealed: [[SealedRecord]], _ work: RecordWork, for receipt: borrowing AccessReceipt)
    throws
  {
    let basket = try basket(sealed, work, for: receipt)
    if !basket.isEmpty { baskets.append(basket) }
  }

  /// What one customer has bought. Items that nobody had before get a number.
  mutating func basket(
    _ sealed: [[SealedRecord]], _ work: RecordWork, for receipt: borrowing AccessReceipt
  ) throws -> ItemNeighbours.Basket {
    var bought: [(order: UInt64, item: Int)] = []
    var givenBack: Set<UInt64> = []
    for records in sealed {
      try work.events(records, for: receipt) { event, texts in
        guard case .transaction(let payment) = event.detail else { return }
        let day = LocalDay(daysSinceEpoch: days.day(event.time, isDateOnly: event.isDateOnly))
        guard window.contains(day) else { return }
        if let order = payment.refundOf { givenBack.insert(order) }
        guard payment.refundOf == nil, payment.amountMinor > 0, let product = payment.product else { return }
        let item = number(of: unsafe String(decoding: texts[product], as: UTF8.self))
        if let category = payment.category, !policy.sensitiveCategories.isEmpty,
          policy.sensitiveCategories.contains(unsafe String(decoding: texts[category], as: UTF8.self))
        {
          sensitive.insert(item)
        }
        bought.append((event.digest, item))
      }
    }
    var counts: [Int: Int] = [:]
    for entry in bought where !givenBack.contains(entry.order) { counts[entry.item, default: 0] += 1 }
    return counts.map { (item: $0.key, count: $0.value) }.sorted { $0.item < $1.item }
  }

  /// The same with products numbered in the order of their names, so that ties do not depend on who was read first.
  func inOrderOfNames() -> (names: [String], sensitive: Set<Int>, baskets: [ItemNeighbours.Basket]) {
    let order = names.indices.sorted { names[$0] < names[$1] }
    var places = [Int](repeating: 0, count: order.count)
    for (place, item) in order.enumerated() { places[item] = place }
    let renumbered = baskets.map { $0.map { (item: places[$0.item], count: $0.count) } }
    return (order.map { names[$0] }, Set(sensitive.map { places[$0] }), renumbered)
  }

  private mutating func number(of name: String) -> Int {
    if let number = numbers[name] { return number }
    let number = names.count
    numbers[name] = number
    names.append(name)
    if policy.sensitiveProducts.contains(name) { sensitive.insert(number) }
    return number
  }
}
