internal import Scoring

/// What became of payments and refunds in currencies other than the vault's, over everybody who was read.
public struct ForeignPayments: Hashable, Sendable {
  /// How many were converted by a dated rate.
  public internal(set) var converted = 0
  /// How many no factor counts, since no rate covers their day.
  public internal(set) var unconverted = 0

  /// None.
  init() {}

  /// Takes in those of a customer.
  mutating func add(_ feed: borrowing EventFeed) {
    converted += feed.converted
    // An imported row of factors stands in for the payments: whatever their currency, none is missed.
    if !feed.history.hasFactorsRow { unconverted += feed.history.otherCurrencyEvents }
  }

  /// The sum of two.
  static func += (left: inout ForeignPayments, right: ForeignPayments) {
    left.converted += right.converted
    left.unconverted += right.unconverted
  }

  /// Refuses a run that was not told what to do with payments in other currencies.
  ///
  /// - Throws: `.badInput` with their number.
  func require(_ plan: ScorePlan) throws(VaultError) {
    guard plan.definitions.otherCurrency == .refuse, unconverted > 0 else { return }
    let number = unconverted == 1 ? "1 payment is" : "\(unconverted) payments are"
    throw VaultError(
      .badInput,
      plan.rates == nil
        ? "\(number) in a currency other than the vault's"
        : "\(number) in a currency that the rates do not cover on the day",
      hint:
        "\(plan.rates == nil ? "give dated rates with --rates FILE" : "add the missing rates"), or --other-currencies "
        + "leave-out to score without them, or exclude to leave the customers out")
  }
}
