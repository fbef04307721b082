/// The Pareto/NBD model: a customer buys at a Gamma(r, α) rate and lives an exponential time with a Gamma(s, β) rate
/// (Schmittlein, Morrison, Colombo, "Counting Your Customers: Who Are They and What Will They Do Next?",
/// Management Science 33, 1987).
public struct ParetoNBD: PurchaseModel, Equatable {
  /// `pareto-nbd/1`.
  public static let about = ModelDescription(
    name: "pareto-nbd", version: 1,
    summary: "purchases and departure at any time (Schmittlein and others 1987)")
  /// r, alpha, s, beta.
  public static let parameterNames = ["r", "alpha", "s", "beta"]

  /// Shape of the purchase rates.
  public let r: Double
  /// Rate of the purchase rates, a time.
  public let alpha: Double
  /// Shape of the rates of leaving.
  public let s: Double
  /// Rate of the rates of leaving, a time.
  public let beta: Double

  /// A model with r, alpha, s, beta, each above 0 and finite; else nil.
  public init?(parameters: [Double]) {
    guard parameters.count == 4, parameters.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    (r, alpha, s, beta) = (parameters[0], parameters[1], parameters[2], parameters[3])
  }

  /// r, alpha, s, beta.
  public var parameters: [Double] { [r, alpha, s, beta] }

  /// P(alive) = q(T) / (q(T) + s/(r+s+x) (H(t_x) - H(T))), the terms of `ParetoTerm`.
  public func probabilityAlive(_ customer: SufficientStatistics) -> Double {
    let vector = SIMD4(r, alpha, s, beta)
    let late = ParetoTerm(vector, repeats: customer.repeats, time: customer.age)
    let early = ParetoTerm(vector, repeats: customer.repeats, time: customer.recency)
    let share = s / (r + s + Double(customer.repeats))
    let dead =
      share * exponential(early.log - late.logAlive) * -exponentialMinusOne(min(0, late.log - early.log))
    return 1 / (1 + dead)
  }

  /// E[Y(t)] of a customer who is alive: (r+x)/(α+T) (β+T)/(s-1) [1 - ((β+T)/(β+T+t))^(s-1)] (Fader, Hardie, "A Note on
  /// Deriving the Pareto/NBD Model", 2005, equation 41), without a singularity at s = 1.
  public func expectedPurchasesIfAlive(repeats: Int, age: Double, within time: Double) -> Double {
    let left = beta + age
    let log = logarithmOfOnePlus(time / left)
    let epsilon = s - 1
    let factor = epsilon == 0 ? log : -exponentialMinusOne(-epsilon * log) / epsilon
    return (r + Double(repeats)) / (alpha + age) * left * factor
  }

  /// The probabilities of 0, 1, … purchases: the negative binomial count of the time that the customer stays, averaged over
  /// that time by Gauss's rule.
  public func purchaseProbabilities(
    of customer: SufficientStatistics, within time: Double, upTo level: Double
  ) -> [Double] {
    ParetoPrediction(self, customer, within: time).probabilities(upTo: level)
  }

  /// ln of the likelihood of the customers' histories.
  public func logLikelihood(of customers: CompressedStatistics) -> Double {
    ParetoLikelihood(customers).derivatives(at: SIMD4(r, alpha, s, beta), order: .first).value
  }

  /// Maximum likelihood.
  public static func fit(to customers: CompressedStatistics) -> ModelFit<ParetoNBD> {
    let scale = PurchaseFit.timeScale(customers)
    return PurchaseFit.run(ParetoLikelihood(customers), customers, start: SIMD4(0.5, scale, 0.5, scale))
  }
}
