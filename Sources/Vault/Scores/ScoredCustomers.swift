internal import AuditLog
public import Scoring

/// The scores of everybody, by ordinal, and who has none and why. Written down in the log before it exists.
public struct ScoredCustomers: Sendable {
  /// The scores, with the exclusions that the model made.
  public let run: ScoreRun
  /// The purpose.
  public let purpose: String
  /// The index of the entry that announced the run, and of the one that tells what it touched.
  public let entries: (intent: UInt64, result: UInt64)
  /// Customers without a score, by reason, reasons without customers left out: those of the model
  /// (`missing:FACTOR`, `other-currency`, `out-of-range`), then `objected` or `not-consented`, `restricted`, `erased`, then `newer` for
  /// customers who were added while the run was under way.
  public let excluded: [(reason: String, customers: UInt64)]

  /// How many customers have scores.
  public var count: Int { run.scored }
}

/// The scores of one customer.
public struct CustomerScores: Sendable, Undisclosed {
  /// The customer.
  public let pseudonym: Pseudonym
  /// Every factor that is known.
  public let factors: Factors
  /// Whether an imported row of factors stands in for the events.
  public let hasFactorsRow: Bool
  /// For each score that was asked for, in the order of `Score`: how it comes about, or why there is none.
  public let scores: [(score: Score, result: Result)]

  /// What became of one score.
  public enum Result: Sendable {
    /// The score and its terms.
    case computed(Explanation)
    /// There is none.
    case excluded(Exclusion)
  }
}
