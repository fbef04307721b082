import Testing

@testable import Scoring

/// A population in segments, by each method.
@Suite struct SegmentationTests {
  private static let asOf = PopulationExplanationTests.asOf
  private static let settings = PopulationSettings(asOf: asOf)

  @Test func `every customer with an occasion has a segment, whatever the order of the customers`() throws {
    let members = try PopulationExplanationTests.members(240)
    var random = SeededGenerator(seed: 4)
    let order = Array(members.indices).shuffled(using: &random)
    let rules = SegmentRules([
      try SegmentRules.Rule("vip", parsing: ["amount >= 20", "recency <= 30"]),
      try SegmentRules.Rule("rest of them", parsing: []),
    ])
    for method in [SegmentMethod.rfm, .kMeans(clusters: nil, seed: 3), .rules(rules)] {
      let first = try Segmentation(method, of: members, settings: Self.settings)
      let second = try Segmentation(method, of: order.map { members[$0] }, settings: Self.settings)
      #expect(order.map { first.assignments[$0] } == second.assignments)
      if case .rules = method {
        #expect(first.excluded.isEmpty && first.names == ["vip", "rest of them", "others"])
      } else {
        #expect(first.excluded.map(\.customers) == [members.count { $0.occasions == nil }])
      }
      #expect(first.assignments.allSatisfy { $0.map(first.names.contains) ?? true })
    }
  }

  @Test func `a customer is nearest to the centre of the cluster that it is in`() throws {
    let members = try PopulationExplanationTests.members(240)
    let segmentation = try Segmentation(.kMeans(clusters: 4, seed: 9), of: members, settings: Self.settings)
    let clusters = try #require(segmentation.clusters)
    #expect(clusters.count == 4 && clusters.candidates.count == 1 && clusters.chosen?.silhouette != nil)
    #expect(try segmentation.applied(to: members, asOf: Self.asOf) == segmentation.assignments)
    let known = members.compactMap { $0.rfmInput(minorDigits: 2)?.coordinates }
    let points = try StandardizedPoints(columns: (0..<3).map { axis in known.map { $0[axis] } })
    let clustering = try KMeans(points, clusters: 4, seed: 9)
    for (customer, cluster) in zip(known, clustering.assignments) {
      #expect(clustering.nearest(to: customer, on: points) == cluster)
    }
    #expect(clustering.nearest(to: [1, 2], on: points) == nil)
    #expect(clustering.nearest(to: [1, 2, .nan], on: points) == nil)
  }

  @Test func `one customer, equal customers and nobody`() throws {
    let members = try PopulationExplanationTests.members(40)
    let alone = try Segmentation(.kMeans(clusters: nil, seed: 1), of: [members[5]], settings: Self.settings)
    #expect(alone.names == ["cluster-1"] && alone.clusters?.chosen?.silhouette == nil)
    let equal = Array(repeating: members[5], count: 30)
    #expect(try Segmentation(.rfm, of: equal, settings: Self.settings).assignments.count == 30)
    #expect(
      Set(try Segmentation(.kMeans(clusters: nil, seed: 1), of: equal, settings: Self.settings).assignments)
        == ["cluster-1"])
    #expect(throws: ScoringError(.invalidShape)) {
      try Segmentation(.kMeans(clusters: 2, seed: 1), of: equal, settings: Self.settings)
    }
    for method in [SegmentMethod.rfm, .kMeans(clusters: nil, seed: 1)] {
      #expect(throws: ScoringError.self) {
        try Segmentation(method, of: [members[0]], settings: Self.settings)
      }
    }
  }

  @Test func `a group's means are exact whatever the order`() throws {
    let members = try PopulationExplanationTests.members(90)
    var (up, down) = (GroupProfile(), GroupProfile())
    for member in members { up.add(member) }
    for member in members.reversed() { down.add(member) }
    #expect(up == down && up.customers == 90)
    #expect(GroupProfile().frequency == nil && GroupProfile().amount(minorDigits: 2) == nil)
  }

  @Test(arguments: ["", "a,b", "x\u{0}"])
  func `a rule has a name of words`(name: String) {
    #expect(throws: ScoringError(.invalidSegments)) { try SegmentRules.Rule(name, parsing: []) }
  }
}
