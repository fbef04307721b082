/// The one event that a row may carry. Texts are lent by the row: ``ImportRow/withText(_:_:)``.
public enum ImportEvent: Sendable {
  /// A purchase, or with a negative amount a refund.
  case transaction(Transaction)
  /// Ratings.
  case rating(Rating)
  /// A referral.
  case referral(Referral)
  /// A consent, its withdrawal, or an objection.
  case consent(Consent)
  /// Factors computed elsewhere.
  case factors(Factors)

  /// The kind of this event.
  public var kind: EventKind {
    switch self {
    case .transaction: .transaction
    case .rating: .rating
    case .referral: .referral
    case .consent: .consent
    case .factors: .factors
    }
  }
}

extension ImportEvent {
  /// A purchase or a refund.
  public struct Transaction: Sendable {
    /// When.
    public let time: ImportTime
    /// How much, in minor units of the currency; negative for a refund.
    public let amountMinor: Int64
    /// The currency; the default one where the row names none.
    public let currency: CurrencyCode
    /// What was bought.
    public let product: ImportText?
    /// The category of what was bought.
    public let category: ImportText?
    /// Where it was bought.
    public let channel: ImportText?
    /// The order's number at the source.
    public let orderID: ImportText?
    /// The order's number that this one takes back.
    public let refundOf: ImportText?
  }

  /// Ratings in thousandths: `4.5` is 4500. At least one is there.
  public struct Rating: Sendable {
    /// When.
    public let time: ImportTime
    /// Quality of the product.
    public let productQuality: Int64?
    /// Quality of the service.
    public let serviceQuality: Int64?
    /// Satisfaction with the price.
    public let priceSatisfaction: Int64?
  }

  /// A referral.
  public struct Referral: Sendable {
    /// When.
    public let time: ImportTime
    /// The account of the customer who was brought.
    public let referredAccount: ImportText
    /// What it was worth, in minor units of the currency; nil where the row does not say.
    public let valueMinor: Int64?
    /// The currency of the value.
    public let currency: CurrencyCode
  }

  /// A consent statement.
  public struct Consent: Sendable {
    /// What the customer did.
    public enum State: UInt8, Sendable {
      /// Gave the consent.
      case granted = 1
      /// Took the consent back.
      case withdrawn = 2
      /// Objected to the processing.
      case objected = 3
    }
    /// When.
    public let time: ImportTime
    /// The purpose's name; whether the policy has it is for the vault to check.
    public let purpose: ImportText
    /// What the customer did.
    public let state: State
    /// Where it was said.
    public let source: ImportText?
    /// The version of the text that the customer saw.
    public let textVersion: ImportText?
  }

  /// The eight factors, each correctly rounded from its decimal text. At least one is there.
  public struct Factors: Sendable {
    /// Purchase frequency.
    public var purchaseFrequency: Double?
    /// Purchase amount.
    public var purchaseAmount: Double?
    /// Purchase variety.
    public var purchaseVariety: Double?
    /// Product quality.
    public var productQuality: Double?
    /// Service quality.
    public var serviceQuality: Double?
    /// Price satisfaction.
    public var priceSatisfaction: Double?
    /// Referral value.
    public var referralValue: Double?
    /// Information value.
    public var informationValue: Double?

    /// The eight in the order of ``EventField/factors``.
    public var all: [Double?] {
      [
        purchaseFrequency, purchaseAmount, purchaseVariety, productQuality, serviceQuality,
        priceSatisfaction, referralValue, informationValue,
      ]
    }
  }
}
