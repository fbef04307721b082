/// How customers are put into segments.
public enum SegmentMethod: Hashable, Sendable {
  /// By bins of recency, frequency and amount, and a table of names.
  case rfm
  /// By k-means on recency, frequency and amount, standardized; the number of clusters by the silhouette where none is given.
  case kMeans(clusters: Int?, seed: UInt64)
  /// By rules over factors.
  case rules(SegmentRules)

  /// The name on the command line.
  public var name: String {
    switch self {
    case .rfm: "rfm"
    case .kMeans: "kmeans"
    case .rules: "rules"
    }
  }

  /// The most clusters among which the silhouette chooses.
  public static let mostClusters = 8
}

/// A population in segments.
public struct Segmentation: Sendable {
  /// What is told of k-means.
  public struct Clusters: Sendable {
    /// One number of clusters that was tried.
    public struct Candidate: Hashable, Sendable {
      /// How many clusters.
      public let clusters: Int
      /// How well they are apart, -1 to 1; nil where that is not defined.
      public let silhouette: Double?
      /// The sum of squared distances to the centres.
      public let inertia: Double
      /// Whether the silhouette is of a sample.
      public let isSample: Bool
    }

    /// How many clusters there are.
    public let count: Int
    /// Which starts were drawn.
    public let seed: UInt64
    /// What was tried, by number of clusters.
    public let candidates: [Candidate]

    /// The candidate that was taken.
    public var chosen: Candidate? { candidates.first { $0.clusters == count } }
  }

  /// How it was made.
  public let method: SegmentMethod
  /// The segments' names in their own order.
  public let names: [String]
  /// Each customer's segment; nil where there is none.
  public let assignments: [String?]
  /// Customers without a segment, by reason, ascending.
  public let excluded: [(reason: String, customers: Int)]
  /// What is told of k-means; nil for other methods.
  public let clusters: Clusters?

  private let rule: @Sendable (PopulationMember) -> String?
  private let settings: PopulationSettings

  /// Puts a population into segments.
  ///
  /// - Throws: `invalidShape` for a number of bins or clusters that makes no sense, or more clusters than distinct
  ///   customers; `noReference` where nobody has a purchase occasion.
  public init(
    _ method: SegmentMethod, of members: [PopulationMember], settings: PopulationSettings
  ) throws(ScoringError) {
    self.method = method
    self.settings = settings
    let digits = settings.minorDigits
    switch method {
    case .rfm:
      let binning = try RFMBinning(
        of: members.compactMap { $0.rfmInput(minorDigits: digits) }, bins: settings.bins)
      let table = settings.segments
      names = table.names
      rule = { $0.rfmInput(minorDigits: digits).map { table.segment(of: binning.score($0)) } }
      clusters = nil
    case .rules(let rules):
      names = rules.names
      rule = { rules.segment(of: $0.compositeInput) }
      clusters = nil
    case .kMeans(let count, let seed):
      let (clustering, points, told) = try Self.cluster(members, count, seed, digits)
      let names = (1...clustering.clusters).map { "cluster-\($0)" }
      self.names = names
      rule = { member in
        member.rfmInput(minorDigits: digits).flatMap { clustering.nearest(to: $0.coordinates, on: points) }
          .map { names[$0] }
      }
      clusters = told
    }
    assignments = members.map(rule)
    let missing = assignments.count { $0 == nil }
    excluded = missing > 0 ? [("missing:recency", missing)] : []
  }

  /// The same population at another time: by RFM bins of its own, by the same centres, by the same rules.
  ///
  /// - Throws: as `init(_:of:settings:)`.
  public func applied(to members: [PopulationMember], asOf: LocalDay) throws(ScoringError) -> [String?] {
    if method == .rfm {
      var settings = settings
      settings.asOf = asOf
      return try Segmentation(.rfm, of: members, settings: settings).assignments
    }
    return members.map(rule)
  }

  private static func cluster(
    _ members: [PopulationMember], _ count: Int?, _ seed: UInt64, _ digits: Int
  ) throws(ScoringError) -> (KMeans, StandardizedPoints, Clusters) {
    let known = members.compactMap { $0.rfmInput(minorDigits: digits)?.coordinates }
    guard !known.isEmpty else { throw ScoringError(.noReference, compositeFactor: .recency) }
    let points = try StandardizedPoints(columns: (0..<3).map { axis in known.map { $0[axis] } })
    func candidate(_ clustering: KMeans, _ silhouette: Silhouette) -> Clusters.Candidate {
      Clusters.Candidate(
        clusters: clustering.clusters, silhouette: silhouette.value, inertia: clustering.inertia,
        isSample: silhouette.isSample)
    }
    if count == nil, points.count >= 2 {
      let choice = try ClusterChoice(points, clusters: 2...SegmentMethod.mostClusters, seed: seed)
      if let best = choice.best {
        let told = Clusters(
          count: best.clustering.clusters, seed: seed,
          candidates: choice.candidates.map { candidate($0.clustering, $0.silhouette) })
        return (best.clustering, points, told)
      }
    }
    let clustering = try KMeans(points, clusters: count ?? 1, seed: seed)
    let silhouette = Silhouette(clustering, points, seed: seed)
    return (
      clustering, points,
      Clusters(count: clustering.clusters, seed: seed, candidates: [candidate(clustering, silhouette)])
    )
  }
}

extension RFMInput {
  /// The numbers that k-means standardizes.
  var coordinates: [Double] { [Double(recencyDays), Double(frequency), monetary] }
}

/// What the customers of a group have in common: counts and means, exact whatever the order of the customers.
public struct GroupProfile: Hashable, Sendable {
  /// How many customers.
  public private(set) var customers = 0
  private var days: Int128 = 0
  private var occasions: Int128 = 0
  private var minor: Int128 = 0
  private var buyers = 0

  /// Nobody.
  public init() {}

  /// Takes in a customer.
  public mutating func add(_ member: PopulationMember) {
    customers += 1
    guard let known = member.occasions else { return }
    buyers += 1
    days += Int128(known.daysSinceLast)
    occasions += Int128(known.count)
    minor += Int128(known.netMinor)
  }

  /// The mean days since the last occasion of those who have one.
  public var recencyDays: Double? { mean(days) }
  /// Their mean number of occasions.
  public var frequency: Double? { mean(occasions) }

  /// Their mean net amount, in major units.
  ///
  /// - Parameter minorDigits: decimals of the currency.
  public func amount(minorDigits: Int) -> Double? {
    var unit = 1.0
    for _ in 0..<max(0, minorDigits) { unit *= 10 }
    return mean(minor).map { $0 / unit }
  }

  private func mean(_ sum: Int128) -> Double? { buyers > 0 ? Double(sum) / Double(buyers) : nil }
}
