/// A model that has to see a population before it can score a customer.
public enum PopulationModel: String, CaseIterable, Hashable, Sendable {
  /// Recency, frequency and amount by percentile, each weighing the same.
  case composite
  /// Bins of recency, frequency and amount, with a named segment.
  case rfm
  /// Purchases to expect, by BG/NBD.
  case bgNBD = "bg-nbd"
  /// Purchases to expect and the risk of churn, by MBG/NBD.
  case mbgNBD = "mbg-nbd"
  /// Purchases to expect and the risk of churn, by Pareto/NBD.
  case paretoNBD = "pareto-nbd"
  /// Spend to expect on an occasion.
  case gammaGamma = "gamma-gamma"
  /// Customer lifetime value: MBG/NBD and Gamma-Gamma.
  case lifetimeValue = "clv"

  /// Name, version and purpose.
  public var about: ModelDescription {
    switch self {
    case .composite: CompositeModel.about
    case .rfm: RFMBinning.about
    case .bgNBD: BGNBD.about
    case .mbgNBD: MBGNBD.about
    case .paretoNBD: ParetoNBD.about
    case .gammaGamma: GammaGamma.about
    case .lifetimeValue:
      ModelDescription(
        name: "clv", version: 1,
        summary: "lifetime value: MBG/NBD purchases times Gamma-Gamma spend, discounted")
    }
  }

  /// Whether it has parameters that are fitted by maximum likelihood.
  public var isFitted: Bool {
    switch self {
    case .composite, .rfm: false
    default: true
    }
  }
}

extension RFMBinning {
  /// `rfm/1`.
  public static let about = ModelDescription(
    name: "rfm", version: 1, summary: "quantile bins of recency, frequency and amount, with segments")
}
