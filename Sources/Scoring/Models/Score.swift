/// One of the article's three scores.
public enum Score: String, CaseIterable, Hashable, Sendable {
  /// Customer loyalty, of frequency, amount and variety (section 3.1).
  case loyalty
  /// Customer satisfaction, of three ratings (section 3.2).
  case satisfaction
  /// Customer value, of purchase, referral and information value (section 3.3).
  case value

  /// The three factors in the order in which the formula adds them.
  public var factors: (Factor, Factor, Factor) {
    switch self {
    case .loyalty: (.frequency, .amount, .variety)
    case .satisfaction: (.productQuality, .serviceQuality, .priceSatisfaction)
    case .value: (.purchaseValue, .referralValue, .informationValue)
    }
  }

  /// The place in the declaration, from 0.
  var position: Int {
    switch self {
    case .loyalty: 0
    case .satisfaction: 1
    case .value: 2
    }
  }
}

/// A set of scores in a byte.
public struct ScoreSet: OptionSet, Hashable, Sendable {
  /// A bit for each score, in the order of the declaration.
  public let rawValue: UInt8

  /// The set with these bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The set of one score.
  public init(_ score: Score) { self.init(rawValue: 1 << UInt8(score.position)) }

  /// Loyalty alone.
  public static let loyalty = ScoreSet(.loyalty)
  /// Satisfaction alone.
  public static let satisfaction = ScoreSet(.satisfaction)
  /// Value alone.
  public static let value = ScoreSet(.value)
  /// All three.
  public static let all: ScoreSet = [.loyalty, .satisfaction, .value]

  /// Whether the score is in the set.
  public func contains(_ score: Score) -> Bool { rawValue >> UInt8(score.position) & 1 == 1 }

  /// The scores of the set in the order of the declaration.
  public var scores: [Score] { Score.allCases.filter(contains) }
}
