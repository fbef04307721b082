/// Local recoding by randomized lattice peeling.
///
/// The nodes of the lattice are visited by rising expected loss, each loss multiplied with exp(0.1 N(0,1)). At
/// each node every class that meets all limits is published as that node generalizes it, and taken away; what is
/// left at the end is suppressed. So each row is published near the cheapest node at which it is safe.
struct LatticePeeling {
  private let recoder: Recoder
  private var table: Microdata { recoder.table }

  init(_ recoder: Recoder) {
    self.recoder = recoder
  }

  func recode(using generator: inout some RandomNumberGenerator) -> Recoding {
    let lattice = Lattice(table)
    var publication = NodePublication(table, k: recoder.limits.k)
    var draws: [Double] = []
    if recoder.isJittered {
      draws = (0..<(lattice.nodeCount ?? 0)).map { _ in
        ElementaryFunctions.exp(Recoder.jitter * ElementaryFunctions.normal(using: &generator))
      }
    }
    var next = draws.makeIterator()
    let order = lattice.ordered { next.next() ?? 1 }
    for (step, node) in order.enumerated() {
      if publication.isExhausted { break }
      publication.publish(at: lattice.levels(of: node))
      if step % 64 == 0 { recoder.progress(step, order.count) }
    }
    return publication.recoding(mode: .local)
  }
}

/// Publishes classes at nodes of the lattice, and remembers how.
struct NodePublication {
  private let table: Microdata
  private let tuples: DistinctTuples
  private let survey: NodeSurvey
  private let check: ClassCheck
  private let k: Int
  private var vocabularies: [Recoding.Vocabulary]
  private var classOfRow: [UInt32]
  private var cells: [[UInt32]] = []

  init(_ table: Microdata, k: Int) {
    self.table = table
    self.k = k
    tuples = DistinctTuples(table)
    survey = NodeSurvey(table, tuples)
    check = ClassCheck(table, k: k)
    vocabularies = table.quasiIdentifiers.map { _ in .init() }
    classOfRow = [UInt32](repeating: Recoding.suppressed, count: table.rowCount)
  }

  /// Whether too few rows are left for a class.
  var isExhausted: Bool { survey.alive.isEmpty }

  /// Publishes the classes of a node that meet all limits.
  mutating func publish(at levels: [Int]) {
    let passing = classes(at: levels)
    guard !passing.isEmpty else { return }
    var isGone = [Bool](repeating: false, count: survey.alive.count)
    for places in passing {
      let number = UInt32(cells.count)
      cells.append(cell(of: Int(survey.alive[Int(places[0])]), levels))
      for place in places {
        isGone[Int(place)] = true
        let tuple = Int(survey.alive[Int(place)])
        for position in tuples.offsets[tuple]..<tuples.offsets[tuple + 1] {
          classOfRow[Int(tuples.rows[position])] = number
        }
      }
    }
    survey.remove(isGone)
  }

  /// The classes of a node that meet all limits, as places among the living tuples.
  ///
  /// - Parameter least: fewer rows than these are not worth looking at.
  func classes(at levels: [Int], least: Int = 1) -> [[UInt32]] {
    guard let found = survey.classes(of: levels, k: k, least: least) else { return [] }
    // The places of a large enough class lie together.
    var starts = [Int](repeating: -1, count: found.weights.count)
    var sizes = [Int](repeating: 0, count: found.weights.count)
    for number in found.classOf where found.weights[Int(number)] >= k { sizes[Int(number)] += 1 }
    var members: [[UInt32]] = []
    for number in found.weights.indices where found.weights[number] >= k {
      starts[number] = members.count
      var places: [UInt32] = []
      places.reserveCapacity(sizes[number])
      members.append(places)
    }
    for (place, number) in zip(found.places, found.classOf) where starts[Int(number)] >= 0 {
      members[starts[Int(number)]].append(place)
    }
    let weights = found.weights.filter { $0 >= k }
    let passing = members.indices.filter { check.isMet(by: rows(of: members[$0]), count: weights[$0]) }
    return PossibleValues(table, levels).filter(
      passing.map { members[$0] }, tuple: { Int(survey.alive[Int($0)]) },
      value: { value(of: $0, column: $1) })
  }

  /// The weighted mean penalty of a cell if the table were published at a node; nil where more rows than allowed
  /// would be suppressed.
  func loss(at levels: [Int], _ lattice: Lattice, atMost allowed: Int) -> Double? {
    var suppressed = table.rowCount
    var sum = 0.0
    for places in classes(at: levels, least: table.rowCount - allowed) {
      let size = places.reduce(0) { $0 + tuples.weight(Int(survey.alive[Int($1)])) }
      let tuple = Int(survey.alive[Int(places[0])])
      var penalty = 0.0
      for (column, number) in levels.enumerated() {
        let level = table.quasiIdentifiers[column].hierarchy.levels[number]
        penalty +=
          lattice.weights[column] * level.penalty[Int(level.groupOfValue[value(of: tuple, column: column)])]
      }
      sum += Double(size) * penalty / Double(levels.count)
      suppressed -= size
    }
    guard suppressed <= allowed else { return nil }
    return (sum + Double(suppressed)) / Double(table.rowCount)
  }

  /// How many rows are in classes of k rows at a node.
  func rowsInClasses(at levels: [Int]) -> Int {
    guard let found = survey.classes(of: levels, k: k) else { return 0 }
    return found.weights.reduce(0) { $0 + ($1 >= k ? $1 : 0) }
  }

  private func rows(of places: [UInt32]) -> some Sequence<UInt32> {
    places.lazy.flatMap { place in
      let tuple = Int(survey.alive[Int(place)])
      return tuples.rows[tuples.offsets[tuple]..<tuples.offsets[tuple + 1]]
    }
  }

  private func value(of tuple: Int, column: Int) -> Int {
    Int(table.quasiIdentifiers[column].codes[Int(tuples.rows[tuples.offsets[tuple]])])
  }

  private mutating func cell(of tuple: Int, _ levels: [Int]) -> [UInt32] {
    levels.enumerated().map { column, number in
      let hierarchy = table.quasiIdentifiers[column].hierarchy
      let level = hierarchy.levels[number]
      let group = Int(level.groupOfValue[value(of: tuple, column: column)])
      return vocabularies[column].code(
        label: level.labels[group], penalty: level.penalty[group], valueCount: level.valueCounts[group])
    }
  }

  /// All that was published.
  consuming func recoding(mode: RecodingMode, levels: [Int]? = nil) -> Recoding {
    Recoding(mode: mode, vocabularies: vocabularies, classOfRow: classOfRow, cells: cells, levels: levels)
  }
}

/// The rule for quasi-identifiers that are sensitive as well: whoever knows all other quasi-identifiers of a
/// person must be left with at least l possible values.
struct PossibleValues {
  private let table: Microdata
  private let levels: [Int]
  private let columns: [Int]

  init(_ table: Microdata, _ levels: [Int]) {
    self.table = table
    self.levels = levels
    columns = table.quasiIdentifiers.indices.filter { column in
      let quasi = table.quasiIdentifiers[column]
      guard quasi.possibleValues > 1 else { return false }
      return quasi.hierarchy.levels[levels[column]].valueCounts.contains { $0 < quasi.possibleValues }
    }
  }

  /// Drops classes until all that are left meet the rule.
  ///
  /// - Parameters:
  ///   - classes: as places.
  ///   - tuple: the tuple at a place.
  ///   - value: the value of a tuple in a column.
  func filter(
    _ classes: [[UInt32]], tuple: (UInt32) -> Int, value: (Int, Int) -> Int
  ) -> [[UInt32]] {
    guard !columns.isEmpty else { return classes }
    var kept = classes
    while true {
      var isGood = [Bool](repeating: true, count: kept.count)
      for column in columns {
        var possible: [[UInt32]: Int] = [:]
        let level = table.quasiIdentifiers[column].hierarchy.levels[levels[column]]
        let others = kept.map { places in
          let tuple = tuple(places[0])
          let key = levels.indices.filter { $0 != column }.map { other in
            let hierarchy = table.quasiIdentifiers[other].hierarchy
            return hierarchy.levels[levels[other]].groupOfValue[value(tuple, other)]
          }
          possible[key, default: 0] += level.valueCounts[Int(level.groupOfValue[value(tuple, column)])]
          return key
        }
        for (index, key) in others.enumerated() {
          if possible[key, default: 0] < table.quasiIdentifiers[column].possibleValues {
            isGood[index] = false
          }
        }
      }
      let next = zip(kept, isGood).filter(\.1).map(\.0)
      if next.count == kept.count { return next }
      kept = next
    }
  }
}
