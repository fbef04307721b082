/// The unit in which a model counts time.
public enum TimeUnit: String, CaseIterable, Hashable, Sendable {
  /// One day.
  case day
  /// Seven days.
  case week
  /// A twelfth of the mean Gregorian year: 365.2425 / 12 days.
  case month

  /// How many days it has.
  public var days: Double {
    switch self {
    case .day: 1
    case .week: 7
    case .month: 30.436875
    }
  }
}
