/// What one release costs. Epsilon and delta are what was asked for and is counted against the limit; rho is what its
/// mechanisms are, which may add up to less.
public struct PrivacyCharge: Sendable, Hashable {
  /// Epsilon, above 0.
  public let epsilon: Rational
  /// Delta; 0 for pure differential privacy.
  public let delta: Rational
  /// The zero-concentrated cost.
  public let rho: Rational

  /// The cost of a mechanism that is epsilon-differentially private.
  public init(pure epsilon: Rational) throws(AnonymizationError) {
    guard !epsilon.isZero else {
      throw AnonymizationError(
        .badParameter, reason: "epsilon is above 0", hint: "give it as 1/10 or 0.1")
    }
    self.epsilon = epsilon
    delta = .zero
    rho = ZeroConcentration.rho(ofPure: epsilon)
  }

  /// The cost of discrete Gaussian noise that is (epsilon, delta)-differentially private: the greatest rho for it.
  public init(epsilon: Rational, delta: Rational) throws(AnonymizationError) {
    guard let rho = ZeroConcentration.rho(epsilon: epsilon, delta: delta) else {
      throw AnonymizationError(
        .badParameter, reason: "epsilon is above 0, and delta between 0 and 1",
        hint: "give them as 1/10 or 0.1")
    }
    self.epsilon = epsilon
    self.delta = delta
    self.rho = rho
  }

  /// A charge as it was recorded.
  public init(recorded epsilon: Rational, delta: Rational, rho: Rational) {
    self.epsilon = epsilon
    self.delta = delta
    self.rho = rho
  }

  /// Reads an epsilon: `1/10` and `0.1` are, 0, negative numbers and words are not.
  public static func parse(epsilon text: some StringProtocol) throws(AnonymizationError) -> Rational {
    guard let epsilon = Rational(text), !epsilon.isZero else {
      throw AnonymizationError(
        .badNumber, reason: "epsilon is a number above 0, as a fraction or a decimal",
        hint: "give it as 1/10 or 0.1")
    }
    return epsilon
  }
}
