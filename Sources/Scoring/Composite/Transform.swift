/// What is done to a raw factor before it is normalized.
public enum Transform: Hashable, Sendable {
  /// Nothing.
  case none
  /// sign(x) ln(1 + |x|/unit): differences become ratios, and negative totals stay on their side of 0.
  case logarithm(unit: Double)
  /// x / (|x| + half): grows ever less; `half` is worth a half.
  case saturation(half: Double)

  /// Whether its number makes sense.
  var isValid: Bool {
    switch self {
    case .none: true
    case .logarithm(let unit): unit > 0 && unit.isFinite
    case .saturation(let half): half > 0 && half.isFinite
    }
  }

  /// The transformed value. All transforms are increasing.
  @inline(__always)
  func callAsFunction(_ value: Double) -> Double {
    switch self {
    case .none: value
    case .logarithm(let unit):
      value < 0
        ? -logarithmOfOnePlus(value.magnitude / unit) : logarithmOfOnePlus(value.magnitude / unit)
    case .saturation(let half): value / (value.magnitude + half)
    }
  }
}
