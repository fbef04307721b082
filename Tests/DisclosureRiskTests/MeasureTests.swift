@testable import DisclosureRisk
import Foundation
import Testing

@Suite struct MeasureTests {
  private func table(_ rows: [[String]], _ columns: [ReleasedTable.Column], persons: [UInt32]? = nil)
    -> ReleasedTable
  {
    var table = ReleasedTable(columns: columns)
    for (number, row) in rows.enumerated() {
      for (column, cell) in row.enumerated() { table.cell(column, cell.utf8.span) }
      table.endRow(person: persons?[number])
    }
    return table
  }

  /// The example of Li, Li and Venkatasubramanian 2007, tables 3 and 4: salaries in thousands.
  private let salaries: [[String]] = [
    ["476**", "3"], ["476**", "4"], ["476**", "5"], ["4790*", "6"], ["4790*", "11"], ["4790*", "8"],
    ["476**", "7"],
    ["476**", "9"], ["476**", "10"],
  ]

  @Test func `the ordered distance is that of the paper's example`() throws {
    // Their first class, {3k, 4k, 5k} of nine salaries, is 0.375 away; with three classes of three.
    var rows = salaries
    for place in [6, 7, 8] { rows[place][0] = "4760*" }
    let measures = try table(rows, [.init("zip", isQuasi: true), .init("salary", isSensitive: true)])
      .measures()
    #expect((try #require(measures.t) - 0.375).magnitude < 1e-12)
    #expect(measures.k == 3 && measures.l == 3)
  }

  @Test func `the measures of a small table are those worked out by hand`() throws {
    let rows = [["a", "x"], ["a", "x"], ["a", "y"], ["b", "y"], ["b", "y"]]
    let measures = try table(rows, [.init("q", isQuasi: true), .init("s", isSensitive: true)]).measures()
    #expect(measures.classes == 2 && measures.k == 2 && measures.l == 1)
    #expect(measures.entropyL == 1)
    #expect(measures.recursiveC == nil)
    #expect(measures.alpha == 1)
    // Of x there are 2/5 in the table, 2/3 in class a; of y 3/5 and 1.
    #expect((try #require(measures.beta) - 2.0 / 3).magnitude < 1e-12)
    #expect((try #require(measures.enhancedBeta) - 2.0 / 3).magnitude < 1e-12)
    #expect((try #require(measures.delta) - log(9.0 / 5)).magnitude < 1e-12)
    #expect((try #require(measures.t) - 0.4).magnitude < 1e-12)
    #expect((measures.risk.homogeneousShare - 0.4).magnitude < 1e-12)
    #expect(measures.risk.prosecutorMax == 0.5)
    #expect((measures.risk.prosecutorMean - 2.0 / 5).magnitude < 1e-12)
    #expect((measures.sensitive[0].bestGuess - 0.8).magnitude < 1e-12)
    #expect((measures.sensitive[0].baseline - 0.6).magnitude < 1e-12)
  }

  @Test func `c sorts downwards, where pycanon sorts upwards`() throws {
    let rows =
      [String](repeating: "x", count: 4).map { ["a", $0] } + [["a", "y"], ["a", "y"], ["a", "z"]]
    let measures = try table(rows, [.init("q", isQuasi: true), .init("s", isSensitive: true)]).measures()
    // Counts 4, 2, 1 with l = 3: 4 over 1.
    #expect(measures.recursiveC == 4)
  }

  @Test func `people are counted where it is known whose the rows are`() throws {
    let rows = [["a", "x"], ["a", "x"], ["a", "x"], ["a", "y"]]
    let columns = [ReleasedTable.Column("q", isQuasi: true), .init("s", isSensitive: true)]
    #expect(try table(rows, columns).measures().k == 4)
    let measures = try table(rows, columns, persons: [0, 0, 0, 1]).measures()
    #expect(measures.k == 2 && measures.people == 2)
    #expect(measures.alpha == 0.5)
  }

  @Test func `the loss of cells is read from what they say`() throws {
    let numbers = try #require(Scale.numbers(["17", "23", "38", "90"]))
    #expect(numbers.reading("23")?.penalty == 0)
    #expect(numbers.reading("[20, 40)")?.penalty == 20.0 / 74)
    #expect(numbers.reading("<20")?.penalty == 3.0 / 74)
    #expect(numbers.reading("[17 .. 38]")?.penalty == 22.0 / 74)
    #expect(numbers.reading("*")?.penalty == 1)
    #expect(numbers.reading("24") == nil)
    let days = try #require(Scale.dates(["2024-01-01", "2024-03-31", "2024-12-31"]))
    #expect(days.reading("2024-Q1")?.penalty == 91.0 / 366)
    #expect(days.reading("2024-01")?.penalty == 31.0 / 366)
    #expect(days.reading("2025") == nil)
    #expect(Scale.codes(["1234", "1299", "9999", "12"]).reading("12**")?.penalty == 0.5)
    let tree = Scale.tree([["a", "x"], ["b", "x"], ["c", "y"]])
    #expect(tree.reading("x")?.penalty == 2.0 / 3)
    #expect(tree.reading("{a|c}")?.penalty == 2.0 / 3)
    #expect(tree.reading("z") == nil)
    #expect(
      Scale.bands(["band 1 of 3", "band 2 of 3", "band 3 of 3"]).reading("band 1 of 3 to band 2 of 3")?
        .penalty
        == 2.0 / 3)
  }

  @Test func `weeks of a date are those of ISO 8601`() throws {
    for (week, monday) in [
      ("2024-W09", "2024-02-26"), ("2025-W01", "2024-12-30"), ("2020-W53", "2020-12-28"),
    ] {
      #expect(try #require(DaySpan(week)).first == (try #require(DaySpan(monday))).first)
    }
  }

  @Test func `an empty table and one without quasi-identifiers are refused`() {
    #expect(throws: RiskError.self) { try table([], [.init("q", isQuasi: true)]).measures() }
    #expect(throws: RiskError.self) { try table([["a"]], [.init("s", isSensitive: true)]).measures() }
  }
}
