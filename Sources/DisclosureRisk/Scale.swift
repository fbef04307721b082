/// What the cells of a quasi-identifier mean, told from the profile and the values of the table that it was made of:
/// how much each says less than a value, and how many values it leaves possible.
public struct Scale: Sendable {
  private enum Meaning: Sendable {
    /// By label: the leaves of the tree for which it stands.
    case tree([String: [Int]])
    case numbers(sorted: [Double], unit: Double)
    case days(places: [String: Int], spans: [DaySpan])
    case codes(sorted: [String])
    case steps([String: Int])
  }

  /// Everything.
  static let everything = "*"

  private let meaning: Meaning
  private let count: Int

  private init(_ meaning: Meaning, count: Int) {
    self.meaning = meaning
    self.count = count
  }

  /// Categories of a tree: for each value the value, then what it becomes at each level.
  public static func tree(_ paths: [[String]]) -> Scale {
    var leaves: [String: [Int]] = [:]
    for (leaf, path) in paths.enumerated() {
      for label in Set(path) { leaves[label, default: []].append(leaf) }
    }
    return Scale(.tree(leaves), count: paths.count)
  }

  /// Numbers; nil where a value is none.
  public static func numbers(_ values: [String]) -> Scale? {
    let parsed = values.compactMap(Double.init)
    guard parsed.count == values.count, !parsed.isEmpty else { return nil }
    let decimals = values.map { $0.split(separator: ".").dropFirst().first?.utf8.count ?? 0 }.max() ?? 0
    let unit = (0..<decimals).reduce(1.0) { unit, _ in unit / 10 }
    return Scale(.numbers(sorted: parsed.sorted(), unit: unit), count: values.count)
  }

  /// Dates; nil where a value is none.
  public static func dates(_ values: [String]) -> Scale? {
    let spans = values.compactMap(DaySpan.init)
    guard spans.count == values.count, !spans.isEmpty else { return nil }
    let places = Dictionary(values.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return Scale(.days(places: places, spans: spans), count: values.count)
  }

  /// Codes that are masked from the right.
  public static func codes(_ values: [String]) -> Scale {
    Scale(.codes(sorted: values.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }), count: values.count)
  }

  /// Bands in their order, of which neighbours are merged.
  public static func bands(_ values: [String]) -> Scale {
    let places = Dictionary(values.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return Scale(.steps(places), count: values.count)
  }

  /// How cells are spread over the domain if each is any of the values that it leaves possible, place by place; nil
  /// where a cell means nothing on this scale.
  public func spread(_ cells: [(label: String, count: Int)]) -> [Double]? {
    var result = [Double](repeating: 0, count: count)
    for cell in cells {
      guard let values = reading(cell.label)?.values else { return nil }
      values.forEach { result[$0] += Double(cell.count) / Double(values.count) }
    }
    return result
  }

  /// What a cell says: the share of the domain that it covers (0 for one value), and which values of the domain it
  /// leaves possible, by their places; nil where it means nothing on this scale.
  func reading(_ label: String) -> (penalty: Double, values: PossibleValues)? {
    if label == Self.everything { return (count > 1 ? 1 : 0, .run(0..<count)) }
    switch meaning {
    case .tree(let leaves): return tree(label, leaves)
    case .numbers(let sorted, let unit): return number(label, sorted, unit)
    case .days(let values, let spans): return day(label, values, spans)
    case .codes(let sorted): return code(label, sorted)
    case .steps(let places): return step(label, places)
    }
  }

  private func share(of values: PossibleValues) -> (penalty: Double, values: PossibleValues)? {
    guard values.count > 0 else { return nil }
    return (values.count == 1 ? 0 : Double(values.count) / Double(count), values)
  }

  private func tree(_ label: String, _ leaves: [String: [Int]]) -> (penalty: Double, values: PossibleValues)?
  {
    if let known = leaves[label] { return share(of: .some(known)) }
    // A range of values that have an order, which is that of the tree.
    if let ends = Bounds.ends(of: label), let low = leaves[ends.0]?.min(), let high = leaves[ends.1]?.max(),
      low <= high
    {
      return share(of: .run(low..<high + 1))
    }
    guard label.hasPrefix("{"), label.hasSuffix("}") else { return nil }
    let members = label.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
    let known = members.compactMap { leaves[String($0)] }
    return known.count == members.count ? share(of: .some(Array(known.joined()))) : nil
  }

  private func number(
    _ label: String, _ sorted: [Double], _ unit: Double
  ) -> (penalty: Double, values: PossibleValues)? {
    if let value = Double(label) { return sorted.firstIndex(of: value).map { (0, .some([$0])) } }
    guard let bounds = Bounds(numbers: label, unit: unit), let least = sorted.first,
      let greatest = sorted.last
    else { return nil }
    let lower = max(bounds.lower, least)
    let upper = min(bounds.upper, greatest + unit)
    let run = sorted.firstPlace { $0 >= bounds.lower }..<sorted.firstPlace { $0 >= bounds.upper }
    guard !run.isEmpty else { return nil }
    let isOne = upper - lower <= unit * (1 + 1e-9)
    return (isOne ? 0 : (upper - lower) / (greatest + unit - least), .run(run))
  }

  private func day(_ label: String, _ days: [String: Int], _ spans: [DaySpan]) -> (
    penalty: Double, values: PossibleValues
  )? {
    if let value = days[label] { return (0, .some([value])) }
    guard let first = spans.map(\.first).min(), let last = spans.map(\.last).max() else { return nil }
    let span: DaySpan
    if let ends = Bounds.ends(of: label), let low = DaySpan(ends.0), let high = DaySpan(ends.1) {
      span = DaySpan(first: low.first, last: high.last)
    } else if let period = DaySpan(label) {
      span = period
    } else {
      return nil
    }
    let values = spans.indices.filter { spans[$0].first >= span.first && spans[$0].last <= span.last }
    let covered = min(span.last, last) - max(span.first, first) + 1
    return values.isEmpty ? nil : (Double(covered) / Double(last - first + 1), .some(values))
  }

  private func code(_ label: String, _ sorted: [String]) -> (penalty: Double, values: PossibleValues)? {
    func place(_ isReached: (String) -> Bool) -> Int { sorted.firstPlace(where: isReached) }
    if let ends = Bounds.ends(of: label) {
      let low = place { !$0.utf8.lexicographicallyPrecedes(ends.0.utf8) }
      let high = place { ends.1.utf8.lexicographicallyPrecedes($0.utf8) }
      return low < high ? share(of: .run(low..<high)) : nil
    }
    guard let star = label.firstIndex(of: "*") else {
      let found = place { !$0.utf8.lexicographicallyPrecedes(label.utf8) }
      return found < sorted.count && sorted[found] == label ? (0, .some([found])) : nil
    }
    let front = label[..<star]
    let length = label.count
    return share(
      of: .some(sorted.indices.filter { sorted[$0].hasPrefix(front) && sorted[$0].count == length }))
  }

  private func step(_ label: String, _ places: [String: Int]) -> (penalty: Double, values: PossibleValues)? {
    if let place = places[label] { return (0, .some([place])) }
    if let ends = Bounds.ends(of: label), let low = places[ends.0], let high = places[ends.1], low <= high {
      return share(of: .run(low..<high + 1))
    }
    // "A to B", where A or B may hold the word themselves.
    for (name, low) in places where label.hasPrefix(name + " to ") {
      if let high = places[String(label.dropFirst(name.count + 4))], low <= high {
        return share(of: .run(low..<high + 1))
      }
    }
    return nil
  }
}

/// Values of a domain by their places.
enum PossibleValues {
  /// Neighbours.
  case run(Range<Int>)
  /// Any.
  case some([Int])

  var count: Int {
    switch self {
    case .run(let run): run.count
    case .some(let places): places.count
    }
  }

  func forEach(_ body: (Int) -> Void) {
    switch self {
    case .run(let run): for place in run { body(place) }
    case .some(let places): for place in places { body(place) }
    }
  }

  func add(to set: inout Set<Int>) {
    switch self {
    case .run(let run): set.formUnion(run)
    case .some(let places): set.formUnion(places)
    }
  }
}

extension [Double] {
  /// The first place of ascending elements that satisfies a condition which, once true, stays true.
  func firstPlace(where isReached: (Double) -> Bool) -> Int {
    Bisection.first(of: count) { isReached(self[$0]) }
  }
}

extension [String] {
  /// The same for texts.
  func firstPlace(where isReached: (String) -> Bool) -> Int {
    Bisection.first(of: count) { isReached(self[$0]) }
  }
}

/// Search by halves.
enum Bisection {
  static func first(of count: Int, _ isReached: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isReached(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The ends of a published range.
struct Bounds {
  let lower: Double
  /// The first number that is outside.
  let upper: Double

  /// Reads `[a, b)`, `<b`, `>=a` and `[a .. b]`.
  init?(numbers label: String, unit: Double) {
    if label.hasPrefix(">="), let lower = Double(label.dropFirst(2)) {
      self.init(lower: lower, upper: .infinity)
    } else if label.hasPrefix("<"), let upper = Double(label.dropFirst()) {
      self.init(lower: -.infinity, upper: upper)
    } else if let ends = Self.ends(of: label), let lower = Double(ends.0), let upper = Double(ends.1) {
      self.init(lower: lower, upper: upper + unit)
    } else if label.hasPrefix("["), label.hasSuffix(")"), let comma = label.firstIndex(of: ","),
      let lower = Double(label[label.index(after: label.startIndex)..<comma]),
      let upper = Double(label[label.index(after: comma)...].dropLast().drop { $0 == " " })
    {
      self.init(lower: lower, upper: upper)
    } else {
      return nil
    }
  }

  private init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// The two ends of `[a .. b]`.
  static func ends(of label: String) -> (String, String)? {
    guard label.hasPrefix("["), label.hasSuffix("]") else { return nil }
    let inside = label.dropFirst().dropLast()
    guard let gap = inside.firstRange(of: " .. ") else { return nil }
    return (String(inside[..<gap.lowerBound]), String(inside[gap.upperBound...]))
  }
}
