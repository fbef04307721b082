@testable import Anonymization
import Testing

@Suite struct RecodingTests {
  private func recode(
    _ table: Microdata, _ mode: RecodingMode, k: Int = 4, suppression: Double = 0.1, seed: UInt64 = 7
  ) throws -> Recoding {
    var generator = SeededGenerator(seed: seed)
    return try Recoder(table, limits: PrivacyLimits(k: k, suppression: suppression)).recode(
      mode, using: &generator)
  }

  /// Whether a published cell can stand for a value.
  private func stands(_ label: String, for value: Int, in hierarchy: Hierarchy) -> Bool {
    if hierarchy.levels.contains(where: { $0.labels[Int($0.groupOfValue[value])] == label }) { return true }
    let place = hierarchy.ranked.firstIndex(of: UInt32(value)) ?? -1
    func rank(_ text: some StringProtocol) -> Int? {
      hierarchy.values.firstIndex(of: String(text)).flatMap { hierarchy.ranked.firstIndex(of: UInt32($0)) }
    }
    if label.hasPrefix("{") {
      return label.dropFirst().dropLast().split(separator: "|").contains { $0 == hierarchy.values[value] }
    }
    let ends = label.dropFirst().dropLast().split(separator: " ")
    guard ends.count == 3, let low = rank(ends[0]), let high = rank(ends[2]) else { return false }
    return (low...high).contains(place)
  }

  @Test(arguments: RecodingMode.allCases, 0..<8)
  func `every class meets k and l, and every cell stands for its value`(_ mode: RecodingMode, _ seed: Int)
    throws
  {
    let table = try SampleTables.random(rows: 300, seed: UInt64(seed))
    let recoding = try recode(table, mode, seed: UInt64(seed))
    #expect(Set(recoding.cells).count == recoding.cells.count)
    for rows in recoding.classes {
      #expect(rows.count >= 4)
      #expect(Set(rows.map { table.sensitive[0].codes[Int($0)] }).count >= 2)
    }
    for (row, number) in recoding.classOfRow.enumerated() where number != Recoding.suppressed {
      for (column, cell) in recoding.cells[Int(number)].enumerated() {
        let quasi = table.quasiIdentifiers[column]
        #expect(
          stands(
            recoding.vocabularies[column].labels[Int(cell)], for: Int(quasi.codes[row]), in: quasi.hierarchy))
      }
    }
    #expect(Double(recoding.suppressedCount) <= 0.1 * 300)
  }

  @Test(arguments: RecodingMode.allCases)
  func `people are counted, not rows`(_ mode: RecodingMode) throws {
    let table = try SampleTables.random(rows: 400, seed: 3, rowsPerPerson: 4)
    let persons = try #require(table.persons)
    for rows in try recode(table, mode).classes { #expect(Set(rows.map { persons[Int($0)] }).count >= 4) }
    // Counted as rows the same limit would let fewer people pass: the test would notice. One level a column makes
    // classes that are large anyway.
    guard mode != .global else { return }
    let rowsOnly = try Microdata(quasiIdentifiers: table.quasiIdentifiers, sensitive: table.sensitive)
    let careless = try recode(rowsOnly, mode)
    #expect(careless.classes.contains { Set($0.map { persons[Int($0)] }).count < 4 })
  }

  @Test(arguments: RecodingMode.allCases)
  func `entropy, recursive and t limits hold in every class`(_ mode: RecodingMode) throws {
    for distance in [Closeness.Distance.equal, .ordered] {
      let table = try SampleTables.random(
        rows: 400, seed: 5, diversity: [.entropy(2), .recursive(c: 2, l: 2)],
        closeness: Closeness(limit: 0.35, distance: distance))
      let recoding = try recode(table, mode, suppression: 0.3)
      let codes = table.sensitive[0].codes
      let published = recoding.classes.flatMap { $0 }
      func shares(_ rows: [UInt32]) -> [Double] {
        var counts = [Double](repeating: 0, count: 5)
        for row in rows { counts[Int(codes[Int(row)])] += 1 / Double(rows.count) }
        return counts
      }
      let whole = shares(published)
      for rows in recoding.classes {
        let share = shares(rows)
        #expect(share.reduce(0) { $0 - ($1 > 0 ? $1 * Reference.log($1) : 0) } >= Reference.log(2) - 1e-9)
        let sorted = share.sorted(by: >)
        #expect(sorted[0] < 2 * sorted[1...].reduce(0, +) + 1e-9)
        var carried = 0.0
        var far = 0.0
        for value in 0..<5 {
          carried += share[value] - whole[value]
          far += distance == .equal ? (share[value] - whole[value]).magnitude / 2 : carried.magnitude / 4
        }
        #expect(far <= 0.35 + 1e-9)
      }
    }
  }

  @Test(arguments: 0..<6)
  func `global recoding is the best node of the lattice`(_ seed: Int) throws {
    let table = try SampleTables.random(rows: 120, seed: UInt64(seed), diversity: [.distinct(2)])
    let recoding = try recode(table, .global)
    var best = Double.infinity
    let lattice = Lattice(table)
    for node in 0..<(lattice.nodeCount ?? 0) {
      let levels = lattice.levels(of: node)
      var classes: [[UInt32]: [Int]] = [:]
      for row in 0..<120 {
        let key = levels.enumerated().map { column, level in
          table.quasiIdentifiers[column].hierarchy.levels[level].groupOfValue[
            Int(table.quasiIdentifiers[column].codes[row])]
        }
        classes[key, default: []].append(row)
      }
      var suppressed = 0
      var loss = 0.0
      for (key, rows) in classes {
        guard rows.count >= 4, Set(rows.map { table.sensitive[0].codes[$0] }).count >= 2 else {
          suppressed += rows.count
          continue
        }
        loss +=
          Double(rows.count)
          * key.enumerated().reduce(0.0) {
            $0 + table.quasiIdentifiers[$1.offset].hierarchy.levels[levels[$1.offset]].penalty[
              Int($1.element)] / 4
          }
      }
      if suppressed <= 12 { best = min(best, (loss + Double(suppressed)) / 120) }
    }
    #expect((recoding.certaintyPenalty - best).magnitude < 1e-12)
  }

  @Test func `local loses less than global, and its order is random`() throws {
    let table = try SampleTables.random(rows: 1000, seed: 1)
    let local = try recode(table, .local)
    #expect(local.certaintyPenalty < (try recode(table, .global)).certaintyPenalty)
    let other = try recode(table, .local, seed: 8)
    #expect(local.classOfRow != other.classOfRow)
    #expect(try recode(table, .local).classOfRow == local.classOfRow)
  }

  @Test func `published rows are shuffled and say nothing of their order`() throws {
    let table = try SampleTables.random(rows: 2000, seed: 1)
    let recoding = try recode(table, .local)
    var generator = SeededGenerator(seed: 4)
    let order = recoding.shuffledRows(using: &generator).map(Double.init)
    #expect(Set(order).count == order.count)
    // Linkage by position: the correlation of place and line number is that of chance.
    let n = Double(order.count)
    let meanPlace = (n - 1) / 2
    let meanRow = order.reduce(0, +) / n
    var cross = 0.0
    var square = 0.0
    var rowSquare = 0.0
    for (place, row) in order.enumerated() {
      cross += (Double(place) - meanPlace) * (row - meanRow)
      square += (Double(place) - meanPlace) * (Double(place) - meanPlace)
      rowSquare += (row - meanRow) * (row - meanRow)
    }
    #expect((cross / (square * rowSquare).squareRoot()).magnitude < 5 / n.squareRoot())
  }

  @Test func `nothing left out where nothing may be`() throws {
    for mode in [RecodingMode.local, .partition] {
      let recoding = try recode(try SampleTables.random(rows: 203, seed: 2), mode, suppression: 0)
      #expect(recoding.suppressedCount == 0)
      #expect(recoding.classes.allSatisfy { $0.count >= 4 })
    }
  }

  @Test func `limits that cannot be met are refused with the nearest that can`() throws {
    let table = try SampleTables.random(rows: 50, seed: 1, diversity: [.distinct(9)])
    let l = #expect(throws: AnonymizationError.self) { try recode(table, .local) }
    #expect(l?.hint?.contains("5") == true)
    let few = try SampleTables.random(rows: 50, seed: 1)
    let k = #expect(throws: AnonymizationError.self) { try recode(few, .local, k: 51) }
    #expect(k?.hint?.contains("50") == true)
    #expect(throws: AnonymizationError.self) { try recode(few, .local, k: 1) }
    #expect(throws: AnonymizationError.self) { try Microdata(quasiIdentifiers: [], sensitive: []) }
    let entropy = try SampleTables.random(rows: 50, seed: 1, diversity: [.entropy(5)])
    #expect(throws: AnonymizationError.self) { try recode(entropy, .local) }
  }

  @Test func `a lattice that is too large is refused for local and global, and never replaced in silence`()
    throws
  {
    let values = (0..<64).map { "\($0)" }
    let quasi = try (0..<8).map { column in
      Microdata.QuasiIdentifier(
        name: "q\(column)",
        hierarchy: try Intervals(widths: ["2", "4", "8", "16"].compactMap { ScaledDecimal($0) })
          .hierarchy(over: values, column: "q"),
        codes: (0..<64).map { UInt32(($0 * (column * 2 + 1)) % 64) })
    }
    let table = try Microdata(quasiIdentifiers: quasi, sensitive: [])
    for mode in [RecodingMode.local, .global] {
      let error = #expect(throws: AnonymizationError.self) { try recode(table, mode) }
      #expect(error?.code == .latticeTooLarge)
    }
    #expect(try recode(table, .partition).mode == .partition)
  }

  @Test func `whoever knows all other columns is left with l values of one that is both`() throws {
    let plain = try SampleTables.random(rows: 600, seed: 9)
    var quasi = plain.quasiIdentifiers
    quasi[3] = .init(name: "both", hierarchy: quasi[3].hierarchy, codes: quasi[3].codes, possibleValues: 3)
    let table = try Microdata(quasiIdentifiers: quasi, sensitive: plain.sensitive)
    for mode in RecodingMode.allCases {
      let recoding = try recode(table, mode, suppression: 0.5)
      var possible: [[UInt32]: Set<UInt32>] = [:]
      for (cells, rows) in zip(recoding.cells, recoding.rowsByClass()) where !rows.isEmpty {
        let label = recoding.vocabularies[3].labels[Int(cells[3])]
        let leaves = quasi[3].hierarchy.values.indices.filter {
          stands(label, for: $0, in: quasi[3].hierarchy)
        }
        possible[Array(cells.prefix(3)), default: []].formUnion(leaves.map { UInt32($0) })
      }
      #expect(possible.values.allSatisfy { $0.count >= 3 })
    }
  }
}
