@testable import Anonymization
import Testing

@Suite struct HierarchyTests {
  private func number(_ text: String) throws -> ScaledDecimal { try #require(ScaledDecimal(text)) }

  @Test func `a path file is a tree with the top added`() throws {
    let hierarchy = try Hierarchy(
      paths: [["a", "x"], ["b", "x"], ["c", "y"]], column: "letter")
    #expect(hierarchy.levels.map(\.labels) == [["a", "b", "c"], ["x", "y"], ["*"]])
    #expect(hierarchy.levels[1].penalty == [2.0 / 3, 0])
  }

  @Test(arguments: [
    [["a", "x", "p"], ["b", "x", "q"]],  // x lies in p and in q
    [["a", "x"], ["a", "y"]],  // a value twice
    [["a", "x"], ["b"]],  // unequal depth
    [["a", "b"], ["b", "x"], ["c", "b"]],  // b is a value and a group of others
    [],
  ])
  func `what is no tree is refused`(_ paths: [[String]]) {
    #expect(throws: AnonymizationError.self) { try Hierarchy(paths: paths, column: "letter") }
  }

  @Test func `intervals nest, are open where a limit says so, and cost their share of the domain`() throws {
    let values = ["17", "22", "23", "27", "38", "90"]
    let hierarchy = try Intervals(
      widths: [try number("5"), try number("10")], from: try number("20"), to: try number("80")
    ).hierarchy(over: values, column: "age")
    #expect(hierarchy.levels[1].labels == ["<20", "[20, 25)", "[25, 30)", "[35, 40)", ">=80"])
    #expect(hierarchy.levels[2].labels == ["<20", "[20, 30)", "[30, 40)", ">=80"])
    // 17...90 are 74 years; under 20 lie 3 of them, from 80 on 11.
    let years: [Double] = [3, 5, 5, 5, 11]
    #expect(hierarchy.levels[1].penalty == years.map { $0 / 74 })
    #expect(hierarchy.levels.last?.labels == ["*"])
  }

  @Test func `intervals that do not nest, or over values that are no numbers, are refused`() throws {
    #expect(throws: AnonymizationError.self) {
      try Intervals(widths: [try number("5"), try number("8")]).hierarchy(
        over: ["4", "6", "9", "11"], column: "n")
    }
    #expect(throws: AnonymizationError.self) {
      try Intervals(widths: [try number("5")]).hierarchy(over: ["4", "six"], column: "n")
    }
    #expect(throws: AnonymizationError.self) {
      try Intervals(widths: [try number("0")]).hierarchy(over: ["4", "6"], column: "n")
    }
  }

  @Test func `bounds are open at both ends, and decimals and negative numbers are exact`() throws {
    let hierarchy = try Intervals(bounds: [[try number("-0.5"), try number("0.1")], [try number("0.1")]])
      .hierarchy(over: ["-2", "0", "0.1", "7.25"], column: "x")
    #expect(hierarchy.levels[1].labels == ["<-0.5", "[-0.5, 0.1)", ">=0.1"])
    #expect(hierarchy.levels[2].labels == ["<0.1", ">=0.1"])
  }

  @Test func `dates merge to weeks, months, quarters and years`() throws {
    let days = ["2024-02-29", "2024-03-01", "2024-12-30", "2025-01-02"]
    let months = try Dates.hierarchy(over: days, units: [.month, .quarter, .year], column: "d")
    #expect(months.levels[1].labels == ["2024-02", "2024-03", "2024-12", "2025-01"])
    #expect(months.levels[2].labels == ["2024-Q1", "2024-Q4", "2025-Q1"])
    #expect(months.levels[3].labels == ["2024", "2025"])
    let weeks = try Dates.hierarchy(over: days, units: [.week], column: "d")
    #expect(weeks.levels[1].labels == ["2024-W09", "2025-W01"])
    #expect(throws: AnonymizationError.self) {
      try Dates.hierarchy(
        over: ["2024-01-30", "2024-02-02", "2024-02-28"], units: [.week, .month], column: "d")
    }
    #expect(throws: AnonymizationError.self) {
      try Dates.hierarchy(over: ["2024-02-30"], units: [.month], column: "d")
    }
  }

  @Test func `codes are masked from the right, shorter ones later`() throws {
    let hierarchy = try Codes.masked(["1234", "1239", "12", "9999"], column: "code")
    // A mask that merges nothing more is no level.
    let labels: [[String]] = [["1234", "1239", "12", "9999"], ["123*", "12", "999*"], ["*"]]
    #expect(hierarchy.levels.map(\.labels) == labels)
    #expect(throws: AnonymizationError.self) { try Codes.masked(["1*"], column: "code") }
  }

  @Test func `bands hold about as many rows each, and neighbours merge`() throws {
    let values = (1...100).map { "\($0).5" }
    let banded = try Bands.quantiles(5).apply(
      to: values, counts: [Int](repeating: 1, count: 100), column: "score")
    var counts = [Int](repeating: 0, count: 5)
    for band in banded.bandOfValue { counts[Int(band)] += 1 }
    #expect(counts.allSatisfy { (18...22).contains($0) })
    #expect(banded.hierarchy.values.first == "band 1 of 5")
    #expect(banded.hierarchy.levels.map(\.labels.count) == [5, 3, 2, 1])
    #expect(throws: AnonymizationError.self) {
      try Bands.quantiles(1).apply(to: ["1"], counts: [1], column: "s")
    }
  }
}
