import Glibc

extension ReleasedTable {
  /// Measures the table.
  ///
  /// - Parameter originalRows: how many rows the table had that it was made of; nil where that is not known.
  public func measures(originalRows: Int? = nil) throws(RiskError) -> RiskMeasures {
    guard rowCount > 0 else { throw RiskError(.empty, reason: "there is no row to measure") }
    let quasi = columns.indices.filter { columns[$0].isQuasi }
    guard !quasi.isEmpty else { throw RiskError(.noColumn, reason: "no column is a quasi-identifier") }
    let classes = EquivalenceClasses(quasi.map { cells[$0] }, rowCount: rowCount)
    let counter = PersonCounter(persons)
    let sizes = (0..<classes.count).map { counter.people(classes.members($0)) }
    let k = sizes.min() ?? 0
    let people = persons.isEmpty ? rowCount : Set(persons).count
    var sensitive: [RiskMeasures.Sensitive] = []
    for column in columns.indices where columns[column].isSensitive {
      sensitive.append(
        columns[column].isQuasi
          ? try possibleValues(of: column, quasi) : measures(of: column, classes, counter))
    }
    var rowsBySize: [Int: Int] = [:]
    for (number, size) in sizes.enumerated() {
      rowsBySize[size, default: 0] += classes.members(number).count
    }
    var prosecutorMean = 0.0
    for (number, size) in sizes.enumerated() {
      prosecutorMean += Double(classes.members(number).count) / Double(size)
    }
    prosecutorMean /= Double(rowCount)
    return RiskMeasures(
      rows: rowCount, people: people, classes: classes.count, k: k,
      averageClass: Double(rowCount) / Double(classes.count),
      rowsByClassSize: rowsBySize.sorted { $0.key < $1.key }.map { (people: $0.key, rows: $0.value) },
      uniques: rowsBySize[1] ?? 0,
      risk: .init(
        prosecutorMax: 1 / Double(k), prosecutorMean: prosecutorMean, journalistMax: 1 / Double(k),
        marketer: prosecutorMean, homogeneousShare: sensitive.map(\.homogeneousShare).max() ?? 0),
      sensitive: sensitive, loss: try loss(classes, originalRows))
  }

  /// The loss against the original; nil where it, or what cells mean, is not known.
  private func loss(_ classes: EquivalenceClasses, _ originalRows: Int?) throws(RiskError) -> RiskMeasures
    .Loss?
  {
    let quasi = columns.indices.filter { columns[$0].isQuasi }
    guard let originalRows, quasi.allSatisfy({ columns[$0].scale != nil }) else { return nil }
    let suppressed = originalRows - rowCount
    var penalties: [Double] = []
    var spreads: [[Double]] = []
    for column in quasi {
      let readings = try readings(of: column)
      let sum = cells[column].reduce(Double(suppressed)) { $0 + readings[Int($1)].penalty }
      penalties.append(sum / Double(originalRows))
      var counts = [Int](repeating: 0, count: names[column].texts.count)
      for cell in cells[column] { counts[Int(cell)] += 1 }
      let labels = zip(names[column].strings, counts).map { (label: $0, count: $1) }
      spreads.append(columns[column].scale?.spread(labels) ?? [])
    }
    var discernibility = Double(suppressed) * Double(originalRows)
    for number in 0..<classes.count {
      let size = Double(classes.members(number).count)
      discernibility += size * size
    }
    return RiskMeasures.Loss(
      certaintyPenalty: penalties.reduce(0, +) / Double(penalties.count), penaltyByColumn: penalties,
      spreadByColumn: spreads, discernibility: discernibility, suppressed: suppressed)
  }

  /// What each different cell of a column means.
  private func readings(of column: Int) throws(RiskError) -> [(penalty: Double, values: PossibleValues)] {
    guard let scale = columns[column].scale else { return [] }
    let readings = names[column].strings.map(scale.reading)
    let unknown = readings.count { $0 == nil }
    guard unknown == 0 else {
      throw RiskError(
        .unknownCell, column: columns[column].name,
        reason: "\(unknown) different cells are neither values nor what the profile makes of them")
    }
    return readings.compactMap(\.self)
  }

  /// The l of a column that is a quasi-identifier too.
  private func possibleValues(of column: Int, _ quasi: [Int]) throws(RiskError) -> RiskMeasures.Sensitive {
    let others = quasi.filter { $0 != column }.map { cells[$0] }
    let groups = EquivalenceClasses(others, rowCount: rowCount)
    let readings = try readings(of: column)
    var least = Int.max
    var homogeneous = 0
    for number in 0..<groups.count {
      let labels = Set(groups.members(number).map { cells[column][Int($0)] })
      // Without a scale a cell leaves itself possible.
      let values =
        readings.isEmpty
        ? labels.count : labels.reduce(into: Set<Int>()) { readings[Int($1)].values.add(to: &$0) }.count
      if values == 1 { homogeneous += groups.members(number).count }
      least = min(least, values)
    }
    let share = Double(homogeneous) / Double(rowCount)
    return RiskMeasures.Sensitive(
      name: columns[column].name, isQuasi: true, l: least, entropyL: 1, recursiveC: nil, t: 0, alpha: 0,
      beta: 0,
      enhancedBeta: 0, delta: 0, homogeneousShare: share, bestGuess: 0, baseline: 0)
  }

  /// The measures of a sensitive column that is published as it is.
  private func measures(
    of column: Int, _ classes: EquivalenceClasses, _ counter: PersonCounter
  ) -> RiskMeasures.Sensitive {
    let values = names[column].strings
    var whole = [Double](repeating: 0, count: values.count)
    for cell in cells[column] { whole[Int(cell)] += 1 / Double(rowCount) }
    let plan = TransportPlan(columns[column].distance, names: values, whole: whole)
    var distributions: [[Int]] = []
    distributions.reserveCapacity(classes.count)
    var result = RiskMeasures.Sensitive(
      name: columns[column].name, isQuasi: false, l: .max, entropyL: .infinity, recursiveC: nil, t: 0,
      alpha: 0,
      beta: -1, enhancedBeta: 0, delta: 0, homogeneousShare: 0, bestGuess: 0, baseline: whole.max() ?? 0)
    for number in 0..<classes.count {
      let counts = counter.counts(classes.members(number), cells[column], values.count)
      let total = Double(counts.reduce(0, +))
      let shares = counts.map { Double($0) / total }
      let rows = Double(classes.members(number).count)
      let distinct = counts.count { $0 > 0 }
      result.l = min(result.l, distinct)
      result.entropyL = min(
        result.entropyL, exp(-shares.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) }))
      result.t = max(result.t, plan.distance(shares))
      result.alpha = max(result.alpha, shares.max() ?? 0)
      for (share, all) in zip(shares, whole) {
        result.beta = max(result.beta, (share - all) / all)
        if share > 0 { result.delta = max(result.delta, abs(log(share / all))) }
      }
      if distinct == 1 { result.homogeneousShare += rows / Double(rowCount) }
      result.bestGuess += rows * (shares.max() ?? 0) / Double(rowCount)
      distributions.append(counts.filter { $0 > 0 }.sorted(by: >))
    }
    if result.l > 1 {
      let l = result.l
      result.recursiveC = distributions.map { Double($0[0]) / Double($0[(l - 1)...].reduce(0, +)) }.max()
    }
    // A bound by the rarest value holds for all (Cao and Karras, definition 3).
    result.enhancedBeta = min(result.beta, whole.map { -log($0) }.max() ?? 0)
    return result
  }
}

/// Counts people where rows are not people.
struct PersonCounter {
  private let persons: [UInt32]

  init(_ persons: [UInt32]) {
    self.persons = persons
  }

  /// How many people these rows are of.
  func people(_ rows: ArraySlice<UInt32>) -> Int {
    persons.isEmpty ? rows.count : Set(rows.map { persons[Int($0)] }).count
  }

  /// How many people have each value in these rows; one who has several counts once for each.
  func counts(_ rows: ArraySlice<UInt32>, _ cells: [UInt32], _ values: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: values)
    guard !persons.isEmpty else {
      for row in rows { counts[Int(cells[Int(row)])] += 1 }
      return counts
    }
    for pair in Set(rows.map { UInt64(persons[Int($0)]) << 32 | UInt64(cells[Int($0)]) }) {
      counts[Int(pair & 0xFFFF_FFFF)] += 1
    }
    return counts
  }
}
