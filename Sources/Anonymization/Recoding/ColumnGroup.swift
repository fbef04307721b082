/// Some quasi-identifiers packed into one code: so many columns cost one look-up.
struct ColumnGroup {
  /// The most combinations that columns are packed into.
  static let mostCombinations = 1 << 16

  /// The columns, as their places in the table.
  let columns: [Int]
  /// For each column the values that occur.
  let present: [[UInt32]]
  /// How many combinations of them there can be.
  let combinations: Int

  /// Packs the columns of a table so that few groups hold all of them.
  static func pack(_ table: Microdata) -> [ColumnGroup] {
    let limit = min(mostCombinations, max(256, table.rowCount / 8))
    let present = table.quasiIdentifiers.map { column in
      var occurs = [Bool](repeating: false, count: column.hierarchy.values.count)
      for code in column.codes { occurs[Int(code)] = true }
      return occurs.indices.filter { occurs[$0] }.map { UInt32($0) }
    }
    // First fit of the largest first: the known heuristic for bins, on logarithms of sizes.
    var bins: [(columns: [Int], size: Int)] = []
    for column in present.indices.sorted(by: { present[$0].count > present[$1].count }) {
      let size = max(1, present[column].count)
      if let bin = bins.firstIndex(where: { $0.size <= limit / size }) {
        bins[bin].columns.append(column)
        bins[bin].size *= size
      } else {
        bins.append(([column], size))
      }
    }
    return bins.map { bin in
      ColumnGroup(columns: bin.columns, present: bin.columns.map { present[$0] }, combinations: bin.size)
    }
  }

  /// Row by row the code of the combination.
  func codes(of table: Microdata) -> [UInt32] {
    var result = [UInt32](repeating: 0, count: table.rowCount)
    for (place, column) in columns.enumerated() {
      let source = table.quasiIdentifiers[column]
      var rank = [UInt32](repeating: 0, count: source.hierarchy.values.count)
      for (index, value) in present[place].enumerated() { rank[Int(value)] = UInt32(index) }
      let size = UInt32(max(1, present[place].count))
      for row in result.indices { result[row] = result[row] &* size &+ rank[Int(source.codes[row])] }
    }
    return result
  }

  /// The value of one of the columns in a combination.
  func value(_ place: Int, of combination: UInt32) -> UInt32 {
    var rest = Int(combination)
    for later in stride(from: columns.count - 1, to: place, by: -1) { rest /= max(1, present[later].count) }
    return present[place][rest % max(1, present[place].count)]
  }

  /// For each combination the number of what it becomes at these levels of all columns, times a stride.
  func table(_ quasiIdentifiers: [Microdata.QuasiIdentifier], levels: [Int], stride: UInt64) -> [UInt64] {
    var table: [UInt64] = [0]
    table.reserveCapacity(combinations)
    for (place, column) in columns.enumerated() {
      let level = quasiIdentifiers[column].hierarchy.levels[levels[column]]
      let groups = present[place].map { UInt64(level.groupOfValue[Int($0)]) }
      // A level has at most as many groups as values occur: the numbers stay below the stride of the next.
      let dense = Self.dense(groups)
      let size = UInt64(max(1, present[place].count))
      var next: [UInt64] = []
      next.reserveCapacity(table.count * dense.count)
      for prefix in table { for group in dense { next.append(prefix &* size &+ group) } }
      table = next
    }
    return table.map { $0 &* stride }
  }

  private static func dense(_ groups: [UInt64]) -> [UInt64] {
    var numbers: [UInt64: UInt64] = [:]
    return groups.map { group in
      if let number = numbers[group] { return number }
      let number = UInt64(numbers.count)
      numbers[group] = number
      return number
    }
  }
}
