/// One of the article's nine factors, three for each score (section 3), in the order of its formulas.
///
/// The raw value is the name in JSON, in profiles and in exclusion reasons.
public enum Factor: String, CaseIterable, Hashable, Sendable {
  /// How often the customer bought in the window.
  case frequency
  /// What the customer spent in the window, in major units, net of refunds.
  case amount
  /// How many distinct products the customer bought in the window.
  case variety
  /// The customer's rating of the products.
  case productQuality = "product_quality"
  /// The customer's rating of the service.
  case serviceQuality = "service_quality"
  /// The customer's rating of the prices.
  case priceSatisfaction = "price_satisfaction"
  /// What the customer spent, as a factor of value: the same number as `amount`.
  case purchaseValue = "purchase_value"
  /// What the customer's referrals brought, in major units.
  case referralValue = "referral_value"
  /// What the information from the customer is worth, in major units.
  case informationValue = "information_value"

  /// Where `Factors` keeps it: 0 to 7, `amount` and `purchaseValue` in the same place.
  var slot: Int {
    switch self {
    case .frequency: 0
    case .amount, .purchaseValue: 1
    case .variety: 2
    case .productQuality: 3
    case .serviceQuality: 4
    case .priceSatisfaction: 5
    case .referralValue: 6
    case .informationValue: 7
    }
  }

  /// The place in the declaration, from 0.
  var position: Int {
    switch self {
    case .frequency: 0
    case .amount: 1
    case .variety: 2
    case .productQuality: 3
    case .serviceQuality: 4
    case .priceSatisfaction: 5
    case .purchaseValue: 6
    case .referralValue: 7
    case .informationValue: 8
    }
  }
}
