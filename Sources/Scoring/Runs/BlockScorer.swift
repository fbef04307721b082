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
  private let model: any ScoringModel
  private let needs: FactorSet
  private let scores: ScoreSet
  private let minorDigits: Int
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
    self.model = model
    self.needs = model.needs
    self.scores = model.scores
    self.minorDigits = minorDigits
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
    if history.definitions.otherCurrency == .excludeCustomer, history.otherCurrencyEvents > 0,
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

  /// Scores a customer from factors.
  ///
  /// - Throws: `ordinalOutOfOrder` where the ordinal is not of this block, or not above the one before.
  public mutating func add(_ ordinal: UInt64, _ factors: Factors) throws(ScoringError) {
    if let factor = needs.subtracting(factors.present).first {
      return try exclude(ordinal, .missing(factor))
    }
    var values = Scores()
    // A customer counts in no moment before all of the scores are known to be finite.
    var computed: (ScoreTerms?, ScoreTerms?, ScoreTerms?)
    do {
      if scores.contains(.loyalty) { computed.0 = try terms(.loyalty, factors, &values) }
      if scores.contains(.satisfaction) { computed.1 = try terms(.satisfaction, factors, &values) }
      if scores.contains(.value) { computed.2 = try terms(.value, factors, &values) }
    } catch {
      // A factor that is needed cannot be missing here.
      return try exclude(ordinal, .outOfRange)
    }
    try take(ordinal)
    if let terms = computed.0 { block.variance.add(terms) }
    if let terms = computed.1 { block.variance.add(terms) }
    if let terms = computed.2 { block.variance.add(terms) }
    block.append(ordinal: ordinal, scores: values, factors: factors)
  }

  @inline(__always)
  private func terms(
    _ score: Score, _ factors: Factors, _ values: inout Scores
  ) throws(ScoringError) -> ScoreTerms {
    let terms = try model.terms(of: score, from: factors)
    values[score] = try terms.value()
    return terms
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
