import Testing

@testable import Scoring

@Suite struct RFMTests {
  private func population(_ count: Int, seed: UInt64) -> [RFMInput] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      RFMInput(
        recencyDays: Int.random(in: 0...365, using: &random),
        frequency: Int.random(in: 1...5, using: &random),
        monetary: Double(Int.random(in: -500...5000, using: &random)) / 10)
    }
  }

  @Test func `type-7 quantiles are those of R`() {
    let values = [1.0, 2, 4, 8, 16, 32]
    // quantile(c(1,2,4,8,16,32), c(0, .1, .25, .5, .8, 1))
    let expected = [0: 1.0, 0.1: 1.5, 0.25: 2.5, 0.5: 6, 0.8: 16, 1: 32]
    for (probability, value) in expected {
      #expect((quantile(values, probability) - value).magnitude < 1e-14)
    }
    #expect(quantile([7], 0.3) == 7)
  }

  @Test func `bins are closed on the right, never split equals, and do not depend on the order`() throws {
    let customers = population(2000, seed: 1)
    let binning = try RFMBinning(of: customers)
    var random = SeededGenerator(seed: 2)
    #expect(try RFMBinning(of: customers.shuffled(using: &random)) == binning)
    var byFrequency: [Int: Set<Int>] = [:]
    for customer in customers {
      let score = binning.score(customer)
      #expect(
        (1...5).contains(score.recency) && (1...5).contains(score.frequency)
          && (1...5).contains(score.monetary))
      byFrequency[customer.frequency, default: []].insert(score.frequency)
    }
    #expect(byFrequency.values.allSatisfy { $0.count == 1 })
    let atBreak = RFMInput(recencyDays: 10, frequency: 1, monetary: binning.monetaryBreaks[1])
    #expect(binning.score(atBreak).monetary == 2)
  }

  @Test func `who bought last has the highest recency bin, and everybody equal the lowest but for it`() throws
  {
    let one = RFMInput(recencyDays: 5, frequency: 1, monetary: 3)
    let binning = try RFMBinning(of: Array(repeating: one, count: 50))
    #expect(binning.score(one) == RFMScore(recency: 5, frequency: 1, monetary: 1))
    #expect(binning.score(one).code == 511)
    #expect(throws: ScoringError.self) { try RFMBinning(of: []) }
    #expect(throws: ScoringError(.invalidShape)) { try RFMBinning(of: [one], bins: 1) }
  }

  @Test func `each score has one segment, and the table survives being edited as text`() throws {
    let standard = RFMSegments.standard
    var found: Set<String> = []
    for code in 0..<125 {
      found.insert(
        standard.segment(
          of: RFMScore(recency: code / 25 + 1, frequency: code / 5 % 5 + 1, monetary: code % 5 + 1)))
    }
    #expect(found.isSubset(of: standard.names) && found.count >= 9)
    #expect(standard.segment(of: RFMScore(recency: 5, frequency: 5, monetary: 5)) == "champions")
    #expect(standard.segment(of: RFMScore(recency: 1, frequency: 5, monetary: 5)) == "cannot_lose")
    #expect(standard.segment(of: RFMScore(recency: 1, frequency: 1, monetary: 1)) == "hibernating")
    #expect(try RFMSegments(parsing: standard.text) == standard)
    let edited = try RFMSegments(
      parsing: "name, recency, frequency, monetary\n# ours\n贵宾,4-5,5,5\nrest of them,*,*,*\n")
    #expect(edited.segment(of: RFMScore(recency: 4, frequency: 5, monetary: 5)) == "贵宾")
    #expect(edited.segment(of: RFMScore(recency: 4, frequency: 4, monetary: 5)) == "rest of them")
    for wrong in [
      "", "name,recency,frequency,monetary", "name,recency,frequency,monetary\na,1,1",
      "name,recency,frequency,monetary\na,5-4,1,1",
      "name,recency,frequency,monetary\na,0,1,1", "name,recency,frequency,monetary\n,1,1,1", "a,1,1,1",
    ] {
      #expect(throws: ScoringError(.invalidSegments)) { try RFMSegments(parsing: wrong) }
    }
  }
}

@Suite(.enabled(if: SharedData.isPresent, SharedData.reason))
struct RFMReferenceTests {
  @Test func `the compatibility mode agrees with R's rfm for 995 of 995 customers`() throws {
    let end = try day("2006-12-31")
    var (orders, totals): ([String: [LocalDay]], [String: Double]) = ([:], [:])
    for row in try SharedData.rows("data/orders/rfm_data_orders.csv") {
      orders[row[0], default: []].append(try day(row[1]))
      totals[row[0], default: 0] += try #require(Double(row[2]))
    }
    let table = try SharedData.rows("reference/rfm_pkg_table.csv")
    let customers = try table.map { row in
      let days = try #require(orders[row[0]])
      return RFMInput(
        recencyDays: end.days(since: try #require(days.max())), frequency: days.count,
        monetary: try #require(totals[row[0]]))
    }
    let binning = try RFMBinning(of: customers, rule: .rPackage)
    var agreeing = 0
    for (customer, row) in zip(customers, table) {
      #expect(String(customer.recencyDays) == row[1] && String(customer.frequency) == row[2])
      if String(binning.score(customer).code) == row[7] { agreeing += 1 }
    }
    #expect(table.count == 995 && agreeing == 995)
  }

  @Test func `right-closed bins of CDNOW are those of the reference`() throws {
    let occasions = try CDNOWPurchase.occasions(through: day("1997-09-30"), .payment).compactMap(\.1)
    let customers = occasions.map { found in
      RFMInput(
        recencyDays: found.daysSinceLast, frequency: found.count, monetary: Double(found.netMinor) / 100)
    }
    let binning = try RFMBinning(of: customers)
    let reference = try #require(
      try SharedData.json("reference/cdnow_raw_rfm_segments.json")["rfm_asof_1997-09-30"]
        as? [String: [String: Any]])
    let expected = try #require(reference["edges_type7"])
    let scores = customers.map(binning.score)
    #expect(scores.prefix(20).map { String($0.code) } == (expected["first20"] as? [String]))
    #expect(scores.count { $0.code == 555 } == expected["n_555"] as? Int)
    #expect(scores.count { $0.code == 111 } == expected["n_111"] as? Int)
    let counts = try #require(expected["M_counts"] as? [String: Int])
    for (bin, count) in counts { #expect(scores.count { String($0.monetary) == bin } == count) }
  }
}
