/// The Gamma-Gamma model of what a customer spends on an occasion, independent of how often: amounts are
/// Gamma(p, ν) with ν itself Gamma(q, v) over customers (Fader, Hardie, "The Gamma-Gamma Model of Monetary Value", 2013;
/// there γ for v).
public struct GammaGamma: Sendable, Equatable {
  /// `gamma-gamma/1`.
  public static let about = ModelDescription(
    name: "gamma-gamma", version: 1, summary: "spend on an occasion (Fader, Hardie 2013)")
  /// p, q, v.
  public static let parameterNames = ["p", "q", "v"]

  /// Shape of a customer's amounts.
  public let p: Double
  /// Shape of the rates over customers.
  public let q: Double
  /// Rate of the rates over customers, an amount.
  public let v: Double

  /// A model with p, q, v, each above 0 and finite; else nil.
  public init?(parameters: [Double]) {
    guard parameters.count == 3, parameters.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    (p, q, v) = (parameters[0], parameters[1], parameters[2])
  }

  /// p, q, v.
  public var parameters: [Double] { [p, q, v] }

  /// The mean spend over customers, p v / (q - 1); nil where q is at most 1 and it is infinite.
  public var meanSpend: Double? { q > 1 ? p * v / (q - 1) : nil }

  /// What the customer is expected to spend on an occasion: p (v + x m) / (p x + q - 1), a mean of the customer's own and
  /// everybody's (equation 5); nil where it is infinite. A repeat mean of 0 or less says nothing about gamma
  /// amounts, and the customer gets everybody's.
  public func expectedSpend(of customer: SufficientStatistics) -> Double? {
    guard let mean = customer.meanSpend, mean > 0, customer.repeats > 0 else { return meanSpend }
    let x = Double(customer.repeats)
    let divisor = p * x + q - 1
    return divisor > 0 ? p * (v + x * mean) / divisor : nil
  }

  /// ln of the likelihood of the mean spends of customers with repeats (equation 1a).
  public func logLikelihood(of customers: [SufficientStatistics]) -> Double {
    SpendLikelihood(customers).derivatives(at: SIMD4(p, q, v, 0), order: .first).value
  }

  /// Maximum likelihood over the customers with a repeat and a positive mean.
  ///
  /// Warns where amount and frequency correlate, since the model takes them for independent.
  public static func fit(to customers: [SufficientStatistics]) -> ModelFit<GammaGamma> {
    let likelihood = SpendLikelihood(customers)
    let repeaters = Int(likelihood.customers)
    guard repeaters > 0, likelihood.meanSpend > 0 else {
      return ModelFit(
        customers: customers.count, repeaters: repeaters,
        warnings: ModelFit<GammaGamma>.sizeWarnings(customers.count, repeaters))
    }
    let start = SIMD4(0, logarithm(2), logarithm(likelihood.meanSpend), 0)
    let search = Maximization(
      of: likelihood, from: start, reach: PurchaseFit.reach, observations: likelihood.customers)
    var warnings: [FitWarning] = []
    if let correlation = likelihood.correlation, correlation.magnitude > FitWarning.independence {
      warnings.append(.amountCorrelatesWithFrequency(correlation))
    }
    if search.parameters[1] <= 1 { warnings.append(.infiniteMeanSpend) }
    return ModelFit(
      search, names: parameterNames, customers: customers.count, repeaters: repeaters, warnings: warnings,
      model: GammaGamma.init(parameters:))
  }
}
