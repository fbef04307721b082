import Anonymization
import Foundation
import Testing

/// The Adult sample, which lies beside the checkout and is not part of it.
private enum Adult {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data/adult").standardizedFileURL
  static var isPresent: Bool {
    FileManager.default.isReadableFile(atPath: folder.appending(path: "adult_30162.csv").path)
  }
  static let columns = [
    "age", "education", "marital-status", "native-country", "occupation", "race", "sex", "workclass",
  ]

  static func lines(_ name: String, _ separator: Character) throws -> [[String]] {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(whereSeparator: \.isNewline)
      .map { $0.split(separator: separator).map(String.init) }
  }

  static func table(quasi: [String], sensitive: String?, l: Int = 3) throws -> Microdata {
    let lines = try lines("adult_30162.csv", ",")
    func cells(_ name: String) throws -> [String] {
      let place = try #require(lines[0].firstIndex(of: name))
      return lines.dropFirst().map { $0[place] }
    }
    let identifiers = try quasi.map { name in
      let hierarchy = try Hierarchy(
        paths: try Self.lines("hierarchies/adult_hierarchy_\(name).csv", ";"),
        order: name == "age" ? .ordered : .nominal, column: name)
      let places = Dictionary(uniqueKeysWithValues: hierarchy.values.enumerated().map { ($1, UInt32($0)) })
      return Microdata.QuasiIdentifier(
        name: name, hierarchy: hierarchy, codes: try cells(name).map { try #require(places[$0]) })
    }
    let columns = try sensitive.map { name in
      let cells = try cells(name)
      let values = Set(cells).sorted()
      let places = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, UInt32($0)) })
      return Microdata.Sensitive(
        name: name, codes: try cells.map { try #require(places[$0]) }, valueCount: values.count,
        diversity: [.distinct(l)])
    }
    return try Microdata(quasiIdentifiers: identifiers, sensitive: columns.map { [$0] } ?? [])
  }
}

@Suite(.enabled(if: Adult.isPresent, "../shared with the Adult sample is not beside the checkout"))
struct AdultTests {
  @Test func `eight quasi-identifiers with k = 5 lose at most 6.1 %`() throws {
    let table = try Adult.table(quasi: Adult.columns, sensitive: nil)
    var generator = SeededGenerator(seed: 1)
    let recoding = try Recoder(table, limits: PrivacyLimits(k: 5)).recode(.local, using: &generator)
    #expect(recoding.certaintyPenalty <= 0.061)
  }

  @Test func `seven with l = 3 on the occupation lose at most 3.93 %`() throws {
    let table = try Adult.table(quasi: Adult.columns.filter { $0 != "occupation" }, sensitive: "occupation")
    var generator = SeededGenerator(seed: 2)
    let recoding = try Recoder(table, limits: PrivacyLimits(k: 5)).recode(.local, using: &generator)
    #expect(recoding.certaintyPenalty <= 0.0393)
  }

  @Test func `one level a column with 5 % suppression loses at most 30.4 %`() throws {
    let table = try Adult.table(quasi: Adult.columns, sensitive: nil)
    var generator = SeededGenerator(seed: 3)
    let recoding = try Recoder(table, limits: PrivacyLimits(k: 5, suppression: 0.05)).recode(
      .global, using: &generator)
    #expect(recoding.certaintyPenalty <= 0.304)
  }

  @Test func `two good releases leave a good part of the people with few candidates, and the check says so`()
    throws
  {
    var ledger = ReleaseLedger(customers: 30_162)
    for (seed, quasi) in [
      Adult.columns.filter { $0 != "occupation" }, ["age", "sex", "race", "marital-status"],
    ].enumerated() {
      let table = try Adult.table(quasi: quasi, sensitive: "occupation")
      var generator = SeededGenerator(seed: UInt64(seed))
      try ledger.add(
        try Recoder(table, limits: PrivacyLimits(k: 5)).recode(.local, using: &generator).classOfRow)
    }
    let standing = ledger.candidates().standing(k: 5)
    #expect(standing.belowK > 30_162 / 10)
  }
}
