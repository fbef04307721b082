/// Scores the customers of one block. It shares nothing, so that blocks run on any number of threads.
///
///     var history = HistoryAccumulator(window: window)
///     var scorer = BlockScorer(block: index, model: model, minorDigits: 2)
///     for each customer of the block, in ascending order of ordinals {
///       history.reset()
///       … feed the events …
///       try scorer.add(ordinal, &history)
///     }
///     let block = scorer.finish()
///
/// What is wrong with one customer excludes that customer and stops nobody else.
public struct BlockScorer: Sendable {
  private let needs: FactorSet
  private let sums: (WeightedSum?, WeightedSum?, WeightedSum?)
  private let minorDigits: Int
  private let unit: UInt64
  private var block: ScoreBlock
  private var last: UInt64?

  /// A scorer for one block.
  ///
  /// - Parameters:
  ///   - index: the block, as `ScoreBlock.index(of:)` gives it.
  ///   - model: the model, fitted where it has to be.
  ///   - minorDigits: decimals of the vault's currency.
  ///   - retained: the factors that are kept beside the scores.
  ///   - expected: for how many customers to make room.
  /// - Throws: `invalidMinorDigits`.
  public init(
    block index: UInt64, model: any ScoringModel, minorDigits: Int, retaining retained: FactorSet = .reported,
    expecting expected: Int = 0
  ) throws(ScoringError) {
    guard (0...HistoryAccumulator.maximumMinorDigits).contains(minorDigits) else {
      throw ScoringError(.invalidMinorDigits)
    }
    self.needs = model.needs
    func sum(_ score: Score) -> WeightedSum? {
      model.scores.contains(score) ? WeightedSum(score, weights: model.weights(of: score)) : nil
    }
    sums = (sum(.loyalty), sum(.satisfaction), sum(.value))
    self.minorDigits = minorDigits
    unit = CustomerStatistics.unit(minorDigits)
    block = ScoreBlock(
      index: index, model: type(of: model).about, scores: model.scores, retained: retained, expected: expected
    )
  }

  /// Scores the customer whose events were fed.
  ///
  /// - Throws: `ordinalOutOfOrder` where the ordinal is not of this block, or not above the one before.
  public mutating func add(
    _ ordinal: UInt64, _ history: inout HistoryAccumulator
  ) throws(ScoringError) {
    if history.definitions.otherCurrency != .leaveOut, history.otherCurrencyEvents > 0,
      !history.hasFactorsRow, !needs.isDisjoint(with: .payments)
    {
      return try exclude(ordinal, .otherCurrency)
    }
    let factors: Factors
    do {
      factors = try history.factors(minorDigits: minorDigits)
    } catch {
      return try exclude(ordinal, .outOfRange)
    }
    try add(ordinal, factors)
  }

  /// Scores a customer from statistics of a time that the run's window holds: the same as from the events.
  ///
  /// - Throws: `ordinalOutOfOrder` where the ordinal is not of this block, or not above the one before.
  @inline(__always)
  public mutating func add(
    _ ordinal: UInt64, _ statistics: CustomerStatistics, _ definitions: FactorDefinitions
  ) throws(ScoringError) {
    if statistics.lacksCurrency(definitions), !needs.isDisjoint(with: .payments) {
      return try exclude(ordinal, .otherCurrency)
    }
    try add(ordinal, statistics.factors(definitions, unit: unit))
  }

  /// Scores a customer from factors.
  ///
  /// - Throws: `ordinalOutOfOrder` where the ordinal is not of this block, or not above the one before.
  public mutating func add(_ ordinal: UInt64, _ factors: Factors) throws(ScoringError) {
    if let factor = needs.subtracting(factors.present).first {
      return try exclude(ordinal, .missing(factor))
    }
    var values = SIMD3<Double>.zero
    var products: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) = (.zero, .zero, .zero)
    // A customer counts in no moment before all of the scores are known to be finite.
    if let sum = sums.0 { (values[0], products.0) = sum.value(factors) }
    if let sum = sums.1 { (values[1], products.1) = sum.value(factors) }
    if let sum = sums.2 { (values[2], products.2) = sum.value(factors) }
    guard values[0].isFinite, values[1].isFinite, values[2].isFinite else {
      return try exclude(ordinal, .outOfRange)
    }
    try take(ordinal)
    if sums.0 != nil { block.variance.add(.loyalty, products.0) }
    if sums.1 != nil { block.variance.add(.satisfaction, products.1) }
    if sums.2 != nil { block.variance.add(.value, products.2) }
    block.append(ordinal: ordinal, scores: values, factors: factors)
  }

  /// Notes a customer who gets no score.
  ///
  /// - Throws: `ordinalOutOfOrder` where the ordinal is not of this block, or not above the one before.
  public mutating func exclude(_ ordinal: UInt64, _ exclusion: Exclusion) throws(ScoringError) {
    try take(ordinal)
    block.excluded.append(ExcludedCustomer(ordinal: ordinal, exclusion: exclusion))
  }

  /// The block.
  public consuming func finish() -> ScoreBlock { block }

  private mutating func take(_ ordinal: UInt64) throws(ScoringError) {
    guard ScoreBlock.index(of: ordinal) == block.index, last.map({ $0 < ordinal }) ?? true else {
      throw ScoringError(.ordinalOutOfOrder)
    }
    last = ordinal
  }
}
