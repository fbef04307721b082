public import Anonymization
public import DisclosureRisk
public import Ingest

/// Measures a written file, and holds it against what the recoder says of it.
public enum FileMeasurement {
  /// Reads a file to its end and measures it.
  ///
  /// - Parameters:
  ///   - reader: over the very bytes that leave.
  ///   - columns: what its columns are; those that are not named are not looked at.
  ///   - persons: row by row the person, where rows are not people.
  ///   - originalRows: how many rows the original has.
  public static func measure(
    _ reader: inout TableReader, columns: [ReleasedTable.Column], persons: [UInt32]? = nil,
    originalRows: Int? = nil
  ) throws -> RiskMeasures {
    let places = try columns.map { column in
      guard let place = reader.columns.firstIndex(of: column.name) else {
        throw ReleaseError(
          .unknownColumn, field: column.name, reason: "the file has no such column",
          hint: "it has \(reader.columns.joined(separator: ", "))")
      }
      return place
    }
    var table = ReleasedTable(columns: columns)
    var row = 0
    while try reader.next() {
      for (column, place) in places.enumerated() { reader.withCell(place) { table.cell(column, $0) } }
      if let persons {
        guard row < persons.count else { break }
        table.endRow(person: persons[row])
      } else {
        table.endRow()
      }
      row += 1
    }
    return try table.measures(originalRows: originalRows)
  }
}

extension ReleasePlan {
  /// What the columns of the written file are to the measuring.
  public var measuredColumns: [ReleasedTable.Column] {
    measured.filter { $0.isQuasi || $0.isSensitive }
  }

  /// Holds what was measured against what the recoder says, and against the limits of the profile.
  ///
  /// - Throws: ``ReleaseError`` with `measuredDifferently`: then the file must not leave.
  public func compare(_ measures: RiskMeasures, with claims: Claims) throws(ReleaseError) {
    var differences: [String] = []
    func need(_ isSame: Bool, _ name: String) { if !isSame { differences.append(name) } }
    func same(_ a: Double, _ b: Double) -> Bool { (a - b).magnitude <= 1e-9 * max(1, a.magnitude) }
    let plain = measures.sensitive.filter { !$0.isQuasi }
    need(measures.rows == claims.rows, "rows")
    need(measures.classes == claims.classes, "classes")
    need(measures.k == claims.k && measures.k >= profile.k, "k")
    need(plain.map(\.l) == claims.l, "l")
    for (column, claim) in zip(plain, claims.t) {
      guard let claim else { continue }
      let limit = microdata.sensitive.first { $0.name == column.name }?.closeness?.limit ?? 1
      need(same(column.t, claim) && column.t <= limit + 1e-9, "t")
    }
    for column in measures.sensitive where column.isQuasi {
      let least = microdata.quasiIdentifiers.first { $0.name == column.name }?.possibleValues ?? 1
      need(column.l >= least, "l")
    }
    for (column, source) in zip(plain, microdata.sensitive) {
      for diversity in source.diversity {
        switch diversity {
        case .distinct(let l): need(column.l >= l, "l")
        case .entropy(let l): need(column.entropyL >= l * (1 - 1e-9), "entropy l")
        case .recursive(let c, let l):
          need(column.l > l || column.l == l && (column.recursiveC ?? 0) < c * (1 + 1e-9), "(c,l)")
        }
      }
    }
    need(measures.loss?.suppressed == claims.suppressed, "suppressed")
    need(same(measures.loss?.certaintyPenalty ?? -1, claims.certaintyPenalty), "ncp")
    guard differences.isEmpty else {
      throw ReleaseError(
        .measuredDifferently,
        reason: "what was measured of the written file is not what was computed: "
          + Array(Set(differences)).sorted().joined(separator: ", "),
        hint: "nothing was released; please report this as a bug of crmvault")
    }
  }
}
