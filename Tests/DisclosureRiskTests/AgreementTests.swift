import Anonymization
@testable import DisclosureRisk
import Testing

/// Two programs that share nothing say the same of one table.
@Suite struct AgreementTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  @Test(arguments: RecodingMode.allCases, [Closeness.Distance.equal, .ordered, .hierarchical])
  func `the recoder's claims are what is measured of the published cells`(
    _ mode: RecodingMode, _ distance: Closeness.Distance
  ) throws {
    for seed in 0..<6 {
      var generator = Generator(state: UInt64(seed) &* 77 &+ 5)
      let rows = 240
      let ages = (20..<80).map { "\($0)" }
      let paths = (0..<6).map { ["v\($0)", "g\($0 / 2)", "h\($0 / 4)"] }
      let tree = (0..<4).map { ["s\($0)", "t\($0 / 2)"] }
      let age = try Intervals(widths: ["5", "20"].compactMap { ScaledDecimal($0) }).hierarchy(
        over: ages, column: "age")
      let kind = try Hierarchy(paths: paths, column: "kind")
      func draw(_ limit: Int) -> UInt32 {
        UInt32(
          min(Int.random(in: 0..<limit, using: &generator), Int.random(in: 0..<limit, using: &generator)))
      }
      let codes = (0..<rows).map { _ in (draw(60), draw(6), draw(6), draw(4)) }
      let table = try Microdata(
        quasiIdentifiers: [
          .init(name: "age", hierarchy: age, codes: codes.map(\.0)),
          .init(name: "kind", hierarchy: kind, codes: codes.map(\.1)),
          .init(name: "other", hierarchy: kind, codes: codes.map(\.2)),
        ],
        sensitive: [
          .init(
            name: "s", codes: codes.map(\.3), valueCount: 4,
            tree: try Hierarchy(paths: tree, column: "s").levels.map(\.groupOfValue),
            diversity: [.distinct(2)],
            closeness: Closeness(limit: 0.5, distance: distance))
        ], persons: (0..<rows).map { UInt32($0 / 2) })
      let recoding = try Recoder(table, limits: PrivacyLimits(k: 3, suppression: 0.6)).recode(
        mode, using: &generator)
      let ground: GroundDistance =
        switch distance {
        case .equal: .equal
        case .ordered: .ordered(tree.map { $0[0] })
        case .hierarchical: .hierarchical(tree)
        }
      var released = ReleasedTable(columns: [
        .init("age", isQuasi: true, scale: .numbers(ages)), .init("kind", isQuasi: true, scale: .tree(paths)),
        .init("other", isQuasi: true, scale: .tree(paths)), .init("s", isSensitive: true, distance: ground),
      ])
      for row in recoding.shuffledRows(using: &generator) {
        let cells = recoding.cells[Int(recoding.classOfRow[Int(row)])]
        for (column, cell) in cells.enumerated() {
          released.cell(column, recoding.vocabularies[column].labels[Int(cell)].utf8.span)
        }
        released.cell(3, "s\(codes[Int(row)].3)".utf8.span)
        released.endRow(person: row / 2)
      }
      let measures = try released.measures(originalRows: rows)
      let claims = recoding.claims(of: table)
      #expect(measures.rows == claims.rows && measures.classes == claims.classes)
      #expect(measures.k == claims.k && measures.k >= 3)
      #expect(measures.l == claims.l[0])
      #expect((measures.sensitive[0].t - (claims.t[0] ?? -1)).magnitude < 1e-12)
      #expect(measures.loss?.suppressed == claims.suppressed)
      #expect(((measures.loss?.certaintyPenalty ?? -1) - claims.certaintyPenalty).magnitude < 1e-12)
    }
  }
}
