/// Bands of a number that would tell one person from all others: a score, an amount, a tenure.
///
/// The bands take the number's place before anything else happens: they are the values of the column.
public enum Bands: Sendable {
  /// As many bands, each with about as many rows. Published by their number: a limit between two of them would
  /// be somebody's exact value.
  case quantiles(Int)
  /// Bands that begin at these numbers; the first and the last are open.
  case bounds([ScaledDecimal])

  /// The most bands.
  public static let most = 100

  /// What a column becomes.
  public struct Banded: Sendable {
    /// The band of each distinct value.
    public let bandOfValue: [UInt32]
    /// The bands, with merged neighbours above them.
    public let hierarchy: Hierarchy
  }

  /// Puts the distinct values of a column into bands.
  ///
  /// - Parameters:
  ///   - values: the distinct values.
  ///   - counts: how many rows have each.
  ///   - column: for messages.
  public func apply(
    to values: [String], counts: [Int], column: String
  ) throws(AnonymizationError) -> Banded {
    var limits: [ScaledDecimal] = []
    if case .bounds(let bounds) = self { limits = bounds }
    let domain = try NumericDomain(values, limits: limits, column: column)
    let bands: [UInt32]
    let labels: [String]
    switch self {
    case .quantiles(let count):
      guard (2...Self.most).contains(count) else {
        throw AnonymizationError(
          .badHierarchy, column: column, reason: "quantiles are 2 to \(Self.most) bands")
      }
      bands = Self.quantiles(count, of: domain, counts)
      labels = (1...count).map { "band \($0) of \(count)" }
    case .bounds(let bounds):
      let points = try bounds.map { (bound) throws(AnonymizationError) in try domain.units(bound, column) }
      guard !points.isEmpty, points.count < Self.most, zip(points, points.dropFirst()).allSatisfy({ $0 < $1 })
      else {
        throw AnonymizationError(
          .badHierarchy, column: column, reason: "bands begin at some numbers, ascending")
      }
      bands = domain.numbers.map { number in UInt32(points.firstIndex { number < $0 } ?? points.count) }
      labels = (0...points.count).map { index in
        domain.label(
          .init(
            lower: index > 0 ? points[index - 1] : nil, upper: index < points.count ? points[index] : nil))
      }
    }
    return Banded(bandOfValue: bands, hierarchy: Self.hierarchy(labels))
  }

  /// Equal values share a band; a band ends with the value that reaches its share of the rows.
  private static func quantiles(_ count: Int, of domain: NumericDomain, _ counts: [Int]) -> [UInt32] {
    let total = counts.reduce(0, +)
    var bands = [UInt32](repeating: 0, count: counts.count)
    var before = 0
    for value in domain.ranked {
      let middle = before + counts[Int(value)] / 2
      bands[Int(value)] = UInt32(min(count - 1, total == 0 ? 0 : middle * count / total))
      before += counts[Int(value)]
    }
    return bands
  }

  /// Neighbours merge two by two.
  private static func hierarchy(_ labels: [String]) -> Hierarchy {
    var levels = [Hierarchy.Level(identity: labels)]
    var width = 2
    while width < labels.count {
      let merged = stride(from: 0, to: labels.count, by: width).map { start in
        let last = min(start + width, labels.count) - 1
        return last == start ? labels[start] : "\(labels[start]) to \(labels[last])"
      }
      levels.append(.init(labels: merged, counting: labels.indices.map { UInt32($0 / width) }))
      width *= 2
    }
    if labels.count > 1 { levels.append(.init(top: labels.count)) }
    return Hierarchy(levels: levels, order: .ordered)
  }
}
