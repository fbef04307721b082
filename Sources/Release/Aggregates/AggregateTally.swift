public import Anonymization

/// Adds customers up, row by row; figures come out with their noise.
public final class AggregateTally {
  private let columns: [String]
  private let decimalsOf: (String) -> Int
  private var row: [String]
  private var tallies: [QueryTally]

  /// A tally of these queries over rows of these columns.
  ///
  /// - Parameter decimals: how many decimals a column's unit has, where its query does not say.
  public init(_ queries: [AggregateQuery], columns: [String], decimals: @escaping (String) -> Int) {
    self.columns = columns
    decimalsOf = decimals
    row = columns.map { _ in "" }
    tallies = queries.map { QueryTally($0, columns: columns, decimals: decimals) }
  }

  /// Takes a cell of the current row.
  public func cell(_ column: Int, _ text: Span<UInt8>) {
    row[column] = String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
  }

  /// Ends the row: one customer.
  public func endRow() {
    for index in tallies.indices { tallies[index].add(row) }
  }

  /// The figures with noise. Draw once: every draw is paid for.
  public func release(_ plan: AggregatePlan, from bits: inout some BitSource) -> [AggregateFigure] {
    var figures: [AggregateFigure] = []
    for (step, tally) in zip(plan.steps, tallies) { figures += tally.figures(step.noise, from: &bits) }
    return figures
  }
}

/// What one query has of the rows so far.
private struct QueryTally {
  private let query: AggregateQuery
  private let place: Int?
  private let groups: [(place: Int, values: [String: Int])]
  private let filter: [(place: Int, values: Set<String>)]
  private let decimals: Int
  private let cellOfText: [String: Int]
  /// Group by group: customers, or customers by cell.
  private var counts: [[Int]]
  /// Group by group the sum of clamped values.
  private var sums: [Int]
  /// Group by group the values.
  private var values: [[Int]]

  init(_ query: AggregateQuery, columns: [String], decimals: (String) -> Int) {
    func place(_ name: String) -> Int { columns.firstIndex(of: name) ?? 0 }
    self.query = query
    self.place = query.column.map(place)
    groups = query.groups.map { key in
      (place(key.column), Dictionary(key.values.enumerated().map { ($1, $0) }) { first, _ in first })
    }
    filter = query.filter.map { (place($0.column), Set($0.values)) }
    self.decimals = query.decimals ?? query.column.map(decimals) ?? 0
    var cellOfText: [String: Int] = [:]
    var width = 1
    if case .histogram(let cells) = query.figure {
      width = cells.labels(decimals: 0).count
      if case .texts(let texts) = cells {
        cellOfText = Dictionary(texts.enumerated().map { ($1, $0) }) { first, _ in first }
      }
    }
    self.cellOfText = cellOfText
    counts = [[Int]](repeating: [Int](repeating: 0, count: width), count: query.groupCount)
    sums = [Int](repeating: 0, count: query.groupCount)
    values = [[Int]](repeating: [], count: query.groupCount)
  }

  mutating func add(_ row: [String]) {
    guard filter.allSatisfy({ $0.values.contains(row[$0.place]) }) else { return }
    var group = 0
    for key in groups {
      guard let value = key.values[row[key.place]] else { return }
      group = group * key.values.count + value
    }
    switch query.figure {
    case .count: counts[group][0] += 1
    case .histogram(.texts):
      guard let place, let cell = cellOfText[row[place]] else { return }
      counts[group][cell] += 1
    case .histogram(.bounds(let bounds)):
      guard let place, let number = Self.units(row[place], decimals: decimals) else { return }
      counts[group][bounds.firstIndex { number < $0 } ?? bounds.count] += 1
    case .sum(let clamp):
      guard let place, let number = Self.units(row[place], decimals: decimals) else { return }
      sums[group] += min(max(number, clamp.lower), clamp.upper)
    case .mean(let clamp):
      guard let place, let number = Self.units(row[place], decimals: decimals) else { return }
      counts[group][0] += 1
      sums[group] += min(max(number, clamp.lower), clamp.upper) - AggregatePlan.middle(of: clamp)
    case .quantile:
      guard let place, let number = Self.units(row[place], decimals: decimals) else { return }
      values[group].append(number)
    }
  }

  /// A decimal text in units, cut off behind the unit's last decimal; nil where there is none.
  static func units(_ text: String, decimals: Int) -> Int? {
    guard let number = ScaledDecimalText(text) else { return nil }
    return number.units(decimals: decimals)
  }

  func figures(_ noise: AggregatePlan.Noise, from bits: inout some BitSource) -> [AggregateFigure] {
    var figures: [AggregateFigure] = []
    for group in 0..<query.groupCount {
      for (cell, units) in drawn(group, noise, from: &bits) {
        let isCount =
          switch query.figure {
          case .count, .histogram: true
          default: false
          }
        figures.append(
          AggregateFigure(
            query: query.name, group: keys(of: group), cell: cell, units: units,
            decimals: isCount ? 0 : decimals))
      }
    }
    return figures
  }

  private func drawn(
    _ group: Int, _ noise: AggregatePlan.Noise, from bits: inout some BitSource
  ) -> [(cell: String?, units: Int)] {
    switch noise {
    case .laplace(let noise): return additive(group) { noise.draw(from: &bits) }
    case .gaussian(let noise): return additive(group) { noise.draw(from: &bits) }
    case .mean(let sum, let count):
      guard case .mean(let clamp) = query.figure else { return [] }
      let total = sums[group] + sum.draw(from: &bits)
      let customers = max(1, counts[group][0] + count.draw(from: &bits))
      let offset = min(
        max(Self.rounded(total, over: customers), -AggregatePlan.radius(clamp)), AggregatePlan.radius(clamp))
      return [(nil, min(max(AggregatePlan.middle(of: clamp) + offset, clamp.lower), clamp.upper))]
    case .quantile(let quantile): return [(nil, quantile.select(values[group], from: &bits))]
    }
  }

  private func additive(_ group: Int, _ draw: () -> Int) -> [(cell: String?, units: Int)] {
    switch query.figure {
    case .histogram(let cells):
      return zip(cells.labels(decimals: decimals), counts[group]).map { ($0, $1 + draw()) }
    case .sum: return [(nil, sums[group] + draw())]
    default: return [(nil, counts[group][0] + draw())]
    }
  }

  private static func rounded(_ number: Int, over divisor: Int) -> Int {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
    guard 2 * remainder.magnitude >= UInt(divisor) else { return quotient }
    return quotient + (number < 0 ? -1 : 1)
  }

  private func keys(of group: Int) -> [(column: String, value: String)] {
    var rest = group
    var keys: [(column: String, value: String)] = []
    for key in query.groups.reversed() {
      keys.append((key.column, key.values[rest % key.values.count]))
      rest /= key.values.count
    }
    return keys.reversed()
  }
}

/// A decimal number as it stands in a cell.
private struct ScaledDecimalText {
  private let isNegative: Bool
  private let whole: Substring
  private let fraction: Substring

  init?(_ text: String) {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), !parts[0].isEmpty,
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { return nil }
    isNegative = text.hasPrefix("-")
    whole = parts[0]
    fraction = parts.count == 2 ? parts[1] : ""
  }

  func units(decimals: Int) -> Int? {
    let padded = fraction.prefix(decimals) + String(repeating: "0", count: max(0, decimals - fraction.count))
    guard let number = Int(whole + padded) else { return nil }
    return isNegative ? -number : number
  }
}
