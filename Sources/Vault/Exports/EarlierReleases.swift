/// What earlier releases of recoded rows say of each customer: the class, by ordinal.
public struct EarlierReleases: Sendable {
  /// One earlier release.
  public struct Release: Sendable {
    /// The release.
    public let id: ReleaseID
    /// Whether the same recipient has it.
    public let isRecipients: Bool
    /// Ordinal by ordinal the class, or ``ReleaseDraft/absent``.
    public let classes: [UInt32]
  }

  /// The releases, in the order of their entries.
  public let releases: [Release]
  /// How many ordinals there are.
  public let universe: Int
  /// Row by row the ordinal.
  public let ordinalOfRow: [Int]

  /// The releases and the rows.
  init(_ releases: [Release], universe: Int, ordinals: [UInt64]) {
    self.releases = releases
    self.universe = universe
    ordinalOfRow = ordinals.map { Int($0) }
  }

  /// What stands row by row, ordinal by ordinal.
  public func byOrdinal(_ values: [UInt32], absent: (Int) -> UInt32) -> [UInt32] {
    var all = (0..<universe).map(absent)
    for (row, value) in values.enumerated() { all[ordinalOfRow[row]] = value }
    return all
  }

  /// The class of each row in an earlier release.
  public func classOfRow(in release: Release) -> [UInt32] { ordinalOfRow.map { release.classes[$0] } }
}
