/// What a row can tell about a customer's behavior or consent.
public enum EventKind: String, CaseIterable, Sendable {
  /// A purchase or a refund.
  case transaction
  /// A customer's ratings.
  case rating
  /// A customer brought another one.
  case referral
  /// A consent given or taken back, or an objection.
  case consent
  /// The eight factors of a customer, computed elsewhere.
  case factors

  /// The fields of this kind, in the order of the built-in mapping's columns.
  public var fields: [EventField] {
    switch self {
    case .transaction:
      [.time, .amount, .currency, .product, .category, .channel, .orderID, .refundOf]
    case .rating: [.time, .productQuality, .serviceQuality, .priceSatisfaction]
    case .referral: [.time, .referredAccount, .value, .currency]
    case .consent: [.time, .purpose, .state, .source, .textVersion]
    case .factors: EventField.factors
    }
  }

  /// The fields without which there is no such event.
  public var required: [EventField] {
    switch self {
    case .transaction: [.time, .amount]
    case .rating: [.time]
    case .referral: [.time, .referredAccount]
    case .consent: [.time, .purpose, .state]
    case .factors: []
    }
  }
}

/// A field of an event that a file can give.
public enum EventField: Int, CaseIterable, Sendable, CustomStringConvertible {
  case time, amount, currency, product, category, channel, orderID, refundOf
  case purchaseFrequency, purchaseAmount, purchaseVariety
  case productQuality, serviceQuality, priceSatisfaction
  case referralValue, informationValue
  case referredAccount, value
  case purpose, state, source, textVersion

  /// The eight factors, in the order of the built-in mapping.
  public static let factors: [EventField] = [
    .purchaseFrequency, .purchaseAmount, .purchaseVariety, .productQuality, .serviceQuality,
    .priceSatisfaction, .referralValue, .informationValue,
  ]

  /// The name in mapping files and columns: snake_case.
  public var description: String {
    switch self {
    case .time: "time"
    case .amount: "amount"
    case .currency: "currency"
    case .product: "product"
    case .category: "category"
    case .channel: "channel"
    case .orderID: "order_id"
    case .refundOf: "refund_of"
    case .purchaseFrequency: "purchase_frequency"
    case .purchaseAmount: "purchase_amount"
    case .purchaseVariety: "purchase_variety"
    case .productQuality: "product_quality"
    case .serviceQuality: "service_quality"
    case .priceSatisfaction: "price_satisfaction"
    case .referralValue: "referral_value"
    case .informationValue: "information_value"
    case .referredAccount: "referred_account"
    case .value: "value"
    case .purpose: "purpose"
    case .state: "state"
    case .source: "source"
    case .textVersion: "text_version"
    }
  }

  var rule: TextRule {
    switch self {
    case .orderID, .refundOf, .referredAccount: TextRule(limit: 200, shape: .identifier)
    case .purpose: TextRule(limit: 64, shape: .word)
    case .textVersion: TextRule(limit: 100)
    default: TextRule(limit: 300)
    }
  }
}
