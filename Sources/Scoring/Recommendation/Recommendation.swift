/// An item suggested to a customer, with the customer's own items that speak for it.
public struct Recommendation: Hashable, Sendable, Undisclosed {
  /// Why it is suggested.
  public enum Basis: String, Hashable, Sendable {
    /// Customers with the customer's items have it.
    case similarItems = "similar_items"
    /// Many customers have it.
    case popularity
  }

  /// The item.
  public let item: Int
  /// How much speaks for it; comparable within one basis only.
  public let score: Double
  /// Why.
  public let basis: Basis
  /// Up to three of the customer's items, the one that says most first; none for popularity.
  public let reasons: [Int]
}

extension ItemNeighbours {
  /// Items for a customer who does not have them: by neighbours, then, where those do not suffice, by popularity.
  ///
  /// - Parameters:
  ///   - basket: what the customer has.
  ///   - count: how many at most.
  ///   - personal: whether the customer's items may be used as evidence. Without consent to personalization they are not,
  ///     and what comes is what is popular; what the customer has is then not even left out.
  public func recommendations(for basket: Basket, count: Int, personal: Bool) -> [Recommendation] {
    guard count > 0 else { return [] }
    let basket = personal ? Self.merged(basket).filter { $0.item < neighbours.count } : []
    var found = personal ? bySimilarity(basket) : []
    found = Array(found.prefix(count))
    let taken = Set(found.map(\.item)).union(basket.map(\.item))
    return found + popular(count - found.count, without: taken)
  }

  private func bySimilarity(_ basket: Basket) -> [Recommendation] {
    let owned = Set(basket.map(\.item))
    var scores: [Int: (sum: Double, reasons: [(item: Int, part: Double)])] = [:]
    for entry in basket where !sensitive.contains(entry.item) {
      // A second purchase of an item says less than the first.
      let evidence = 1 + logarithm(Double(entry.count))
      for neighbour in neighbours[entry.item] where !owned.contains(neighbour.item) {
        let part = evidence * neighbour.similarity
        scores[neighbour.item, default: (0, [])].sum += part
        scores[neighbour.item]?.reasons.append((entry.item, part))
      }
    }
    return scores.map { item, entry in
      let reasons = entry.reasons.sorted { ($1.part, $0.item) < ($0.part, $1.item) }
      return Recommendation(
        item: item, score: entry.sum, basis: .similarItems, reasons: reasons.prefix(3).map(\.item))
    }.sorted { ($1.score, $0.item) < ($0.score, $1.item) }
  }

  /// The items that most customers have, not the sensitive ones, and none that fewer than five have.
  private func popular(_ count: Int, without taken: Set<Int>) -> [Recommendation] {
    guard count > 0 else { return [] }
    let items = customersByItem.indices.filter { item in
      customersByItem[item] >= 5 && !taken.contains(item) && !sensitive.contains(item)
    }
    return items.sorted { (customersByItem[$1], $0) < (customersByItem[$0], $1) }.prefix(count).map { item in
      Recommendation(item: item, score: Double(customersByItem[item]), basis: .popularity, reasons: [])
    }
  }
}
