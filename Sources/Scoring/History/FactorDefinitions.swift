/// What counts as one purchase.
public enum FrequencyDefinition: String, CaseIterable, Hashable, Sendable {
  /// Each payment with an amount above 0: the article's "number of purchases in the period".
  case payments
  /// Each local day whose payments, net of that day's refunds, are above 0: what `customer show` calls
  /// occasions, and what purchase-count models mean by a transaction.
  case spendDays = "spend_days"
}

/// What a payment in a currency other than the vault's does. It is never added to the amount.
public enum OtherCurrencyRule: String, CaseIterable, Hashable, Sendable {
  /// The customer is excluded, since frequency, amount and variety would be incomplete.
  case excludeCustomer = "exclude_customer"
  /// The payment is left out of every factor, and counted.
  case leaveOut = "leave_out"
  /// The customer is excluded, and whoever runs the scores makes an error of it, with the number of payments.
  case refuse
}

/// The choices that turn events into factors; a run records them beside its model.
public struct FactorDefinitions: Hashable, Sendable {
  /// What counts as one purchase.
  public var frequency: FrequencyDefinition
  /// What a payment in another currency does.
  public var otherCurrency: OtherCurrencyRule
  /// What variety counts.
  public var variety = VarietyUnit.product
  /// How referrals become a value.
  public var referral = ReferralAttribution.whole
  /// What information is worth; nil where only an imported row of factors says so.
  public var information: InformationValuation?
  /// The scale that ratings are declared to be on; nil where none is, and then any rating counts.
  public var ratingScale: RatingScale?

  /// The choices; by default the article's purchases, and no customer scored on half of the payments.
  public init(
    frequency: FrequencyDefinition = .payments, otherCurrency: OtherCurrencyRule = .excludeCustomer
  ) {
    self.frequency = frequency
    self.otherCurrency = otherCurrency
  }
}
