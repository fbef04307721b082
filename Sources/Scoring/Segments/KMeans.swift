/// Clusters of customers: Lloyd's algorithm from k-means++ starting points (Arthur, Vassilvitskii, "k-means++: The
/// Advantages of Careful Seeding", 2007), the same for the same seed whatever the order of the customers.
public struct KMeans: Sendable {
  /// How many clusters, numbered from 0 in the order of their centres' first coordinate that differs.
  public let clusters: Int
  /// Each cluster's centre in standardized coordinates.
  public let centres: [[Double]]
  /// Each customer's cluster, in the order in which they were given.
  public let assignments: [Int]
  /// How many customers each cluster has.
  public let sizes: [Int]
  /// The sum of squared distances to the centres.
  public let inertia: Double
  /// How many rounds it took.
  public let iterations: Int
  /// Whether the last round changed nothing.
  public let isConverged: Bool

  /// Clusters of points, the best of several starts.
  ///
  /// - Parameters:
  ///   - clusters: at least 1, at most as many as there are distinct points.
  ///   - seed: which starts are drawn.
  ///   - starts: how many, at least 1.
  /// - Throws: `invalidShape`.
  public init(
    _ points: StandardizedPoints, clusters: Int, seed: UInt64, starts: Int = 8
  ) throws(ScoringError) {
    guard clusters >= 1, clusters <= points.count, starts >= 1 else { throw ScoringError(.invalidShape) }
    var random = SplitMix64(seed: seed)
    var best: Lloyd?
    for _ in 0..<starts {
      var run = Lloyd(points, centres: Self.careful(points, clusters, &random))
      run.iterate(points, atMost: 300)
      if run.inertia < best?.inertia ?? .infinity { best = run }
    }
    guard let best else { throw ScoringError(.invalidShape) }
    self.init(best, points)
  }

  /// Clusters from given centres, for comparison with other programs.
  init(_ points: StandardizedPoints, from centres: [[Double]]) {
    var run = Lloyd(points, centres: Array(centres.joined()))
    run.iterate(points, atMost: 300)
    self.init(run, points)
  }

  private init(_ run: Lloyd, _ points: StandardizedPoints) {
    let dimension = points.dimension
    let centres = stride(from: 0, to: run.centres.count, by: dimension).map {
      Array(run.centres[$0..<$0 + dimension])
    }
    let order = centres.indices.sorted { centres[$0].lexicographicallyPrecedes(centres[$1]) }
    var rank = [Int](repeating: 0, count: order.count)
    for (place, cluster) in order.enumerated() { rank[cluster] = place }
    clusters = centres.count
    self.centres = order.map { centres[$0] }
    assignments = points.places.map { rank[run.assignments[$0]] }
    var sizes = [Int](repeating: 0, count: centres.count)
    for (point, cluster) in run.assignments.enumerated() {
      sizes[rank[cluster]] += Int(points.weights[point])
    }
    self.sizes = sizes
    (inertia, iterations, isConverged) = (run.inertia, run.iterations, run.isConverged)
  }

  /// Starting centres: each next one drawn with a probability in proportion to its squared distance to the nearest.
  private static func careful(
    _ points: StandardizedPoints, _ clusters: Int, _ random: inout SplitMix64
  ) -> [Double] {
    var centres: [Double] = []
    var nearest = [Double](repeating: 1, count: points.count)
    for number in 0..<clusters {
      var total = 0.0
      for point in 0..<points.count { total += points.weights[point] * nearest[point] }
      let target = random.unit() * total
      var (chosen, cumulated) = (points.count - 1, 0.0)
      for point in 0..<points.count {
        cumulated += points.weights[point] * nearest[point]
        if cumulated > target {
          chosen = point
          break
        }
      }
      centres += points.coordinates[chosen * points.dimension..<(chosen + 1) * points.dimension]
      for point in 0..<points.count {
        let distance = points.squaredDistance(point, centres, number)
        nearest[point] = number == 0 ? distance : min(nearest[point], distance)
      }
    }
    return centres
  }
}

/// Lloyd's rounds: every point to its nearest centre, every centre to the mean of its points.
private struct Lloyd {
  var centres: [Double]
  var assignments: [Int]
  var inertia = Double.infinity
  var iterations = 0
  var isConverged = false

  init(_ points: StandardizedPoints, centres: [Double]) {
    self.centres = centres
    assignments = Array(repeating: -1, count: points.count)
  }

  mutating func iterate(_ points: StandardizedPoints, atMost rounds: Int) {
    while iterations < rounds && !isConverged {
      isConverged = !assign(points)
      if !isConverged { move(points) }
      iterations += 1
    }
    _ = assign(points)
  }

  /// Whether a point went to another centre; of two as near, the first.
  private mutating func assign(_ points: StandardizedPoints) -> Bool {
    var (changed, sum) = (false, CompensatedSum())
    for point in 0..<points.count {
      var (best, distance) = (0, Double.infinity)
      for centre in 0..<centres.count / points.dimension {
        let next = points.squaredDistance(point, centres, centre)
        if next < distance { (best, distance) = (centre, next) }
      }
      sum += points.weights[point] * distance
      if assignments[point] != best {
        assignments[point] = best
        changed = true
      }
    }
    inertia = sum.value
    return changed
  }

  /// A centre that lost all its points stays where it is.
  private mutating func move(_ points: StandardizedPoints) {
    let dimension = points.dimension
    var sums = [Double](repeating: 0, count: centres.count)
    var weights = [Double](repeating: 0, count: centres.count / dimension)
    for (point, cluster) in assignments.enumerated() {
      weights[cluster] += points.weights[point]
      for axis in 0..<dimension {
        sums[cluster * dimension + axis] +=
          points.weights[point] * points.coordinates[point * dimension + axis]
      }
    }
    for cluster in weights.indices where weights[cluster] > 0 {
      for axis in 0..<dimension {
        centres[cluster * dimension + axis] = sums[cluster * dimension + axis] / weights[cluster]
      }
    }
  }
}

extension KMeans {
  /// The cluster whose centre is nearest to a customer of another population, on the scales of this one; nil where a
  /// number is not finite or there are not as many as columns.
  ///
  /// - Parameters:
  ///   - values: the customer's numbers, in the order of the columns.
  ///   - points: the points that the clusters were made of.
  public func nearest(to values: [Double], on points: StandardizedPoints) -> Int? {
    guard values.count == points.dimension, values.allSatisfy(\.isFinite) else { return nil }
    let position = zip(values, points.scales).map { value, scale in
      points.transform(value) + 0 == scale.mean || scale.deviation <= 0
        ? 0 : (points.transform(value) + 0 - scale.mean) / scale.deviation
    }
    var (best, distance) = (0, Double.infinity)
    for (cluster, centre) in centres.enumerated() {
      let next = zip(position, centre).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      if next < distance { (best, distance) = (cluster, next) }
    }
    return best
  }
}
