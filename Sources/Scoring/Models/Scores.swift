/// The scores of one customer: those that the model was asked for.
public struct Scores: Equatable, Sendable, Undisclosed {
  private var values: SIMD3<Double> = .zero
  private var presence: ScoreSet = []

  /// No score.
  public init() {}

  /// The number of a score, or nil where the model was not asked for it.
  public subscript(score: Score) -> Double? {
    get { presence.contains(score) ? values[score.position] : nil }
    set {
      values[score.position] = newValue ?? 0
      if newValue == nil { presence.remove(ScoreSet(score)) } else { presence.insert(ScoreSet(score)) }
    }
  }

  /// Customer loyalty.
  public var loyalty: Double? { self[.loyalty] }
  /// Customer satisfaction.
  public var satisfaction: Double? { self[.satisfaction] }
  /// Customer value.
  public var value: Double? { self[.value] }
}
