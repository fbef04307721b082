/// The value generalization hierarchy of a quasi-identifier: level 0 holds the values, each level above merges
/// groups of the one below, and the top is one group.
///
/// Samarati and Sweeney, "Protecting Privacy when Disclosing Information", 1998.
public struct Hierarchy: Sendable {
  /// One level: a partition of the values.
  public struct Level: Sendable {
    /// What each group is published as.
    public let labels: [String]
    /// The group of each value.
    public let groupOfValue: [UInt32]
    /// The normalized certainty penalty of each group, 0 for a single value to 1 for all of the domain (Xu et
    /// al., "Utility-Based Anonymization Using Local Recoding", KDD 2006).
    public let penalty: [Double]
    /// How many values each group has.
    public let valueCounts: [Int]

    /// Makes a level; the three describe the same groups.
    init(labels: [String], groupOfValue: [UInt32], penalty: [Double]) {
      self.labels = labels
      self.groupOfValue = groupOfValue
      self.penalty = penalty
      var counts = [Int](repeating: 0, count: labels.count)
      for group in groupOfValue { counts[Int(group)] += 1 }
      valueCounts = counts
    }
  }

  /// Whether a range of values means anything.
  public enum Order: Sendable {
    /// The values are numbers, days or codes, in their order.
    case ordered
    /// The values are categories, in the order of their tree.
    case nominal
  }

  /// What the top of every hierarchy is published as.
  public static let topLabel = "*"

  /// The levels, from the values to the top.
  public let levels: [Level]
  /// How values lie to each other.
  public let order: Order
  /// The values in order: of their size, or of the tree.
  let ranked: [UInt32]
  /// Where each value of ``ranked`` begins and ends on a scale from 0 to 1, for the penalty of a range.
  let extents: [ClosedRange<Double>]

  /// The values, as they are written at level 0.
  public var values: [String] { levels[0].labels }

  /// Makes a hierarchy of levels that are known to be one.
  init(levels: [Level], order: Order, ranked: [UInt32], extents: [ClosedRange<Double>]) {
    self.levels = levels
    self.order = order
    self.ranked = ranked
    self.extents = extents
  }

  /// Extents of which each is as long as the others.
  static func evenExtents(_ count: Int) -> [ClosedRange<Double>] {
    (0..<count).map { Double($0) / Double(count)...Double($0 + 1) / Double(count) }
  }
}
