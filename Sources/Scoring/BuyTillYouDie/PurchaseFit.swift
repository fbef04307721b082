/// How the purchase models are fitted: the same search for each, from a start in the unit of the data.
enum PurchaseFit {
  /// How far the logarithm of a parameter may move from its start: a factor of about 160,000 either way.
  static let reach = 12.0

  /// A time to start at, in the data's unit: a quarter of the mean age.
  static func timeScale(_ customers: CompressedStatistics) -> Double {
    max(customers.meanAge / 4, .leastNormalMagnitude * 0x1p60)
  }

  /// Fits a model; without a repeat purchase anywhere nothing says when customers buy again, and there is no model.
  static func run<Model: PurchaseModel>(
    _ likelihood: some LogLikelihood, _ customers: CompressedStatistics, start: SIMD4<Double>
  ) -> ModelFit<Model> {
    guard customers.repeaters > 0, customers.meanAge > 0 else {
      return ModelFit(
        customers: customers.customers, repeaters: customers.repeaters,
        warnings: ModelFit<Model>.sizeWarnings(customers.customers, customers.repeaters))
    }
    var logarithms = SIMD4<Double>.zero
    for index in 0..<likelihood.dimension { logarithms[index] = logarithm(start[index]) }
    let search = Maximization(
      of: likelihood, from: logarithms, reach: reach, observations: Double(customers.customers))
    return ModelFit(
      search, names: Model.parameterNames, customers: customers.customers, repeaters: customers.repeaters,
      warnings: [], model: Model.init(parameters:))
  }
}
