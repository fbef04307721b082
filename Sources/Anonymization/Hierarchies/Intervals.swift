/// Intervals of a number: by widths of which each is a multiple of the one before, or by bounds of which each
/// level's are some of the level's before. Open at either end where a limit says so.
public struct Intervals: Sendable {
  /// The cut points of a level.
  enum Cuts: Sendable {
    case width(ScaledDecimal)
    case bounds([ScaledDecimal])
  }

  let levels: [Cuts]
  let from: ScaledDecimal?
  let to: ScaledDecimal?

  /// Intervals of these widths, counted from `from` (0 where it is nil). Below `from` and from `to` on, one
  /// open interval each.
  public init(widths: [ScaledDecimal], from: ScaledDecimal? = nil, to: ScaledDecimal? = nil) {
    levels = widths.map(Cuts.width)
    self.from = from
    self.to = to
  }

  /// For each level the points at which a new interval begins; the first and the last interval are open.
  public init(bounds: [[ScaledDecimal]]) {
    levels = bounds.map(Cuts.bounds)
    from = nil
    to = nil
  }

  /// The hierarchy over these values of a column.
  ///
  /// The penalty of an interval is the share of its length in that of the domain: from the least to the greatest
  /// value, one unit of the values' last digit included.
  public func hierarchy(over values: [String], column: String) throws(AnonymizationError) -> Hierarchy {
    let scale = try NumericDomain(values, levels: levels, limits: [from, to], column: column)
    var made = [Hierarchy.Level(identity: values)]
    for cuts in levels {
      let intervals = try values.indices.map { (index) throws(AnonymizationError) in
        try interval(of: scale.numbers[index], cuts, scale, column)
      }
      let level = scale.level(intervals)
      guard let below = made.last, below.isRefined(by: level) else {
        throw AnonymizationError(
          .badHierarchy, column: column,
          reason:
            "its intervals are not a tree: each width is a multiple of the one before, each level's bounds "
            + "are some of the level's before")
      }
      // A level that merges nothing is none.
      if level.labels.count < below.labels.count { made.append(level) }
    }
    if let last = made.last, last.labels.count > 1 { made.append(.init(top: values.count)) }
    return Hierarchy(levels: made, order: .ordered, ranked: scale.ranked, extents: scale.extents)
  }

  private func interval(
    of number: Int64, _ cuts: Cuts, _ scale: NumericDomain, _ column: String
  ) throws(AnonymizationError) -> NumericDomain.Interval {
    let low = try from.map { (limit) throws(AnonymizationError) in try scale.units(limit, column) }
    let high = try to.map { (limit) throws(AnonymizationError) in try scale.units(limit, column) }
    if let low, number < low { return .init(lower: nil, upper: low) }
    if let high, number >= high { return .init(lower: high, upper: nil) }
    switch cuts {
    case .width(let width):
      let width = try scale.units(width, column)
      guard width > 0 else {
        throw AnonymizationError(.badHierarchy, column: column, reason: "an interval's width is above 0")
      }
      let origin = low ?? 0
      let (offset, overflow) = number.subtractingReportingOverflow(origin)
      let remainder = offset % width
      let (start, under) = number.subtractingReportingOverflow(remainder < 0 ? remainder + width : remainder)
      let (end, over) = start.addingReportingOverflow(width)
      guard !overflow, !under, !over else {
        throw AnonymizationError(.badHierarchy, column: column, reason: "an interval ends beyond 18 digits")
      }
      return .init(lower: start, upper: high.map { min($0, end) } ?? end)
    case .bounds(let bounds):
      let points = try bounds.map { (bound) throws(AnonymizationError) in try scale.units(bound, column) }
      guard !points.isEmpty, zip(points, points.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw AnonymizationError(.badHierarchy, column: column, reason: "bounds are some numbers, ascending")
      }
      let next = points.firstIndex { number < $0 } ?? points.count
      return .init(
        lower: next > 0 ? points[next - 1] : nil, upper: next < points.count ? points[next] : nil)
    }
  }
}

/// The numbers of a column, in units of the finest digit among them.
struct NumericDomain {
  /// What lies between two bounds; the upper one is outside.
  struct Interval: Hashable {
    let lower: Int64?
    let upper: Int64?
  }

  let numbers: [Int64]
  let decimals: Int
  /// One in the last digit that the values have; limits may have more.
  let unit: Int64
  let least: Int64
  let greatest: Int64

  init(
    _ values: [String], levels: [Intervals.Cuts] = [], limits: [ScaledDecimal?] = [], column: String
  ) throws(AnonymizationError) {
    var parsed: [ScaledDecimal] = []
    var foreign = 0
    for value in values {
      if let number = ScaledDecimal(value) { parsed.append(number) } else { foreign += 1 }
    }
    guard foreign == 0 else {
      throw AnonymizationError(
        .missingValue, column: column, reason: "\(foreign) distinct values are not decimal numbers",
        hint: "give it a hierarchy file, or clean the column")
    }
    var decimals = parsed.lazy.map(\.decimals).max() ?? 0
    let valueDecimals = decimals
    for cuts in levels {
      switch cuts {
      case .width(let width): decimals = max(decimals, width.decimals)
      case .bounds(let bounds): decimals = max(decimals, bounds.lazy.map(\.decimals).max() ?? 0)
      }
    }
    for limit in limits { decimals = max(decimals, limit?.decimals ?? 0) }
    self.decimals = decimals
    unit = (valueDecimals..<decimals).reduce(1) { unit, _ in unit * 10 }
    numbers = try parsed.map { (number) throws(AnonymizationError) in
      guard let units = number.units(decimals: decimals) else {
        throw AnonymizationError(.badNumber, column: column, reason: "a number has too many digits")
      }
      return units
    }
    least = numbers.min() ?? 0
    greatest = numbers.max() ?? 0
  }

  func units(_ number: ScaledDecimal, _ column: String) throws(AnonymizationError) -> Int64 {
    guard let units = number.units(decimals: decimals) else {
      throw AnonymizationError(.badNumber, column: column, reason: "a limit has too many digits")
    }
    return units
  }

  /// The values by size.
  var ranked: [UInt32] {
    (0..<UInt32(numbers.count)).sorted { numbers[Int($0)] < numbers[Int($1)] }
  }

  /// Where each value of ``ranked`` begins and ends on the scale of the domain.
  var extents: [ClosedRange<Double>] {
    ranked.map { value in
      let offset = Double(numbers[Int(value)] - least)
      return offset / length...(offset + Double(unit)) / length
    }
  }

  private var length: Double { Double(greatest - least) + Double(unit) }

  /// The share of an interval in the domain; 0 where it holds a single unit.
  func penalty(_ interval: Interval) -> Double {
    let lower = Double(max(interval.lower ?? least, least))
    let upper = min(interval.upper.map { Double($0) } ?? .infinity, Double(greatest) + Double(unit))
    return upper - lower <= Double(unit) ? 0 : (upper - lower) / length
  }

  func label(_ interval: Interval) -> String {
    func text(_ units: Int64) -> String { ScaledDecimal.text(units: units, decimals: decimals) }
    switch (interval.lower, interval.upper) {
    case (let lower?, let upper?): return "[\(text(lower)), \(text(upper)))"
    case (let lower?, nil): return ">=\(text(lower))"
    case (nil, let upper?): return "<\(text(upper))"
    case (nil, nil): return Hierarchy.topLabel
    }
  }

  func level(_ intervals: [Interval]) -> Hierarchy.Level {
    var codes: [Interval: UInt32] = [:]
    var labels: [String] = []
    var penalty: [Double] = []
    let groups = intervals.map { interval in
      if let code = codes[interval] { return code }
      let code = UInt32(labels.count)
      codes[interval] = code
      labels.append(label(interval))
      penalty.append(self.penalty(interval))
      return code
    }
    return Hierarchy.Level(labels: labels, groupOfValue: groups, penalty: penalty)
  }
}
