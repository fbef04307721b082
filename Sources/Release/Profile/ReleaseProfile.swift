public import Anonymization

/// What leaves, and under which limits: a profile of a release.
public struct ReleaseProfile: Sendable {
  /// What a column is.
  public enum Role: String, Sendable, CaseIterable {
    /// Says who it is: never leaves.
    case identifier
    /// Can link a row to a person.
    case quasi
    /// Must not be learnt of a person.
    case sensitive
    /// Neither: leaves as it is.
    case insensitive
    /// Whose row it is: counted, never leaves.
    case person
  }

  /// What the values of a quasi-identifier may become.
  public enum HierarchyRule: Sendable {
    /// Only a value or everything.
    case flat
    /// The paths of a file or of a tree in the profile.
    case paths([[String]])
    /// Intervals of a number.
    case intervals(Intervals)
    /// Units of the calendar.
    case dates([DateUnit])
    /// Codes that are masked from the right, so many characters a level.
    case mask(step: Int)
    /// Categories whose names hold their path, separated by this text.
    case prefix(separator: String)
  }

  /// The rules of one column.
  public struct Column: Sendable {
    /// The column's name in the file.
    public var name: String
    /// What it is; `quasi` and `sensitive` may go together.
    public var roles: Set<Role>
    /// What its values may become.
    public var hierarchy = HierarchyRule.flat
    /// The bands that take the place of its values first.
    public var bands: Bands?
    /// How much its loss counts.
    public var weight = 1.0
    /// What every class must meet; nil for the profile's l.
    public var diversity: [Diversity]?
    /// How close a class must be; nil for the profile's t.
    public var t: Double?
    /// What closeness is measured by.
    public var distance = DistanceRule.automatic

    /// A column with a role.
    public init(name: String, roles: Set<Role>) {
      self.name = name
      self.roles = roles
    }
  }

  /// What closeness of a sensitive column is measured by.
  public enum DistanceRule: String, Sendable, CaseIterable {
    /// Ordered for numbers and bands, equal for others.
    case automatic
    /// 1 between any two values.
    case equal
    /// By places in the order.
    case ordered
    /// By the column's tree.
    case hierarchical
  }

  /// The columns, in the order of the profile.
  public var columns: [Column]
  /// The fewest people of a class.
  public var k = 5
  /// What every sensitive column must meet, unless it says otherwise.
  public var diversity: [Diversity] = [.distinct(3)]
  /// How close every class must be on every sensitive column; nil for no limit.
  public var t: Double?
  /// The greatest share of rows that may be left out.
  public var suppression = 0.02
  /// How values are generalized.
  public var mode = RecodingMode.local

  /// A profile with the default limits: k = 5, l = 3, 2 % suppression, local recoding.
  public init(columns: [Column]) {
    self.columns = columns
  }

  /// The names of the quasi-identifiers.
  public var quasiIdentifiers: [String] { columns.filter { $0.roles.contains(.quasi) }.map(\.name) }

  /// Checks what can be checked without a table.
  func check(file: String?) throws(ReleaseError) {
    guard !quasiIdentifiers.isEmpty else {
      throw ReleaseError(
        .badProfile, file: file, field: "columns", reason: "no column is a quasi-identifier",
        hint: "give the role quasi to every column by which somebody could recognize a person")
    }
    guard k >= 2 else {
      throw ReleaseError(
        .badProfile, file: file, field: "privacy.k",
        reason: "k is \(k): with k below 2 a class may be one person")
    }
    guard suppression >= 0, suppression < 1 else {
      throw ReleaseError(
        .badProfile, file: file, field: "privacy.suppress", reason: "must be a share from 0 to below 1")
    }
    if let t, !(t > 0 && t <= 1) {
      throw ReleaseError(.badProfile, file: file, field: "privacy.t", reason: "must be above 0 and at most 1")
    }
    guard columns.count(where: { $0.roles.contains(.person) }) <= 1 else {
      throw ReleaseError(
        .badProfile, file: file, field: "columns", reason: "two columns have the role person")
    }
  }
}
