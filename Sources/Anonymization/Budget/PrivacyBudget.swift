/// A privacy budget as a filter: what does not fit is refused before anything is computed, and a refusal costs
/// nothing (Rogers, Roth, Ullman, Vadhan, "Privacy Odometers and Filters", NeurIPS 2016; basic composition, which
/// holds for releases that are chosen in the light of earlier ones).
///
/// A value: whoever keeps it records ``spend(_:)`` durably before drawing noise.
public struct PrivacyBudget: Sendable, Equatable {
  /// The most that may be spent.
  public let epsilonLimit: Rational
  /// The most delta; 0 where only pure differential privacy is allowed.
  public let deltaLimit: Rational
  /// What was spent, in order.
  public private(set) var charges: [PrivacyCharge]

  /// A budget with what was spent of it before, even if that is more than the limit.
  public init(epsilonLimit: Rational, deltaLimit: Rational = .zero, charges: [PrivacyCharge] = []) {
    self.epsilonLimit = epsilonLimit
    self.deltaLimit = deltaLimit
    self.charges = charges
  }

  /// The sum of the epsilons.
  public var epsilonSpent: Rational { charges.reduce(.zero) { $0 + $1.epsilon } }
  /// The sum of the deltas.
  public var deltaSpent: Rational { charges.reduce(.zero) { $0 + $1.delta } }
  /// What is left of epsilon.
  public var epsilonLeft: Rational { epsilonLimit.subtracting(epsilonSpent) ?? .zero }
  /// What is left of delta.
  public var deltaLeft: Rational { deltaLimit.subtracting(deltaSpent) ?? .zero }

  /// Whether a charge fits.
  public func admits(_ charge: PrivacyCharge) -> Bool {
    epsilonSpent + charge.epsilon <= epsilonLimit && deltaSpent + charge.delta <= deltaLimit
  }

  /// Spends a charge.
  ///
  /// - Throws: ``AnonymizationError`` with `budgetExhausted`; then nothing was spent.
  public mutating func spend(_ charge: PrivacyCharge) throws(AnonymizationError) {
    guard admits(charge) else {
      let isDelta = epsilonSpent + charge.epsilon <= epsilonLimit
      throw AnonymizationError(
        .budgetExhausted,
        reason: isDelta
          ? "delta \(charge.delta) is asked, \(deltaSpent) of \(deltaLimit) is spent, \(deltaLeft) is left"
          : "epsilon \(charge.epsilon) is asked, \(epsilonSpent) of \(epsilonLimit) is spent, \(epsilonLeft) is left",
        hint: "ask for no more than is left; nothing was spent")
    }
    charges.append(charge)
  }

  /// The epsilon that all releases together mean at a delta: the smaller of the plain sum and the conversion of the
  /// summed rho, which is better for many small releases.
  ///
  /// - Parameter delta: at which the two are compared; not below the sum of deltas.
  public func epsilonInTotal(delta: Rational) -> Double {
    let plain = epsilonSpent.approximation
    guard !delta.isZero, delta < .one, deltaSpent <= delta else { return plain }
    let rho = charges.reduce(Rational.zero) { $0 + $1.rho }
    return min(plain, ZeroConcentration.epsilon(rho: rho.approximation, delta: delta.approximation))
  }
}
