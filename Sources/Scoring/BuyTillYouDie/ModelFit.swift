/// How a fit ended.
public enum FitStatus: String, CaseIterable, Hashable, Sendable {
  /// At the maximum of the likelihood.
  case converged
  /// At a maximum where at least one parameter stands at the end of its range: the data does not bound it.
  case parameterAtBound = "parameter_at_bound"
  /// Where the search stopped; the parameters are the best that were found.
  case notConverged = "not_converged"
  /// Nobody to fit to, or nobody with a repeat purchase: there are no parameters.
  case notEnoughData = "not_enough_data"
}

/// What to know before trusting a fit.
public enum FitWarning: Hashable, Sendable, CustomStringConvertible {
  /// Fewer customers than `FitWarning.enoughCustomers`.
  case fewCustomers(Int)
  /// Fewer customers with a repeat purchase than `FitWarning.enoughRepeaters`.
  case fewRepeaters(Int)
  /// Amount and frequency are correlated beyond `FitWarning.independence`, where Gamma-Gamma assumes independence.
  case amountCorrelatesWithFrequency(Double)
  /// A parameter stands at the end of its range.
  case atBound(String)
  /// Mean spend of customers without repeats is infinite under the fit (q at most 1).
  case infiniteMeanSpend

  /// The customers that a fit should have.
  public static let enoughCustomers = 100
  /// The repeaters that a fit should have.
  public static let enoughRepeaters = 50
  /// The largest correlation of amount and frequency that passes without a warning.
  public static let independence = 0.3

  /// A stable word, for JSON.
  public var code: String {
    switch self {
    case .fewCustomers: "few_customers"
    case .fewRepeaters: "few_repeaters"
    case .amountCorrelatesWithFrequency: "amount_correlates_with_frequency"
    case .atBound: "parameter_at_bound"
    case .infiniteMeanSpend: "infinite_mean_spend"
    }
  }

  /// What is wrong and what follows.
  public var description: String {
    switch self {
    case .fewCustomers(let count):
      "only \(count) customers: the parameters are uncertain; see their standard errors"
    case .fewRepeaters(let count):
      "only \(count) customers bought again: the parameters are uncertain; use a longer window"
    case .amountCorrelatesWithFrequency(let correlation):
      "amount and frequency correlate (\(Int((correlation * 100).rounded())) of 100): expected spend is biased"
    case .atBound(let name): "\(name) is not bounded by the data; its value means nothing by itself"
    case .infiniteMeanSpend: "q is at most 1: no mean spend for customers without a repeat purchase"
    }
  }
}

/// The result of a fit. A fit never throws: it has a status, and where there is something to fit to, a model.
public struct ModelFit<Model: Sendable>: Sendable {
  /// The fitted model, nil where there was not enough data.
  public let model: Model?
  /// How the fit ended.
  public let status: FitStatus
  /// What to know before trusting it.
  public let warnings: [FitWarning]
  /// The customers that it was fitted to.
  public let customers: Int
  /// Those of them with a repeat purchase.
  public let repeaters: Int
  /// ln of the likelihood at the parameters, nil without a model.
  public let logLikelihood: Double?
  /// The parameters' standard errors from the observed information, in the order of the parameters; nil where the
  /// likelihood is not curved downwards in every direction.
  public let standardErrors: [Double]?
  /// How many times the likelihood was evaluated.
  public let evaluations: Int
  /// The covariance of the logarithms of the parameters, for the delta method.
  let logCovariance: SymmetricMatrix?

  /// A fit that found too little.
  init(customers: Int, repeaters: Int, warnings: [FitWarning]) {
    model = nil
    status = .notEnoughData
    self.warnings = warnings
    (self.customers, self.repeaters) = (customers, repeaters)
    (logLikelihood, standardErrors, logCovariance, evaluations) = (nil, nil, nil, 0)
  }

  /// A fit from a search.
  init(
    _ search: Maximization, names: [String], customers: Int, repeaters: Int, warnings: [FitWarning],
    model: ([Double]) -> Model?
  ) {
    let dimension = names.count
    let values = (0..<dimension).map { search.parameters[$0] }
    self.model = search.derivatives.isFinite ? model(values) : nil
    self.customers = customers
    self.repeaters = repeaters
    evaluations = search.evaluations
    logLikelihood = search.derivatives.value
    logCovariance = (-search.derivatives.hessian).inverse(dimension: dimension)
    // The information at the parameters themselves: at a maximum the logarithms' is the same after scaling.
    standardErrors = logCovariance.map { covariance in
      (0..<dimension).map { values[$0] * covariance[$0, $0].squareRoot() }
    }
    var all = Self.sizeWarnings(customers, repeaters) + warnings
    switch search.outcome {
    case .converged: status = .converged
    case .atBound(let indexes):
      status = .parameterAtBound
      all += indexes.map { .atBound(names[$0]) }
    case .notConverged: status = .notConverged
    }
    self.warnings = all
  }

  /// The warnings that numbers of customers alone call for.
  static func sizeWarnings(_ customers: Int, _ repeaters: Int) -> [FitWarning] {
    (customers < FitWarning.enoughCustomers ? [.fewCustomers(customers)] : [])
      + (repeaters < FitWarning.enoughRepeaters ? [.fewRepeaters(repeaters)] : [])
  }
}

extension ModelFit where Model: PurchaseModel {
  /// The standard error of a customer's expected purchases that comes from not knowing the parameters exactly, by the
  /// delta method; nil without a covariance.
  public func standardError(
    ofPurchasesOf customer: SufficientStatistics, within time: Double
  ) -> Double? {
    guard let model, let logCovariance else { return nil }
    let step = 1e-5
    var gradient = SIMD4<Double>.zero
    for index in model.parameters.indices {
      var (above, below) = (model.parameters, model.parameters)
      above[index] *= exponential(step)
      below[index] *= exponential(-step)
      guard let higher = Model(parameters: above), let lower = Model(parameters: below) else { return nil }
      gradient[index] =
        (higher.expectedPurchases(of: customer, within: time)
          - lower.expectedPurchases(of: customer, within: time)) / (2 * step)
    }
    let variance = (gradient * (logCovariance * gradient)).sum()
    return variance >= 0 ? variance.squareRoot() : nil
  }
}
