/// Customers as points whose coordinates are standardized factors, equal ones counted once.
///
/// The distinct points are in the order of their coordinates, so that nothing computed from them depends on the order of
/// the customers.
public struct StandardizedPoints: Sendable {
  /// How many coordinates a point has.
  public let dimension: Int
  /// The distinct points one after the other.
  let coordinates: [Double]
  /// How many customers each distinct point stands for.
  let weights: [Double]
  /// The distinct point of each customer, in the order in which they were given.
  let places: [Int]
  /// Each column's mean and population standard deviation before it was standardized.
  public let scales: [(mean: Double, deviation: Double)]
  /// What was done to each number before.
  let transform: Transform

  /// How many distinct points there are.
  public var count: Int { weights.count }

  /// Points from columns, each transformed by ln(1 + x) of its magnitude where asked, then brought to mean 0 and standard
  /// deviation 1. A column that does not vary is 0 throughout.
  ///
  /// - Throws: `invalidShape` where there is no column, the columns differ in length, or a number is not finite.
  public init(columns: [[Double]], logarithmic: Bool = true) throws(ScoringError) {
    guard let customers = columns.first?.count, customers > 0,
      columns.allSatisfy({ $0.count == customers && $0.allSatisfy(\.isFinite) })
    else { throw ScoringError(.invalidShape) }
    let transform: Transform = logarithmic ? .logarithm(unit: 1) : .none
    self.transform = transform
    var standardized: [[Double]] = []
    var scales: [(mean: Double, deviation: Double)] = []
    for column in columns {
      let values = column.map { transform($0) + 0 }
      let norm = Norm(.zScore, sorted: values.sorted())
      standardized.append(values.map { norm($0) + 0 })
      if case .standard(let mean, let deviation) = norm { scales.append((mean, deviation)) }
    }
    let dimension = columns.count
    self.dimension = dimension
    self.scales = scales
    let order = (0..<customers).sorted { left, right in
      for column in standardized where column[left] != column[right] { return column[left] < column[right] }
      return left < right
    }
    var (coordinates, weights): ([Double], [Double]) = ([], [])
    var places = [Int](repeating: 0, count: customers)
    for customer in order {
      let point = standardized.map { $0[customer] }
      if coordinates.suffix(dimension).elementsEqual(point) {
        weights[weights.count - 1] += 1
      } else {
        coordinates += point
        weights.append(1)
      }
      places[customer] = weights.count - 1
    }
    (self.coordinates, self.weights, self.places) = (coordinates, weights, places)
  }

  /// The squared distance of a distinct point to a position among other coordinates.
  @inline(__always)
  func squaredDistance(_ point: Int, _ others: [Double], _ other: Int) -> Double {
    var sum = 0.0
    for axis in 0..<dimension {
      let difference = coordinates[point * dimension + axis] - others[other * dimension + axis]
      sum += difference * difference
    }
    return sum
  }
}
