/// How well clusters are apart: Rousseeuw, "Silhouettes: A Graphical Aid to the Interpretation and Validation of
/// Cluster Analysis" (1987). -1 to 1, higher is better.
public struct Silhouette: Hashable, Sendable {
  /// The mean silhouette of the customers looked at; nil with fewer than two clusters that have customers.
  public let value: Double?
  /// How many distinct points were looked at: all, or a sample drawn from the seed.
  public let points: Int
  /// Whether it is of a sample.
  public let isSample: Bool

  /// The most distinct points that are compared with each other.
  public static let mostPoints = 4096

  /// The mean silhouette of a clustering, exact up to `mostPoints` distinct points, of a sample of so many beyond.
  public init(_ clustering: KMeans, _ points: StandardizedPoints, seed: UInt64) {
    self.init(clustering, points, seed: seed, atMost: Self.mostPoints)
  }

  /// The same with a bound of its own.
  init(_ clustering: KMeans, _ points: StandardizedPoints, seed: UInt64, atMost mostPoints: Int) {
    var clusters = [Int](repeating: 0, count: points.count)
    for (customer, place) in points.places.enumerated() { clusters[place] = clustering.assignments[customer] }
    let chosen = Self.sample(points.count, seed, mostPoints)
    isSample = chosen.count < points.count
    self.points = chosen.count
    var weights = [Double](repeating: 0, count: clustering.clusters)
    for point in chosen { weights[clusters[point]] += points.weights[point] }
    guard weights.count(where: { $0 > 0 }) > 1 else {
      value = nil
      return
    }
    var (sum, total) = (CompensatedSum(), 0.0)
    for point in chosen {
      let width = Self.width(point, among: chosen, clusters, weights, points)
      sum += points.weights[point] * width
      total += points.weights[point]
    }
    value = sum.value / total
  }

  /// (b - a) / max(a, b): a the mean distance to the point's own cluster, b to the nearest other one; 0 for a customer who is
  /// alone in a cluster.
  private static func width(
    _ point: Int, among chosen: [Int], _ clusters: [Int], _ weights: [Double], _ points: StandardizedPoints
  ) -> Double {
    var distances = [Double](repeating: 0, count: weights.count)
    for other in chosen {
      distances[clusters[other]] +=
        points.weights[other] * points.squaredDistance(point, points.coordinates, other).squareRoot()
    }
    let own = clusters[point]
    guard weights[own] > 1 else { return 0 }
    let within = distances[own] / (weights[own] - 1)
    var nearest = Double.infinity
    for cluster in weights.indices where cluster != own && weights[cluster] > 0 {
      nearest = min(nearest, distances[cluster] / weights[cluster])
    }
    let larger = max(within, nearest)
    return larger > 0 ? (nearest - within) / larger : 0
  }

  /// Distinct points in ascending order, drawn without replacement (Knuth's selection sampling).
  private static func sample(_ count: Int, _ seed: UInt64, _ mostPoints: Int) -> [Int] {
    guard count > mostPoints else { return Array(0..<count) }
    var random = SplitMix64(seed: seed)
    var chosen: [Int] = []
    for point in 0..<count {
      if Double(count - point) * random.unit() < Double(mostPoints - chosen.count) { chosen.append(point) }
    }
    return chosen
  }
}

/// Clusterings of 2 to so many clusters, and the number whose silhouette is largest.
public struct ClusterChoice: Sendable {
  /// One number of clusters.
  public struct Candidate: Sendable {
    /// The clustering.
    public let clustering: KMeans
    /// How well its clusters are apart.
    public let silhouette: Silhouette
  }

  /// The candidates by number of clusters.
  public let candidates: [Candidate]

  /// The candidate with the largest silhouette, of equals the one with fewer clusters.
  public var best: Candidate? {
    candidates.reduce(nil) { best, next in
      guard let value = next.silhouette.value else { return best }
      return value > best?.silhouette.value ?? -.infinity ? next : best
    }
  }

  /// The candidates.
  ///
  /// - Throws: `invalidShape` where the range starts below 2.
  public init(_ points: StandardizedPoints, clusters: ClosedRange<Int>, seed: UInt64) throws(ScoringError) {
    guard clusters.lowerBound >= 2 else { throw ScoringError(.invalidShape) }
    var candidates: [Candidate] = []
    for number in clusters where number <= points.count {
      let clustering = try KMeans(points, clusters: number, seed: seed)
      candidates.append(
        Candidate(clustering: clustering, silhouette: Silhouette(clustering, points, seed: seed)))
    }
    self.candidates = candidates
  }
}
