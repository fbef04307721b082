/// What a buy-till-you-die model needs to know of a customer: repeat occasions x, recency t_x and age T, and for the
/// spend model the mean of the repeat occasions (Fader, Hardie, Lee, "'Counting Your Customers' the Easy Way",
/// 2005, section 3; there (x, t_x, T)).
///
/// Times are in the unit of the fit, counted from the customer's first occasion.
public struct SufficientStatistics: Hashable, Sendable, Undisclosed {
  /// x: occasions after the first one, 0 to 2^31 - 1.
  public let repeats: Int
  /// t_x: from the first occasion to the last, 0 where there is no repeat.
  public let recency: Double
  /// T: from the first occasion to the as-of day, at least t_x.
  public let age: Double
  /// The mean net amount of the repeat occasions, in major units; nil where there is none.
  public let meanSpend: Double?

  /// Statistics, or nil where no customer can have them: a recency beyond the age, a recency without a repeat, a
  /// negative or non-finite number.
  public init?(repeats: Int, recency: Double, age: Double, meanSpend: Double? = nil) {
    guard repeats >= 0, repeats <= Int32.max, age.isFinite, recency >= 0, recency <= age,
      repeats > 0 || recency == 0, meanSpend?.isFinite ?? true
    else { return nil }
    self.repeats = repeats
    // -0 would be another bit pattern of the same time.
    self.recency = recency + 0
    self.age = age + 0
    self.meanSpend = repeats > 0 ? meanSpend : nil
  }

  /// A customer who bought for the first time at this moment.
  public static let newcomer = SufficientStatistics(newcomerAged: 0)

  private init(newcomerAged age: Double) {
    (repeats, recency, self.age, meanSpend) = (0, 0, age, nil)
  }
}
