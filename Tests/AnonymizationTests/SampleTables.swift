@testable import Anonymization

/// Tables that tests make up.
enum SampleTables {
  /// A table of a few quasi-identifiers with small trees, one sensitive column, and perhaps several rows a person.
  static func random(
    rows: Int, seed: UInt64, values: Int = 6, diversity: [Diversity] = [.distinct(2)],
    closeness: Closeness? = nil,
    rowsPerPerson: Int = 1
  ) throws -> Microdata {
    var generator = SeededGenerator(seed: seed)
    let quasi = try (0..<4).map { column in
      let paths = (0..<values).map { ["v\($0)", "g\($0 / 2)", "h\($0 / 4)"] }
      return Microdata.QuasiIdentifier(
        name: "q\(column)",
        hierarchy: try Hierarchy(paths: paths, order: column == 0 ? .ordered : .nominal, column: "q"),
        codes: (0..<rows).map { _ in
          // Skewed, so that some values are rare.
          UInt32(
            min(Int.random(in: 0..<values, using: &generator), Int.random(in: 0..<values, using: &generator)))
        })
    }
    let sensitive = Microdata.Sensitive(
      name: "s",
      codes: (0..<rows).map { _ in
        UInt32(min(Int.random(in: 0..<5, using: &generator), Int.random(in: 0..<5, using: &generator)))
      },
      valueCount: 5, diversity: diversity, closeness: closeness)
    return try Microdata(
      quasiIdentifiers: quasi, sensitive: [sensitive],
      persons: rowsPerPerson == 1 ? nil : (0..<rows).map { UInt32($0 / rowsPerPerson) })
  }
}

extension Recoding {
  /// The rows of each class that is not empty.
  var classes: [[UInt32]] { rowsByClass().filter { !$0.isEmpty } }
}
