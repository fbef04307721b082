/// A set of factors in two bytes.
public struct FactorSet: OptionSet, Hashable, Sendable {
  /// A bit for each factor, in the order of the declaration.
  public let rawValue: UInt16

  /// The set with these bits.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The set of one factor.
  public init(_ factor: Factor) { self.init(rawValue: 1 << UInt16(factor.position)) }

  /// All nine.
  public static let all = FactorSet(rawValue: 0b1_1111_1111)
  /// The three that `score run` reports beside the scores: frequency, amount, variety.
  public static let reported: FactorSet = [
    FactorSet(.frequency), FactorSet(.amount), FactorSet(.variety),
  ]
  /// Those that payments make: a payment in another currency makes them incomplete.
  public static let payments: FactorSet = [.reported, FactorSet(.purchaseValue)]

  /// Whether the factor is in the set.
  public func contains(_ factor: Factor) -> Bool { rawValue >> UInt16(factor.position) & 1 == 1 }

  /// The first factor of the set in the order of the declaration.
  public var first: Factor? { rawValue == 0 ? nil : Factor.allCases[rawValue.trailingZeroBitCount] }

  /// The factors of the set in the order of the declaration.
  public var factors: [Factor] { Factor.allCases.filter(contains) }
}
