import Foundation
import Testing

@testable import Scoring

/// A market with planted tastes: each customer likes two of the groups of items, and everybody buys some of a few
/// hits that say nothing about taste.
private struct Market {
  static let groups = 20
  static let itemsPerGroup = 15
  static let hits = 12
  static var items: Int { groups * itemsPerGroup + hits }

  var train: [ItemNeighbours.Basket] = []
  var held: [Set<Int>] = []

  init(customers: Int, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<customers {
      let tastes = [
        Int.random(in: 0..<Self.groups, using: &random), Int.random(in: 0..<Self.groups, using: &random),
      ]
      var counts: [Int: Int] = [:]
      for _ in 0..<Int.random(in: 6...40, using: &random) {
        let item: Int
        switch Double.random(in: 0..<1, using: &random) {
        case ..<0.45: item = Self.groups * Self.itemsPerGroup + Self.popular(Self.hits, &random)
        case ..<0.92:
          item =
            tastes[Int.random(in: 0...1, using: &random)] * Self.itemsPerGroup
            + Self.popular(Self.itemsPerGroup, &random)
        default: item = Int.random(in: 0..<Self.items, using: &random)
        }
        counts[item, default: 0] += 1
      }
      // A fifth of the items is held out.
      let items = counts.keys.sorted().shuffled(using: &random)
      let held = Set(items.prefix(items.count / 5))
      self.held.append(held)
      train.append(counts.filter { !held.contains($0.key) }.map { (item: $0.key, count: $0.value) })
    }
  }

  /// A number below a bound, low ones more often.
  private static func popular(_ bound: Int, _ random: inout SeededGenerator) -> Int {
    Int(pow(Double.random(in: 0..<1, using: &random), 1.6) * Double(bound))
  }

  /// NDCG@10 of lists against what was held out, over customers with something held out.
  func quality(_ list: (Int) -> [Int]) -> Double {
    var (sum, number) = (0.0, 0.0)
    for (customer, held) in held.enumerated() where !held.isEmpty {
      let gains = list(customer).prefix(10).enumerated().reduce(0.0) { sum, entry in
        sum + (held.contains(entry.element) ? 1 / log2(Double(entry.offset + 2)) : 0)
      }
      let ideal = (0..<min(10, held.count)).reduce(0.0) { $0 + 1 / log2(Double($1 + 2)) }
      sum += gains / ideal
      number += 1
    }
    return sum / number
  }

  /// The ten best items by the plain cosine of purchase counts.
  func plainCosine() -> [[Int]] {
    var norms = [Double](repeating: 0, count: Self.items)
    var products: [[Double]] = Array(repeating: Array(repeating: 0, count: Self.items), count: Self.items)
    for basket in train {
      for left in basket {
        norms[left.item] += Double(left.count * left.count)
        for right in basket { products[left.item][right.item] += Double(left.count * right.count) }
      }
    }
    return train.map { basket in
      var scores = [Double](repeating: 0, count: Self.items)
      for entry in basket {
        let row = products[entry.item]
        for other in 0..<Self.items where row[other] > 0 {
          scores[other] += Double(entry.count) * row[other] / (norms[entry.item] * norms[other]).squareRoot()
        }
      }
      for entry in basket { scores[entry.item] = -1 }
      return Array((0..<Self.items).sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(10))
    }
  }
}

@Suite struct RecommendationTests {
  /// Qualities on one market: ours, popularity's and plain cosine's.
  private func qualities(seed: UInt64) throws -> SIMD3<Double> {
    let market = Market(customers: 400, seed: seed)
    let model = try ItemNeighbours(market.train, items: Market.items)
    let ours = market.quality { customer in
      model.recommendations(for: market.train[customer], count: 10, personal: true).map(\.item)
    }
    let everybody = model.customersByItem.indices.sorted {
      (model.customersByItem[$1], $0) < (model.customersByItem[$0], $1)
    }
    let popularity = market.quality { customer in
      let owned = Set(market.train[customer].map(\.item))
      return Array(everybody.lazy.filter { !owned.contains($0) }.prefix(10))
    }
    let lists = market.plainCosine()
    return SIMD3(ours, popularity, market.quality { lists[$0] })
  }

  @Test func `in markets with planted tastes it beats popularity and plain cosine on what was held out`()
    throws
  {
    // Markets that no choice was made on, and the mean over them.
    let seeds: [UInt64] = [101, 102, 103, 104, 105]
    var mean = SIMD3<Double>.zero
    for seed in seeds { mean += try qualities(seed: seed) / Double(seeds.count) }
    #expect(mean[0] > mean[1] && mean[0] > mean[2], "\(mean)")
  }

  @Test func `the order of customers and of their items is no matter`() throws {
    let market = Market(customers: 300, seed: 2)
    var random = SeededGenerator(seed: 3)
    let first = try ItemNeighbours(market.train, items: Market.items)
    let second = try ItemNeighbours(
      market.train.map { $0.shuffled(using: &random) }.shuffled(using: &random), items: Market.items)
    #expect(first.neighbours == second.neighbours && first.customersByItem == second.customersByItem)
  }

  @Test func `a pair that four customers have is no pair, one that five have is`() throws {
    for customers in [4, 5] {
      let pair = Array(repeating: [(item: 0, count: 1), (item: 1, count: 1)], count: customers)
      let others = Array(repeating: [(item: 2, count: 1)], count: 30)
      let model = try ItemNeighbours(pair + others, items: 3)
      #expect(model.neighbours[0].map(\.item) == (customers == 5 ? [1] : []))
      let suggested = model.recommendations(for: [(item: 0, count: 1)], count: 5, personal: true)
      #expect(suggested.contains { $0.basis == .similarItems } == (customers == 5))
    }
    var settings = ItemNeighbours.Settings()
    settings.minimumCustomers = 4
    #expect(throws: ScoringError(.invalidShape)) { try ItemNeighbours([], items: 3, settings: settings) }
    #expect(throws: ScoringError(.invalidShape)) { try ItemNeighbours([[(item: 3, count: 1)]], items: 3) }
  }

  @Test func `one customer with everything makes no neighbours beyond the cap`() throws {
    let greedy = (0..<400).map { (item: $0, count: 400 - $0) }
    var settings = ItemNeighbours.Settings()
    settings.itemsPerCustomer = 10
    let model = try ItemNeighbours(
      Array(repeating: greedy, count: 5) + Array(repeating: [(item: 399, count: 1)], count: 3), items: 400,
      settings: settings)
    #expect(model.neighbours[0].count == 9 && model.neighbours[10].isEmpty && model.neighbours[399].isEmpty)
  }

  @Test func `a sensitive item is neither evidence nor suggested`() throws {
    let baskets = Array(
      repeating: [(item: 0, count: 1), (item: 1, count: 1), (item: 2, count: 1)], count: 50)
    let model = try ItemNeighbours(baskets, items: 3, sensitive: [1])
    #expect(model.neighbours[1].isEmpty && model.neighbours[0].map(\.item) == [2])
    #expect(
      model.recommendations(for: [(item: 1, count: 9)], count: 3, personal: true).allSatisfy {
        $0.reasons.isEmpty
      })
    let suggested = model.recommendations(for: [(item: 0, count: 1)], count: 3, personal: true)
    #expect(suggested.map(\.item) == [2] && suggested[0].reasons == [0])
  }

  @Test func `who may not be reached for personalization gets what is popular, own items or not`() throws {
    let market = Market(customers: 300, seed: 5)
    let model = try ItemNeighbours(market.train, items: Market.items)
    let first = model.recommendations(for: market.train[0], count: 10, personal: false)
    let second = model.recommendations(for: market.train[1], count: 10, personal: false)
    #expect(first == second && first.count == 10)
    #expect(first.allSatisfy { $0.basis == .popularity && $0.reasons.isEmpty })
    let personal = model.recommendations(for: market.train[0], count: 10, personal: true)
    let owned = Set(market.train[0].map(\.item))
    #expect(personal.allSatisfy { !owned.contains($0.item) && Set($0.reasons).isSubset(of: owned) })
    #expect(model.recommendations(for: market.train[0], count: 0, personal: true).isEmpty)
  }
}
