/// A fit of whatever model, for display: parameters by name, with their errors and what to look at.
public struct FitSummary: Sendable {
  /// The model that was fitted.
  public let model: ModelDescription
  /// The parameters in the order of the literature, with their standard errors where there are any; empty where nothing
  /// was fitted.
  public let parameters: [(name: String, value: Double, standardError: Double?)]
  /// ln of the likelihood at the parameters; nil where nothing was fitted.
  public let logLikelihood: Double?
  /// How the fit ended.
  public let status: FitStatus
  /// What to know before trusting it.
  public let warnings: [FitWarning]
  /// The customers that it was fitted to.
  public let customers: Int
  /// Those of them with a repeat purchase.
  public let repeaters: Int

  private init<Model>(
    _ fit: ModelFit<Model>, _ about: ModelDescription, _ names: [String], _ values: [Double]
  ) {
    model = about
    let errors = fit.standardErrors
    parameters = zip(names, values).enumerated().map { index, parameter in
      (parameter.0, parameter.1, errors.flatMap { $0[index].isFinite ? $0[index] : nil })
    }
    logLikelihood = fit.logLikelihood
    (status, warnings) = (fit.status, fit.warnings)
    (customers, repeaters) = (fit.customers, fit.repeaters)
  }

  /// The summary of a purchase model's fit.
  public init<Model: PurchaseModel>(_ fit: ModelFit<Model>) {
    self.init(fit, Model.about, Model.parameterNames, fit.model?.parameters ?? [])
  }

  /// The summary of a spend model's fit.
  public init(_ fit: ModelFit<GammaGamma>) {
    self.init(fit, GammaGamma.about, GammaGamma.parameterNames, fit.model?.parameters ?? [])
  }

  /// Fits a model to customers' statistics.
  ///
  /// - Throws: `invalidComposite` for a model without parameters.
  public static func of(
    _ model: PopulationModel, _ customers: [SufficientStatistics]
  ) throws(ScoringError) -> [FitSummary] {
    switch model {
    case .bgNBD: [FitSummary(BGNBD.fit(to: CompressedStatistics(customers)))]
    case .mbgNBD: [FitSummary(MBGNBD.fit(to: CompressedStatistics(customers)))]
    case .paretoNBD: [FitSummary(ParetoNBD.fit(to: CompressedStatistics(customers)))]
    case .gammaGamma: [FitSummary(GammaGamma.fit(to: customers))]
    case .lifetimeValue:
      [
        FitSummary(MBGNBD.fit(to: CompressedStatistics(customers))),
        FitSummary(GammaGamma.fit(to: customers)),
      ]
    case .composite, .rfm: throw ScoringError(.invalidComposite)
    }
  }
}
