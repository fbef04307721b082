/// A factor that a composite score can be made of: the article's, and recency, which it lacks.
///
/// The raw value is the name in JSON, in model files and in exclusion reasons.
public enum CompositeFactor: String, CaseIterable, Hashable, Sendable {
  /// Days from the last occasion to the as-of day: fewer is better.
  case recency
  /// Purchase occasions in the window.
  case frequency
  /// Net spending in the window, in major units.
  case amount
  /// Distinct products, or what the run declares.
  case variety
  /// The rating of the products.
  case productQuality = "product_quality"
  /// The rating of the service.
  case serviceQuality = "service_quality"
  /// The rating of the prices.
  case priceSatisfaction = "price_satisfaction"
  /// What was spent, as a factor of value.
  case purchaseValue = "purchase_value"
  /// What referrals brought, in major units.
  case referralValue = "referral_value"
  /// What information is worth, in major units.
  case informationValue = "information_value"

  /// The place in the declaration, from 0.
  var position: Int {
    switch self {
    case .recency: 0
    case .frequency: 1
    case .amount: 2
    case .variety: 3
    case .productQuality: 4
    case .serviceQuality: 5
    case .priceSatisfaction: 6
    case .purchaseValue: 7
    case .referralValue: 8
    case .informationValue: 9
    }
  }

  /// The article's factor of the same name; nil for recency.
  public var factor: Factor? { Factor(rawValue: rawValue) }

  /// Whether a smaller number is better, unless a model says otherwise.
  public var naturalDirection: Direction { self == .recency ? .lowerIsBetter : .higherIsBetter }
}

/// Which end of a factor is good.
public enum Direction: String, CaseIterable, Hashable, Sendable {
  /// More is better.
  case higherIsBetter = "higher_is_better"
  /// Less is better, as for recency.
  case lowerIsBetter = "lower_is_better"
}

/// One customer's raw factors of a composite, each a number or missing. A missing one is never 0.
public struct CompositeInput: Equatable, Sendable, Undisclosed {
  private var values = SIMD16<Double>.zero
  private var presence: UInt16 = 0

  /// Factors of which none is known.
  public init() {}

  /// The article's factors, with the recency where there is one.
  public init(_ factors: Factors, recencyDays: Int? = nil) {
    for factor in CompositeFactor.allCases {
      if let known = factor.factor.flatMap({ factors[$0] }) { self[factor] = known }
    }
    self[.recency] = recencyDays.map(Double.init)
  }

  /// The number of a factor, nil where it is missing. Numbers that are not finite are taken as missing.
  @inline(__always)
  public subscript(factor: CompositeFactor) -> Double? {
    get {
      let place = factor.position
      return presence >> UInt16(place) & 1 == 1 ? values[place] : nil
    }
    set {
      let place = factor.position
      if let newValue, newValue.isFinite {
        values[place] = newValue
        presence |= 1 << UInt16(place)
      } else {
        values[place] = 0
        presence &= ~(1 << UInt16(place))
      }
    }
  }
}
