/// Strict Mondrian: the table is cut in two at the median of the column in which its rows spread most, and each
/// part again, while both sides meet all limits.
///
/// LeFevre, DeWitt, Ramakrishnan, "Mondrian Multidimensional K-Anonymity", ICDE 2006. Categories are cut in the
/// order of their tree. What is published are the regions, which tile the domain: they are not shrunk to the rows
/// in them.
struct Mondrian {
  private let recoder: Recoder
  private let tuples: DistinctTuples
  private let check: ClassCheck
  /// Tuple by tuple its rank in each column: what is looked at together lies together.
  private let ranks: [UInt32]
  private let columnCount: Int
  private let widths: [Double]
  private var table: Microdata { recoder.table }

  /// A part of the table: tuples, and the ranks that its region spans in each column.
  private struct Region {
    var tuples: Range<Int>
    var bounds: [ClosedRange<UInt32>]
  }

  init(_ recoder: Recoder) throws(AnonymizationError) {
    self.recoder = recoder
    for column in recoder.table.quasiIdentifiers where column.hierarchy.order == .nominal {
      guard !column.hierarchy.values.contains(where: { $0.contains("|") }) else {
        throw AnonymizationError(
          .badHierarchy, column: column.name,
          reason: "a category has a | of its own, which separates those of a set",
          hint: "use the mode local")
      }
    }
    let tuples = DistinctTuples(recoder.table)
    self.tuples = tuples
    check = ClassCheck(recoder.table, k: recoder.limits.k)
    columnCount = recoder.table.quasiIdentifiers.count
    var ranks = [UInt32](repeating: 0, count: tuples.count * columnCount)
    for (place, column) in recoder.table.quasiIdentifiers.enumerated() {
      var rank = [UInt32](repeating: 0, count: column.hierarchy.values.count)
      for (number, value) in column.hierarchy.ranked.enumerated() { rank[Int(value)] = UInt32(number) }
      for tuple in 0..<tuples.count {
        ranks[tuple * columnCount + place] = rank[Int(column.codes[Int(tuples.rows[tuples.offsets[tuple]])])]
      }
    }
    self.ranks = ranks
    let total = recoder.table.quasiIdentifiers.reduce(0) { $0 + $1.weight }
    widths = recoder.table.quasiIdentifiers.map { $0.weight / total }
  }

  func recode() throws(AnonymizationError) -> Recoding {
    var order = Array(0..<UInt32(tuples.count))
    let all = Region(
      tuples: 0..<tuples.count,
      bounds: table.quasiIdentifiers.map { 0...UInt32($0.hierarchy.values.count - 1) })
    guard isMet(order[...]) else {
      throw AnonymizationError(
        .cannotBeMet, reason: "the table as a single class does not meet the limits",
        hint: "ask for less k, l or t")
    }
    var pending = [all]
    var leaves: [Region] = []
    var done = 0
    while let region = pending.popLast() {
      if let (left, right) = cut(region, &order) {
        pending.append(right)
        pending.append(left)
      } else {
        leaves.append(region)
        done += region.tuples.count
        if leaves.count % 256 == 0 { recoder.progress(done, tuples.count) }
      }
    }
    return publish(leaves, order)
  }

  // MARK: Cutting

  private func isMet(_ members: ArraySlice<UInt32>) -> Bool {
    let count = members.reduce(0) { $0 + tuples.weight(Int($1)) }
    return check.isMet(
      by: members.lazy.flatMap { tuples.rows[tuples.offsets[Int($0)]..<tuples.offsets[Int($0) + 1]] },
      count: count)
  }

  private func cut(_ region: Region, _ order: inout [UInt32]) -> (Region, Region)? {
    let weight = order[region.tuples].reduce(0) { $0 + tuples.weight(Int($1)) }
    guard weight >= 2 * recoder.limits.k else { return nil }
    let spreads = spreads(region, order)
    for column in spreads.indices.sorted(by: { spreads[$0].width > spreads[$1].width }) {
      let spread = spreads[column]
      guard spread.low < spread.high else { continue }
      let point = median(region, column, spread.low, spread.high, weight, order)
      if let halves = halves(region, column, point, &order) { return halves }
    }
    return nil
  }

  /// How far the rows of a region spread in each column.
  private func spreads(_ region: Region, _ order: [UInt32]) -> [(low: UInt32, high: UInt32, width: Double)] {
    var lows = [UInt32](repeating: .max, count: columnCount)
    var highs = [UInt32](repeating: 0, count: columnCount)
    for place in region.tuples {
      let start = Int(order[place]) * columnCount
      for column in 0..<columnCount {
        let rank = ranks[start + column]
        lows[column] = min(lows[column], rank)
        highs[column] = max(highs[column], rank)
      }
    }
    return (0..<columnCount).map { column in
      let (low, high) = (lows[column], highs[column])
      guard low < high else { return (low, high, 0) }
      let extents = table.quasiIdentifiers[column].hierarchy.extents
      return (low, high, (extents[Int(high)].upperBound - extents[Int(low)].lowerBound) * widths[column])
    }
  }

  /// The rank of a tuple in a column.
  @inline(__always)
  private func rank(_ tuple: UInt32, _ column: Int) -> UInt32 { ranks[Int(tuple) * columnCount + column] }

  /// The last rank of the lower half: the cut nearest to the median that leaves rows on both sides.
  private func median(
    _ region: Region, _ column: Int, _ low: UInt32, _ high: UInt32, _ weight: Int, _ order: [UInt32]
  ) -> UInt32 {
    let span = Int(high - low) + 1
    var best = low
    var bestDistance = Int.max
    func consider(_ rank: UInt32, _ before: Int) {
      let distance = abs(2 * before - weight)
      if rank < high, distance < bestDistance { (best, bestDistance) = (rank, distance) }
    }
    var before = 0
    if span <= 4 * region.tuples.count {
      var counts = [Int](repeating: 0, count: span)
      for place in region.tuples {
        counts[Int(rank(order[place], column) - low)] += tuples.weight(Int(order[place]))
      }
      for offset in 0..<span where counts[offset] > 0 {
        before += counts[offset]
        consider(low + UInt32(offset), before)
      }
    } else {
      let sorted = order[region.tuples].map { (rank($0, column), tuples.weight(Int($0))) }.sorted {
        $0.0 < $1.0
      }
      for (index, (rank, weight)) in sorted.enumerated() {
        before += weight
        if index + 1 == sorted.count || sorted[index + 1].0 != rank { consider(rank, before) }
      }
    }
    return best
  }

  private func halves(
    _ region: Region, _ column: Int, _ point: UInt32, _ order: inout [UInt32]
  ) -> (Region, Region)? {
    let bounds = region.bounds[column]
    let least = table.quasiIdentifiers[column].possibleValues
    // Where the column is sensitive as well, both sides must leave enough values possible.
    guard least <= 1 || Int(point - bounds.lowerBound) + 1 >= least && Int(bounds.upperBound - point) >= least
    else { return nil }
    let middle = order[region.tuples].partition { rank($0, column) > point }
    guard isMet(order[region.tuples.lowerBound..<middle]), isMet(order[middle..<region.tuples.upperBound])
    else {
      return nil
    }
    var left = Region(tuples: region.tuples.lowerBound..<middle, bounds: region.bounds)
    var right = Region(tuples: middle..<region.tuples.upperBound, bounds: region.bounds)
    left.bounds[column] = bounds.lowerBound...point
    right.bounds[column] = point + 1...bounds.upperBound
    return (left, right)
  }

  // MARK: Publishing

  private func publish(_ leaves: [Region], _ order: [UInt32]) -> Recoding {
    let writers = table.quasiIdentifiers.map { RangeLabels($0.hierarchy) }
    var vocabularies = table.quasiIdentifiers.map { _ in Recoding.Vocabulary() }
    var classOfRow = [UInt32](repeating: Recoding.suppressed, count: table.rowCount)
    var cells: [[UInt32]] = []
    for (number, region) in leaves.enumerated() {
      cells.append(
        region.bounds.enumerated().map { column, bounds in
          vocabularies[column].code(
            label: writers[column].label(bounds), penalty: writers[column].penalty(bounds),
            valueCount: bounds.count)
        })
      for place in region.tuples {
        let tuple = Int(order[place])
        for position in tuples.offsets[tuple]..<tuples.offsets[tuple + 1] {
          classOfRow[Int(tuples.rows[position])] = UInt32(number)
        }
      }
    }
    return Recoding(mode: .partition, vocabularies: vocabularies, classOfRow: classOfRow, cells: cells)
  }
}

/// What ranges of ranked values are published as: `[first .. last]` of what has an order, the label of the group or
/// `{one|other}` of categories.
struct RangeLabels {
  private let hierarchy: Hierarchy
  private var groups: [ClosedRange<UInt32>: String] = [:]

  init(_ hierarchy: Hierarchy) {
    self.hierarchy = hierarchy
    let all: ClosedRange<UInt32> = 0...UInt32(hierarchy.values.count - 1)
    groups[all] = hierarchy.levels.last?.labels.first
    guard hierarchy.order == .nominal else { return }
    for level in hierarchy.levels.dropFirst().dropLast() {
      var start = 0
      for rank in 1...hierarchy.ranked.count {
        let group = level.groupOfValue[Int(hierarchy.ranked[start])]
        if rank < hierarchy.ranked.count, level.groupOfValue[Int(hierarchy.ranked[rank])] == group {
          continue
        }
        groups[UInt32(start)...UInt32(rank - 1)] = level.labels[Int(group)]
        start = rank
      }
    }
  }

  func label(_ range: ClosedRange<UInt32>) -> String {
    func value(_ rank: UInt32) -> String { hierarchy.values[Int(hierarchy.ranked[Int(rank)])] }
    if range.count == 1 { return value(range.lowerBound) }
    if let label = groups[range] { return label }
    if hierarchy.order == .ordered { return "[\(value(range.lowerBound)) .. \(value(range.upperBound))]" }
    return "{" + range.map(value).joined(separator: "|") + "}"
  }

  func penalty(_ range: ClosedRange<UInt32>) -> Double {
    guard range.count > 1 else { return 0 }
    return hierarchy.extents[Int(range.upperBound)].upperBound
      - hierarchy.extents[Int(range.lowerBound)].lowerBound
  }
}
