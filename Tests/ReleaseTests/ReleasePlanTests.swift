import Anonymization
import DisclosureRisk
import Release
import Testing

@Suite struct ReleasePlanTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64 = 1
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private func source() -> SourceTable {
    var builder = SourceTable.Builder(columns: ["age", "city", "score", "illness", "note"])
    var generator = Generator()
    for row in 0..<300 {
      let cells = [
        "\(20 + Int.random(in: 0..<40, using: &generator))",
        ["north/kiel", "north/bremen", "south/ulm"][row % 3],
        "\(row).25", ["flu", "none", "gout", "cold"][Int.random(in: 0..<4, using: &generator)], "=A1",
      ]
      for (column, cell) in cells.enumerated() { builder.cell(column, cell.utf8.span) }
      builder.endRow()
    }
    return builder.table()
  }

  private let profile = """
    columns:
      age: {role: quasi, hierarchy: {intervals: [5, 20]}}
      city: {role: quasi, hierarchy: {prefix: "/"}}
      score: {role: [quasi, sensitive], bands: {quantiles: 4}, l: 2}
      illness: {role: sensitive}
      note: {role: insensitive}
    privacy: {k: 3, l: 2, suppress: 0.3}
    """

  private func plan() throws -> ReleasePlan {
    try ReleasePlan(ProfileFile.parse(yaml: profile, file: "p") { _ in "" }, source())
  }

  private func measure(_ plan: ReleasePlan, _ recoding: Recoding, spoil: ((Int, String) -> String)? = nil)
    throws
    -> RiskMeasures
  {
    var generator = Generator()
    var table = ReleasedTable(columns: plan.measuredColumns)
    let names = plan.measuredColumns.map(\.name)
    var cells: [String] = []
    var row = 0
    _ = try plan.write(recoding, using: &generator) { cell, endsRow in
      cells.append(String(decoding: (0..<cell.count).map { cell[$0] }, as: UTF8.self))
      guard endsRow else { return }
      for (column, name) in names.enumerated() {
        let text = cells[plan.published.firstIndex(of: name) ?? 0]
        table.cell(column, (spoil?(row, text) ?? text).utf8.span)
      }
      table.endRow()
      row += 1
      cells = []
    }
    return try table.measures(originalRows: plan.microdata.rowCount)
  }

  @Test(arguments: RecodingMode.allCases)
  func `what is written is measured as it was claimed`(_ mode: RecodingMode) throws {
    let plan = try plan()
    var generator = Generator()
    let recoding = try Recoder(plan.microdata, limits: plan.limits).recode(mode, using: &generator)
    try plan.compare(try measure(plan, recoding), with: recoding.claims(of: plan.microdata))
  }

  @Test func `a file that differs from what was claimed is not released`() throws {
    let plan = try plan()
    var generator = Generator()
    let recoding = try Recoder(plan.microdata, limits: plan.limits).recode(.local, using: &generator)
    // One cell of one row, written wrongly: its row stands alone.
    let spoiled = try measure(plan, recoding) { row, text in row == 0 && text.hasPrefix("[") ? "20" : text }
    let whole = try measure(plan, recoding)
    #expect(spoiled.classes != whole.classes || spoiled.loss != whole.loss)
    let error = #expect(throws: ReleaseError.self) {
      try plan.compare(spoiled, with: recoding.claims(of: plan.microdata))
    }
    #expect(error?.code == .measuredDifferently)
  }

  @Test func `a formula is made harmless, a raw score does not leave`() throws {
    let plan = try plan()
    var generator = Generator()
    let recoding = try Recoder(plan.microdata, limits: plan.limits).recode(.local, using: &generator)
    var texts: Set<String> = []
    _ = try plan.write(recoding, using: &generator) { cell, _ in
      texts.insert(String(decoding: (0..<cell.count).map { cell[$0] }, as: UTF8.self))
    }
    #expect(texts.contains("'=A1") && !texts.contains("=A1"))
    #expect(!texts.contains { $0.hasSuffix(".25") })
  }

  @Test func `a profile column that the table lacks is named`() throws {
    let rules = try ProfileFile.parse(yaml: "columns: {height: {role: quasi}}", file: "p") { _ in "" }
    let error = #expect(throws: (any Error).self) { try ReleasePlan(rules, source()) }
    #expect(error != nil)
  }
}
