/// Recodes tables so that they meet their limits with as little loss as can be.
public struct Recoder {
  /// Beyond so many nodes a lattice is not walked: `partition` is for such tables.
  public static let largestLattice = 50_000
  /// The standard deviation of the logarithm of what expected losses are multiplied with in `local`.
  ///
  /// It costs some 4 % of utility, and takes away the certainty that an attack on a minimal recoding needs (Cohen,
  /// "Attacks on Deidentification's Defenses", USENIX Security 2022): nothing is proved by it.
  public static let jitter = 0.1

  let table: Microdata
  let limits: PrivacyLimits
  /// Whether nodes are visited in jittered order; off only to measure what the jitter costs.
  var isJittered = true
  /// Is told how many steps of how many are done.
  var progress: (Int, Int) -> Void

  /// A recoder of a table.
  ///
  /// - Throws: ``AnonymizationError`` where a limit means nothing, or no recoding of the table can meet it; then
  ///   its hint says what could.
  public init(
    _ table: Microdata, limits: PrivacyLimits, isJittered: Bool = true,
    progress: @escaping (Int, Int) -> Void = { _, _ in }
  ) throws(AnonymizationError) {
    try limits.check(table)
    self.table = table
    self.limits = limits
    self.isJittered = isJittered
    self.progress = progress
    for column in table.sensitive { try Feasibility(table, column).check() }
    for column in table.quasiIdentifiers where column.possibleValues > column.hierarchy.values.count {
      throw AnonymizationError(
        .cannotBeMet, column: column.name,
        reason: "l is \(column.possibleValues), and the column has \(column.hierarchy.values.count) values",
        hint: "the greatest l that it can meet is \(column.hierarchy.values.count)")
    }
  }

  /// Recodes the table. The mode is never changed in silence.
  ///
  /// - Throws: ``AnonymizationError``; of `latticeTooLarge` the hint names the mode that can do it.
  public func recode(
    _ mode: RecodingMode, using generator: inout some RandomNumberGenerator
  ) throws(AnonymizationError) -> Recoding {
    if mode != .partition {
      guard let nodes = Lattice.nodeCount(of: table), nodes <= Self.largestLattice else {
        throw AnonymizationError(
          .latticeTooLarge,
          reason:
            "the hierarchies have more than \(Self.largestLattice) combinations of levels, too many for "
            + "\(mode.rawValue)",
          hint: "use the mode partition, or hierarchies with fewer levels")
      }
    }
    var recoding =
      switch mode {
      case .local: LatticePeeling(self).recode(using: &generator)
      case .global: try OptimalNode(self).recode()
      case .partition: try Mondrian(self).recode()
      }
    recoding.suppressDistantClasses(of: table)
    recoding.dissolveClasses(of: table, limits)
    try checkSuppression(recoding)
    return recoding
  }

  func checkSuppression(_ recoding: Recoding) throws(AnonymizationError) {
    let share = Double(recoding.suppressedCount) / Double(max(1, table.rowCount))
    guard recoding.suppressedCount < table.rowCount, share <= limits.suppression else {
      throw AnonymizationError(
        .cannotBeMet,
        reason:
          "\(recoding.suppressedCount) of \(table.rowCount) rows would have to be suppressed, and the limit is "
          + "\(limits.suppression)",
        hint: recoding.suppressedCount < table.rowCount
          ? "the nearest suppression limit that can be met is \(Self.roundedUp(share)); or ask for less k, l or t"
          : "ask for less k, l or t")
    }
  }

  /// A share in steps of 0.0001 that is not below it.
  static func roundedUp(_ share: Double) -> Double { (share * 10_000).rounded(.up) / 10_000 }
}

/// Whether a column's limits can be met at all: by the table as a single class.
struct Feasibility {
  private let column: Microdata.Sensitive
  private var counts: [Int]

  init(_ table: Microdata, _ column: Microdata.Sensitive) {
    self.column = column
    counts = [Int](repeating: 0, count: column.valueCount)
    for code in column.codes { counts[Int(code)] += 1 }
  }

  func check() throws(AnonymizationError) {
    let total = counts.reduce(0, +)
    for diversity in column.diversity where !diversity.isMet(by: counts, total: total) {
      let distinct = counts.count { $0 > 0 }
      switch diversity {
      case .distinct(let l):
        throw fault(
          "l is \(l), and the column has \(distinct) values", "the greatest l that it can meet is \(distinct)"
        )
      case .entropy(let l):
        let most = ElementaryFunctions.exp(Diversity.entropy(of: counts, total: total))
        throw fault(
          "entropy l is \(l), and that of the whole table is less",
          "the greatest entropy l that it can meet is \((most * 100).rounded(.down) / 100)")
      case .recursive(let c, let l):
        let sorted = counts.filter { $0 > 0 }.sorted(by: >)
        let tail = sorted.count >= l ? sorted[(l - 1)...].reduce(0, +) : 0
        let hint =
          tail == 0
          ? "the greatest l that it can meet is \(distinct)"
          : "the least c that it can meet with l=\(l) is above \(Double(sorted[0]) / Double(tail))"
        throw fault("(c,l) is (\(c),\(l)), which the whole table does not meet", hint)
      }
    }
  }

  private func fault(_ reason: String, _ hint: String) -> AnonymizationError {
    AnonymizationError(.cannotBeMet, column: column.name, reason: reason, hint: hint)
  }
}
