import Testing

@testable import Scoring

@Suite struct SegmentTests {
  /// Three heaps of customers far from each other.
  private func heaps(_ count: Int, seed: UInt64) -> [[Double]] {
    var random = SeededGenerator(seed: seed)
    var columns: [[Double]] = [[], []]
    for index in 0..<count {
      let centre = [(0.0, 0.0), (50, 5), (10, 90)][index % 3]
      columns[0].append(centre.0 + Double.random(in: 0...4, using: &random))
      columns[1].append(centre.1 + Double.random(in: 0...4, using: &random))
    }
    return columns
  }

  @Test func `heaps that are apart are found, and the silhouette chooses their number`() throws {
    let points = try StandardizedPoints(columns: heaps(300, seed: 1), logarithmic: false)
    let choice = try ClusterChoice(points, clusters: 2...6, seed: 5)
    #expect(choice.candidates.count == 5)
    let best = try #require(choice.best)
    #expect(best.clustering.clusters == 3 && best.clustering.sizes == [100, 100, 100])
    #expect(try #require(best.silhouette.value) > 0.8)
    for start in 0..<3 {
      let cluster = best.clustering.assignments[start]
      #expect(stride(from: start, to: 300, by: 3).allSatisfy { best.clustering.assignments[$0] == cluster })
    }
  }

  @Test func `the same seed gives the same clusters, whatever the order of the customers`() throws {
    let columns = heaps(301, seed: 2).map { $0.map { ($0 * 3).rounded() } }
    var random = SeededGenerator(seed: 3)
    let order = Array(0..<301).shuffled(using: &random)
    let first = try KMeans(try StandardizedPoints(columns: columns), clusters: 5, seed: 9)
    let second = try KMeans(
      try StandardizedPoints(columns: columns.map { column in order.map { column[$0] } }), clusters: 5,
      seed: 9)
    #expect(first.centres == second.centres && first.inertia == second.inertia && first.sizes == second.sizes)
    #expect(order.map { first.assignments[$0] } == second.assignments)
  }

  @Test func `customers who are all equal are one cluster and have no silhouette`() throws {
    let points = try StandardizedPoints(columns: [Array(repeating: 3, count: 40)])
    let clustering = try KMeans(points, clusters: 1, seed: 1)
    #expect(clustering.sizes == [40] && clustering.inertia == 0)
    #expect(Silhouette(clustering, points, seed: 1).value == nil)
    #expect(throws: ScoringError(.invalidShape)) { try KMeans(points, clusters: 2, seed: 1) }
    #expect(try ClusterChoice(points, clusters: 2...4, seed: 1).best == nil)
    #expect(throws: ScoringError(.invalidShape)) { try StandardizedPoints(columns: [[1, .nan]]) }
    #expect(throws: ScoringError(.invalidShape)) { try StandardizedPoints(columns: [[1], [1, 2]]) }
  }

  @Test func `a silhouette of many points is that of a sample, and near the whole`() throws {
    let points = try StandardizedPoints(columns: heaps(1500, seed: 4), logarithmic: false)
    let clustering = try KMeans(points, clusters: 3, seed: 1, starts: 2)
    let sample = Silhouette(clustering, points, seed: 1, atMost: 400)
    #expect(sample.isSample && sample.points == 400)
    let whole = Silhouette(clustering, points, seed: 1)
    #expect(!whole.isSample && whole.points == 1500)
    #expect((try #require(sample.value) - (try #require(whole.value))).magnitude < 0.01)
    #expect(Silhouette(clustering, points, seed: 1, atMost: 400) == sample)
  }

  @Test func `rules name the first segment that fits, and a missing factor fits no condition`() throws {
    let rules = SegmentRules([
      SegmentRules.Rule("sleeping", [try SegmentRules.Condition(parsing: "recency > 180")]),
      SegmentRules.Rule(
        "big",
        [try SegmentRules.Condition(parsing: "amount >= 1000"), SegmentRules.Condition(.frequency, .more, 2)]),
    ])
    var customer = CompositeInput()
    #expect(rules.segment(of: customer) == "others")
    customer[.amount] = 1000
    customer[.frequency] = 3
    #expect(rules.segment(of: customer) == "big")
    customer[.recency] = 181
    #expect(rules.segment(of: customer) == "sleeping")
    for wrong in ["", "recency", "recency ~ 3", "age > 3", "recency > x", "recency > inf"] {
      #expect(throws: ScoringError(.invalidSegments)) { try SegmentRules.Condition(parsing: wrong) }
    }
  }

  @Test func `movement counts who went where, who came and who left`() {
    let movement = SegmentMovement(
      from: [1: "a", 2: "a", 3: "b", 4: "b"], to: [1: "a", 2: "b", 3: "b", 5: "a"])
    #expect(movement.stayed == 2)
    #expect(
      movement.ways == [
        SegmentMovement.Way(from: nil, to: "a", customers: 1),
        SegmentMovement.Way(from: "a", to: "a", customers: 1),
        SegmentMovement.Way(from: "a", to: "b", customers: 1),
        SegmentMovement.Way(from: "b", to: nil, customers: 1),
        SegmentMovement.Way(from: "b", to: "b", customers: 1),
      ])
  }
}
