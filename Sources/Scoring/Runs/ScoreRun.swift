/// The blocks of one run, put together: rows in ascending order of ordinals, exclusions counted, shares merged.
public struct ScoreRun: Sendable {
  /// The model that scored.
  public let model: ModelDescription
  /// The days that were looked at; the last is the as-of date.
  public let window: Window
  /// How events became factors.
  public let definitions: FactorDefinitions
  /// The blocks in ascending order.
  public let blocks: [ScoreBlock]
  /// How much of each score's variance each factor carries.
  public let variance: VarianceShares

  /// A run from its blocks, in whatever order the threads finished them.
  ///
  /// - Throws: `blocksDisagree` where a block comes twice, or two blocks differ in model, scores or retained
  ///   factors.
  public init(
    model: any ScoringModel, window: Window, definitions: FactorDefinitions = FactorDefinitions(),
    blocks: [ScoreBlock]
  ) throws(ScoringError) {
    let about = type(of: model).about
    let sorted = blocks.sorted { $0.index < $1.index }
    var variance = VarianceShares()
    var last: ScoreBlock?
    for block in sorted {
      guard block.model == about, block.scores == model.scores, last?.index != block.index,
        last.map({ $0.retained == block.retained }) ?? true
      else { throw ScoringError(.blocksDisagree) }
      variance.merge(block.variance)
      last = block
    }
    self.model = about
    self.window = window
    self.definitions = definitions
    self.blocks = sorted
    self.variance = variance
  }

  /// How many customers have scores.
  public var scored: Int { blocks.reduce(0) { $0 + $1.count } }

  /// How many customers were looked at, excluded ones included.
  public var considered: Int { blocks.reduce(scored) { $0 + $1.excluded.count } }

  /// How many customers have no score, by reason, in the order of `Exclusion.all`, reasons without customers
  /// left out.
  public var excluded: [(exclusion: Exclusion, customers: Int)] {
    var counts: [Exclusion: Int] = [:]
    for block in blocks {
      for customer in block.excluded { counts[customer.exclusion, default: 0] += 1 }
    }
    return Exclusion.all.compactMap { exclusion in counts[exclusion].map { (exclusion, $0) } }
  }

  /// Each customer's row, in ascending order of ordinals, made when it is asked for.
  public var rows: some Sequence<ScoreRow> {
    blocks.lazy.flatMap { block in (0..<block.count).lazy.map { block[$0] } }
  }

  /// The factors that carry over 80 % of a score's variance.
  public var warnings: [VarianceWarning] { variance.warnings() }
}
