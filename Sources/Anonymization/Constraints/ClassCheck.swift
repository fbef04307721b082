/// Whether classes meet k and the limits of every sensitive column. Holds what checking needs, so that a class
/// costs nothing but its rows.
final class ClassCheck {
  private let table: Microdata
  private let k: Int
  private let movers: [EarthMover?]
  private var counts: [[Int]]
  private var lastClass: [UInt32]
  private var serial: UInt32 = 0

  /// - Parameter published: the rows whose distribution t-closeness is measured against; nil for all.
  init(_ table: Microdata, k: Int, published: ((Int) -> Bool)? = nil) {
    self.table = table
    self.k = k
    counts = table.sensitive.map { [Int](repeating: 0, count: $0.valueCount) }
    lastClass = table.persons == nil ? [] : [UInt32](repeating: 0, count: Int(table.persons?.max() ?? 0) + 1)
    movers = table.sensitive.map { column in
      guard let closeness = column.closeness else { return nil }
      var counts = [Int](repeating: 0, count: column.valueCount)
      for (row, code) in column.codes.enumerated() where published?(row) ?? true { counts[Int(code)] += 1 }
      return EarthMover(closeness.distance, counts: counts, ranked: column.ranked, tree: column.tree)
    }
  }

  /// How many people a class has.
  func people(_ rows: some Sequence<UInt32>) -> Int {
    guard let persons = table.persons else { return rows.reduce(0) { count, _ in count + 1 } }
    serial += 1
    var people = 0
    for row in rows {
      let person = Int(persons[Int(row)])
      if lastClass[person] != serial {
        lastClass[person] = serial
        people += 1
      }
    }
    return people
  }

  /// Whether rows, of which there are `count`, make a class that may be published.
  func isMet(by rows: some Sequence<UInt32>, count: Int) -> Bool {
    guard count >= k, table.persons == nil || people(rows) >= k else { return false }
    return table.sensitive.indices.allSatisfy { isMet(by: rows, column: $0) }
  }

  /// Whether the rows meet the limits of one sensitive column.
  private func isMet(by rows: some Sequence<UInt32>, column: Int) -> Bool {
    let sensitive = table.sensitive[column]
    guard !sensitive.diversity.isEmpty || movers[column] != nil else { return true }
    if movers[column] == nil, let least = sensitive.onlyDistinct, table.persons == nil {
      return hasDistinct(least, rows, column: column)
    }
    var touched: [UInt32] = []
    let total = count(rows, column: column, touched: &touched)
    defer { for code in touched { counts[column][Int(code)] = 0 } }
    for diversity in sensitive.diversity {
      guard diversity.isMet(by: touched.lazy.map { self.counts[column][Int($0)] }, total: total) else {
        return false
      }
    }
    guard let mover = movers[column], let closeness = sensitive.closeness else { return true }
    return mover.distance(counts[column], touched: touched, total: total) <= closeness.limit
  }

  /// How far rows are from the reference distribution of a column with a limit on it.
  func distance(of rows: some Sequence<UInt32>, column: Int) -> Double {
    var touched: [UInt32] = []
    let total = count(rows, column: column, touched: &touched)
    defer { for code in touched { counts[column][Int(code)] = 0 } }
    return movers[column]?.distance(counts[column], touched: touched, total: total) ?? 0
  }

  /// Looks only as far as it must.
  private func hasDistinct(_ least: Int, _ rows: some Sequence<UInt32>, column: Int) -> Bool {
    var touched: [UInt32] = []
    defer { for code in touched { counts[column][Int(code)] = 0 } }
    for row in rows {
      let code = table.sensitive[column].codes[Int(row)]
      guard counts[column][Int(code)] == 0 else { continue }
      counts[column][Int(code)] = 1
      touched.append(code)
      if touched.count >= least { return true }
    }
    return touched.count >= least
  }

  /// Counts values; a person who has one several times counts once for it.
  private func count(_ rows: some Sequence<UInt32>, column: Int, touched: inout [UInt32]) -> Int {
    let codes = table.sensitive[column].codes
    var total = 0
    func add(_ code: UInt32) {
      if counts[column][Int(code)] == 0 { touched.append(code) }
      counts[column][Int(code)] += 1
      total += 1
    }
    guard let persons = table.persons else {
      for row in rows { add(codes[Int(row)]) }
      return total
    }
    var pairs = rows.map { UInt64(persons[Int($0)]) << 32 | UInt64(codes[Int($0)]) }
    pairs.sort()
    var last: UInt64?
    for pair in pairs where pair != last {
      add(UInt32(truncatingIfNeeded: pair))
      last = pair
    }
    return total
  }
}

extension Microdata.Sensitive {
  /// The number of different values that is asked for, where nothing else is.
  var onlyDistinct: Int? {
    guard diversity.count == 1, case .distinct(let l)? = diversity.first else { return nil }
    return l
  }
}
