/// What variety counts the distinct ones of.
public enum VarietyUnit: String, CaseIterable, Hashable, Sendable {
  /// Products.
  case product
  /// Categories of products.
  case category
  /// Channels.
  case channel
}

/// How much of a referral's value is the customer's, and for how long.
public struct ReferralAttribution: Hashable, Sendable {
  /// For how many days a referral counts, the day itself included; nil for as long as the run's window.
  public let days: Int?
  /// The share of its value that is attributed, 0 to 1.
  public let share: Double

  /// An attribution, or nil where the numbers make no sense.
  public init?(days: Int? = nil, share: Double) {
    guard share >= 0, share <= 1, days.map({ $0 >= 1 }) ?? true else { return nil }
    (self.days, self.share) = (days, share)
  }

  private init() { (days, share) = (nil, 1) }

  /// The whole value, for as long as the run's window.
  public static let whole = ReferralAttribution()

  /// Whether a referral of a day counts as of another.
  @inline(__always)
  func counts(_ day: LocalDay, asOf: LocalDay) -> Bool { days.map { asOf.days(since: day) < $0 } ?? true }
}

/// What the information from a customer is worth: points for what was told, each worth so much.
public struct InformationValuation: Hashable, Sendable {
  /// Points for each rating.
  public let rating: Double
  /// Points for each interaction.
  public let interaction: Double
  /// Points for each referral.
  public let referral: Double
  /// What a point is worth, in major units.
  public let unitValue: Double

  /// A valuation, or nil where a number is negative or not finite, or nothing gives a point.
  public init?(rating: Double = 0, interaction: Double = 0, referral: Double = 0, unitValue: Double) {
    let numbers = [rating, interaction, referral, unitValue]
    guard numbers.allSatisfy({ $0 >= 0 && $0.isFinite }), rating + interaction + referral > 0 else {
      return nil
    }
    (self.rating, self.interaction, self.referral, self.unitValue) = (
      rating, interaction, referral, unitValue
    )
  }

  /// The value of counts of ratings, interactions and referrals.
  func value(ratings: Int, interactions: Int, referrals: Int) -> Double {
    (Double(ratings) * rating + Double(interactions) * interaction + Double(referrals) * referral) * unitValue
  }
}

/// The declared scale of ratings, and what stands behind few of them.
public struct RatingScale: Hashable, Sendable {
  /// The lowest rating.
  public let lower: Double
  /// The highest one.
  public let upper: Double
  /// The mean that few ratings are drawn towards, and how many ratings it is worth; nil for plain means.
  public let prior: BayesianMean?

  /// A scale, or nil where it is empty, wider than ±10⁹, or the prior's mean is not on it.
  public init?(lower: Double, upper: Double, prior: BayesianMean? = nil) {
    guard lower < upper, lower.magnitude <= 1e9, upper.magnitude <= 1e9,
      prior.map({ $0.prior >= lower && $0.prior <= upper }) ?? true
    else { return nil }
    (self.lower, self.upper, self.prior) = (lower, upper, prior)
  }

  /// Whether a rating in thousandths is on the scale.
  @inline(__always)
  func contains(thousandths: Int64) -> Bool {
    let rating = Double(thousandths)
    return rating >= lower * 1000 && rating <= upper * 1000
  }
}
