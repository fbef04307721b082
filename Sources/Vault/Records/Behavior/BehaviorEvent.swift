/// One event of a customer's behavior. Plain words without references, so that a scan allocates nothing; texts
/// are indexes into the chunk's dictionary.
public struct BehaviorEvent: Hashable, Sendable, Undisclosed {
  /// What a chunk's dictionary calls a text.
  public typealias TextIndex = UInt16

  /// Recognizes the event when it is imported again: an ``OrderDigest``.
  public var digest: UInt64
  /// Seconds since 1970 UTC, from year 1 to 9999; midnight where only the date is known.
  public var time: Int64
  /// Whether only the date is known.
  public var isDateOnly: Bool
  /// What happened.
  public var detail: Detail

  /// What happened, by kind.
  public enum Detail: Hashable, Sendable, Undisclosed {
    /// A purchase, payment or refund.
    case transaction(Transaction)
    /// A rating.
    case rating(Rating)
    /// Another customer was referred.
    case referral(Referral)
    /// A contact without money.
    case interaction(Interaction)
    /// Factors that another system computed.
    case factors(Factors)
  }

  /// An event.
  public init(digest: UInt64, time: Int64, isDateOnly: Bool, detail: Detail) {
    self.digest = digest
    self.time = time
    self.isDateOnly = isDateOnly
    self.detail = detail
  }

  /// The times that an event may have: years 1 to 9999.
  public static let timeBounds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
  static let secondsPerDay: Int64 = 86_400
}

extension BehaviorEvent {
  /// A purchase, payment or refund.
  public struct Transaction: Hashable, Sendable, Undisclosed {
    /// The amount in minor units, negative for a refund.
    public var amountMinor: Int64
    /// The currency; the vault's own costs no byte.
    public var currency: CurrencyCode
    /// The product, or nil.
    public var product: TextIndex?
    /// The category, or nil.
    public var category: TextIndex?
    /// The channel, or nil.
    public var channel: TextIndex?
    /// The digest of the event that this one refunds, or nil.
    public var refundOf: UInt64?

    /// A transaction.
    public init(
      amountMinor: Int64, currency: CurrencyCode, product: TextIndex? = nil, category: TextIndex? = nil,
      channel: TextIndex? = nil, refundOf: UInt64? = nil
    ) {
      self.amountMinor = amountMinor
      self.currency = currency
      self.product = product
      self.category = category
      self.channel = channel
      self.refundOf = refundOf
    }
  }

  /// A rating: each part in thousandths of the scale's unit, or nil.
  public struct Rating: Hashable, Sendable, Undisclosed {
    /// Quality of the product.
    public var productQuality: Int64?
    /// Quality of the service.
    public var serviceQuality: Int64?
    /// Satisfaction with the price.
    public var priceSatisfaction: Int64?

    /// A rating.
    public init(productQuality: Int64? = nil, serviceQuality: Int64? = nil, priceSatisfaction: Int64? = nil) {
      self.productQuality = productQuality
      self.serviceQuality = serviceQuality
      self.priceSatisfaction = priceSatisfaction
    }
  }

  /// Another customer was referred.
  public struct Referral: Hashable, Sendable, Undisclosed {
    /// The keyed tag of the referred account: 8 bytes, nothing that joins to another system.
    public var referred: UInt64
    /// The value in minor units of the vault's currency, or nil.
    public var valueMinor: Int64?

    /// A referral.
    public init(referred: UInt64, valueMinor: Int64? = nil) {
      self.referred = referred
      self.valueMinor = valueMinor
    }
  }

  /// A contact without money.
  public struct Interaction: Hashable, Sendable, Undisclosed {
    /// What kind of contact.
    public var kind: TextIndex
    /// The channel, or nil.
    public var channel: TextIndex?

    /// An interaction.
    public init(kind: TextIndex, channel: TextIndex? = nil) {
      self.kind = kind
      self.channel = channel
    }
  }

  /// Factors that another system computed; each finite, or absent.
  public struct Factors: Hashable, Sendable, Undisclosed {
    /// The columns of a file of factors, in its order.
    public enum Name: Int, Sendable, CaseIterable {
      /// How often.
      case purchaseFrequency
      /// How much.
      case purchaseAmount
      /// How varied.
      case purchaseVariety
      /// Quality of the product.
      case productQuality
      /// Quality of the service.
      case serviceQuality
      /// Satisfaction with the price.
      case priceSatisfaction
      /// Value of referrals.
      case referralValue
      /// Value of information.
      case informationValue
    }

    private var values: (Double, Double, Double, Double, Double, Double, Double, Double)
    /// Bit i is set where the factor of raw value i is present.
    private(set) var mask: UInt8

    /// No factors.
    public init() {
      values = (0, 0, 0, 0, 0, 0, 0, 0)
      mask = 0
    }

    /// A factor, or nil; a value that is not finite is taken as absent.
    public subscript(_ name: Name) -> Double? {
      get { mask & (1 << name.rawValue) == 0 ? nil : self[slot: name.rawValue] }
      set {
        let isPresent = newValue?.isFinite ?? false
        self[slot: name.rawValue] = isPresent ? newValue ?? 0 : 0
        mask = isPresent ? mask | 1 << name.rawValue : mask & ~(1 << name.rawValue)
      }
    }

    private subscript(slot slot: Int) -> Double {
      get { unsafe withUnsafeBytes(of: values) { unsafe $0.load(fromByteOffset: slot * 8, as: Double.self) } }
      set {
        unsafe withUnsafeMutableBytes(of: &values) {
          unsafe $0.storeBytes(of: newValue, toByteOffset: slot * 8, as: Double.self)
        }
      }
    }

    /// Whether all factors are the same.
    public static func == (left: Factors, right: Factors) -> Bool {
      Name.allCases.allSatisfy { left[$0] == right[$0] }
    }

    /// Hashes all factors.
    public func hash(into hasher: inout Hasher) { for name in Name.allCases { hasher.combine(self[name]) } }
  }
}
