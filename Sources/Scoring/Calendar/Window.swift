/// The days that a run looks at: from an optional first day through the as-of day, both included.
public struct Window: Hashable, Sendable {
  /// The first day, or nil where everything up to `through` counts.
  public let from: LocalDay?
  /// The as-of day, the last one that counts.
  public let through: LocalDay

  /// All days up to and with the as-of day.
  public init(through: LocalDay) {
    self.from = nil
    self.through = through
  }

  /// The days from the first through the as-of day.
  ///
  /// - Throws: `invalidWindow` where the window ends before it starts.
  public init(from: LocalDay, through: LocalDay) throws(ScoringError) {
    guard from <= through else { throw ScoringError(.invalidWindow) }
    self.from = from
    self.through = through
  }

  /// So many days, the last of which is the as-of day.
  ///
  /// - Throws: `invalidWindow` where there is no day, or the first is before the calendar starts.
  public init(lastDays count: Int, through: LocalDay) throws(ScoringError) {
    guard count >= 1, let from = through.adding(days: 1 - count) else { throw ScoringError(.invalidWindow) }
    self.from = from
    self.through = through
  }

  /// Whether the day is one of the window's.
  public func contains(_ day: LocalDay) -> Bool {
    guard day <= through else { return false }
    guard let from else { return true }
    return from <= day
  }
}
