/// Counts the customers of each pair of items and adds up their weights' products.
struct PairCounter {
  private let items: Int
  private let settings: ItemNeighbours.Settings
  /// For each item, the customers who have it, ascending, with the weight.
  private var columns: [[(customer: Int, weight: Double)]]
  /// For each customer, the items, ascending, with the weight.
  private var rows: [[(item: Int, weight: Double)]]
  private let norms: [Double]
  /// idf of each item.
  private let rarities: [Double]

  init(_ baskets: [ItemNeighbours.Basket], items: Int, _ settings: ItemNeighbours.Settings) {
    self.items = items
    self.settings = settings
    // One order for whatever order the baskets came in: sums of products then have the same bits.
    let baskets = baskets.sorted { left, right in
      for (mine, theirs) in zip(left, right) where mine != theirs { return mine < theirs }
      return left.count < right.count
    }
    var having = [Int](repeating: 0, count: items)
    for basket in baskets { for entry in basket { having[entry.item] += 1 } }
    let length = Double(baskets.reduce(0) { $0 + $1.count }) / Double(max(1, baskets.count))
    let number = Double(baskets.count)
    columns = Array(repeating: [], count: items)
    rows = []
    for (customer, basket) in baskets.enumerated() {
      let penalty = settings.k1 * (1 - settings.b + settings.b * Double(basket.count) / length)
      let row = basket.map { entry in
        let count = Double(entry.count)
        return (item: entry.item, weight: count * (settings.k1 + 1) / (count + penalty))
      }
      for entry in row { columns[entry.item].append((customer, entry.weight)) }
      rows.append(row)
    }
    rarities = having.map { logarithmOfOnePlus((number - Double($0) + 0.5) / (Double($0) + 0.5)) }
    norms = columns.map { column in column.reduce(0) { $0 + $1.weight * $1.weight }.squareRoot() }
  }

  /// The neighbours of every item.
  func neighbours() -> [[ItemNeighbours.Neighbour]] {
    var products = [Double](repeating: 0, count: items)
    var customers = [Int32](repeating: 0, count: items)
    return (0..<items).map { item in
      var touched: [Int] = []
      for (customer, weight) in columns[item] {
        for other in rows[customer] where other.item != item {
          if customers[other.item] == 0 { touched.append(other.item) }
          customers[other.item] += 1
          products[other.item] += weight * other.weight
        }
      }
      var found: [ItemNeighbours.Neighbour] = []
      for other in touched {
        if Int(customers[other]) >= settings.minimumCustomers {
          let similarity = rarities[item] * products[other] / norms[item]
          if similarity > 0, similarity.isFinite {
            found.append(ItemNeighbours.Neighbour(item: other, similarity: similarity))
          }
        }
        products[other] = 0
        customers[other] = 0
      }
      found.sort { ($1.similarity, $0.item) < ($0.similarity, $1.item) }
      return Array(found.prefix(settings.neighbours))
    }
  }
}
