internal import Vault

/// An event of a made-up customer.
public struct SampleEvent: Sendable {
  /// What happened.
  public enum Kind: Sendable {
    /// A payment, or a refund, in minor units.
    case payment(minor: Int64, currency: String = "CNY", product: String? = nil, isRefund: Bool = false)
    /// Ratings in thousandths.
    case rating(quality: Int64?, service: Int64?, price: Int64?)
    /// A referral with its value in minor units.
    case referral(minor: Int64?)
    /// The eight factors in the order of a file of factors.
    case factors([Double?])
  }

  /// Seconds since 1970 UTC.
  public var time: Int64
  /// Whether only the date is known.
  public var isDateOnly: Bool
  /// What happened.
  public var kind: Kind

  /// An event of a time.
  public init(at time: Int64, _ kind: Kind) {
    self.time = time
    isDateOnly = false
    self.kind = kind
  }

  /// An event of a day, counted from 1970-01-01.
  public init(day: Int64, _ kind: Kind) {
    time = day * 86_400
    isDateOnly = true
    self.kind = kind
  }

  /// The product of a payment.
  var product: String? {
    guard case .payment(_, _, let product, _) = kind else { return nil }
    return product
  }

  /// The event without its product.
  var event: BehaviorEvent { BehaviorEvent(digest: 0, time: time, isDateOnly: isDateOnly, detail: detail) }

  private var detail: BehaviorEvent.Detail {
    switch kind {
    case .payment(let minor, let currency, _, let isRefund):
      guard let currency = CurrencyCode(currency) else { preconditionFailure("no currency: \(currency)") }
      return .transaction(
        BehaviorEvent.Transaction(amountMinor: minor, currency: currency, refundOf: isRefund ? 1 : nil))
    case .rating(let quality, let service, let price):
      return .rating(
        BehaviorEvent.Rating(productQuality: quality, serviceQuality: service, priceSatisfaction: price))
    case .referral(let minor): return .referral(BehaviorEvent.Referral(referred: 1, valueMinor: minor))
    case .factors(let values):
      var factors = BehaviorEvent.Factors()
      for (name, value) in zip(BehaviorEvent.Factors.Name.allCases, values) { factors[name] = value }
      return .factors(factors)
    }
  }
}
