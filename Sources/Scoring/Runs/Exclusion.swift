/// Why a customer has no score in a run. More reasons (no consent, restricted) come from above this module.
public enum Exclusion: Hashable, Sendable {
  /// A factor that the model needs is missing; the first in the order of `Factor`.
  case missing(Factor)
  /// A payment in another currency makes the customer's factors incomplete.
  case otherCurrency
  /// A sum or a score is too large to be computed.
  case outOfRange

  /// The reason in JSON: `missing:FACTOR`, `other-currency`, `out-of-range`.
  public var reason: String {
    switch self {
    case .missing(let factor): "missing:\(factor.rawValue)"
    case .otherCurrency: "other-currency"
    case .outOfRange: "out-of-range"
    }
  }

  /// All reasons, in the order in which they are reported.
  public static let all: [Exclusion] = Factor.allCases.map(Exclusion.missing) + [.otherCurrency, .outOfRange]
}
