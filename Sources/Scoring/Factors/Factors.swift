/// The factors of one customer, each a number or missing. A missing one is never 0.
///
/// Eight numbers and eight presence bits: `purchaseValue` is the same number as `amount`.
public struct Factors: Equatable, Sendable, Undisclosed {
  /// The numbers, 0 where missing, so that equal factors are equal bits.
  private(set) var values: SIMD8<Double> = .zero
  /// A bit for each slot that is present.
  private(set) var presence: UInt8 = 0

  /// Factors of which none is known.
  public init() {}

  /// Factors from numbers, nil where missing.
  ///
  /// - Parameters:
  ///   - frequency: purchases in the window.
  ///   - amount: net spending in the window, in major units; also the purchase value.
  ///   - variety: distinct products.
  ///   - productQuality: a rating.
  ///   - serviceQuality: a rating.
  ///   - priceSatisfaction: a rating.
  ///   - referralValue: in major units.
  ///   - informationValue: in major units.
  public init(
    frequency: Double? = nil, amount: Double? = nil, variety: Double? = nil,
    productQuality: Double? = nil, serviceQuality: Double? = nil, priceSatisfaction: Double? = nil,
    referralValue: Double? = nil, informationValue: Double? = nil
  ) {
    self[.frequency] = frequency
    self[.amount] = amount
    self[.variety] = variety
    self[.productQuality] = productQuality
    self[.serviceQuality] = serviceQuality
    self[.priceSatisfaction] = priceSatisfaction
    self[.referralValue] = referralValue
    self[.informationValue] = informationValue
  }

  /// The number of a factor, or nil where it is missing.
  @inline(__always)
  public subscript(factor: Factor) -> Double? {
    get {
      let slot = factor.slot
      return presence >> UInt8(slot) & 1 == 1 ? values[slot] : nil
    }
    set {
      let slot = factor.slot
      if let newValue {
        values[slot] = newValue
        presence |= 1 << UInt8(slot)
      } else {
        values[slot] = 0
        presence &= ~(1 << UInt8(slot))
      }
    }
  }

  /// The number in a slot, 0 where it is missing.
  subscript(slot slot: Int) -> Double { values[slot] }

  /// Sets the number in a slot.
  mutating func set(_ value: Double, slot: Int) {
    values[slot] = value
    presence |= 1 << UInt8(slot)
  }

  /// The factors that are known.
  public var present: FactorSet {
    // Slots 0 to 5 are positions 0 to 5; position 6, the purchase value, is slot 1; slots 6 and 7 follow it.
    let slots = UInt16(presence)
    return FactorSet(rawValue: slots & 0b11_1111 | (slots >> 1 & 1) << 6 | (slots & 0b1100_0000) << 1)
  }

  /// Whether the left comes before the right in an order of their bits that has no meaning but is total.
  static func precedes(_ left: Factors, _ right: Factors) -> Bool {
    if left.presence != right.presence { return left.presence < right.presence }
    for slot in 0..<8 {
      let (mine, theirs) = (left.values[slot].bitPattern, right.values[slot].bitPattern)
      if mine != theirs { return mine < theirs }
    }
    return false
  }
}

extension Factors {
  /// Purchases in the window.
  public var frequency: Double? { self[.frequency] }
  /// Net spending in the window, in major units.
  public var amount: Double? { self[.amount] }
  /// Distinct products bought in the window.
  public var variety: Double? { self[.variety] }
  /// The rating of the products.
  public var productQuality: Double? { self[.productQuality] }
  /// The rating of the service.
  public var serviceQuality: Double? { self[.serviceQuality] }
  /// The rating of the prices.
  public var priceSatisfaction: Double? { self[.priceSatisfaction] }
  /// The same as `amount`.
  public var purchaseValue: Double? { self[.purchaseValue] }
  /// What referrals brought, in major units.
  public var referralValue: Double? { self[.referralValue] }
  /// What information is worth, in major units.
  public var informationValue: Double? { self[.informationValue] }
}
