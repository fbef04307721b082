/// Says that one factor decides a score nearly alone, so that the others are only decoration.
public struct VarianceWarning: Hashable, Sendable, CustomStringConvertible {
  /// The share above which a warning is due.
  public static let threshold = 0.8

  /// The score.
  public let score: Score
  /// The factor that carries it.
  public let factor: Factor
  /// The factor's share of the score's variance.
  public let share: Double

  /// What is wrong, and what to do.
  public var description: String {
    // Cut to tenths of a percent, not rounded: what is shown is never more than what was measured.
    let tenths = Int(min(max(share, 0), 1e6) * 1000)
    return "\(factor.rawValue) carries \(tenths / 10).\(tenths % 10) % of the variance of \(score.rawValue): "
      + "customers are ranked by it nearly alone; weigh the factors or choose a model that normalizes them"
  }
}
