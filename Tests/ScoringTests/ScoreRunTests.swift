import Scoring
import Testing

@Suite struct ScoreRunTests {
  let window: Window

  init() throws { window = Window(through: try day("2024-12-31")) }

  /// Customers of several blocks with gaps between the ordinals.
  private func population(_ count: Int) throws -> [(UInt64, [Event])] {
    var random = SeededGenerator(seed: 41)
    var ordinal: UInt64 = 4000
    return try (0..<count).map { _ in
      ordinal += UInt64.random(in: 1...60, using: &random)
      return (ordinal, try randomHistory(&random))
    }
  }

  private func block(
    _ index: UInt64, of customers: [(UInt64, [Event])], _ history: inout HistoryAccumulator
  ) throws -> ScoreBlock {
    var scorer = try BlockScorer(block: index, model: LiteralModel(scores: .loyalty), minorDigits: 2)
    for (ordinal, events) in customers where ScoreBlock.index(of: ordinal) == index {
      history.reset()
      history.feed(events)
      try scorer.add(ordinal, &history)
    }
    return scorer.finish()
  }

  @Test func `any number of threads gives the same bits`() async throws {
    let customers = try population(1200)
    let indexes = Set(customers.map { ScoreBlock.index(of: $0.0) }).sorted()
    #expect(indexes.count > 7)
    var runs: [ScoreRun] = []
    for threads in [1, 2, 7] {
      let blocks = try await withThrowingTaskGroup(of: [ScoreBlock].self) { group in
        for thread in 0..<threads {
          group.addTask {
            var history = HistoryAccumulator(window: window)
            return try indexes.enumerated().filter { $0.offset % threads == thread }.map {
              try block($0.element, of: customers, &history)
            }
          }
        }
        return try await group.reduce(into: []) { $0 = $1 + $0 }
      }
      runs.append(
        try ScoreRun(model: LiteralModel(scores: .loyalty), window: window, blocks: blocks))
    }
    #expect(runs[0].scored > 100)
    #expect(runs[0].considered == 1200)
    #expect(runs[0].blocks == runs[1].blocks)
    #expect(runs[0].blocks == runs[2].blocks)
    #expect(runs[0].variance == runs[1].variance)
    #expect(runs[0].variance == runs[2].variance)
  }

  @Test func `rows come in ascending order with the scores of each customer alone`() throws {
    let customers = try population(300)
    let histories = Dictionary(uniqueKeysWithValues: customers)
    let indexes = Set(customers.map { ScoreBlock.index(of: $0.0) })
    var history = HistoryAccumulator(window: window)
    let blocks = try indexes.map { try block($0, of: customers, &history) }
    let model = try LiteralModel(scores: .loyalty)
    let run = try ScoreRun(model: model, window: window, blocks: blocks)
    var last: UInt64 = 0
    for row in run.rows {
      #expect(row.ordinal > last)
      last = row.ordinal
      let alone = try factors(try #require(histories[row.ordinal]), window)
      #expect(row.scores == (try model.scores(from: alone)))
      #expect(row.factors.frequency == alone.frequency)
      #expect(row.factors.amount == alone.amount)
      #expect(row.factors.variety == alone.variety)
      #expect(row.factors.productQuality == nil)
    }
    #expect(run.scored + run.excluded.reduce(0) { $0 + $1.customers } == 300)
  }

  @Test func `every customer without scores is counted under a reason`() throws {
    let model = LiteralModel()
    let today = window.through
    var scorer = try BlockScorer(block: 0, model: model, minorDigits: 2, retaining: .all)
    var history = HistoryAccumulator(window: window)
    let customers: [[Event]] = [
      [.row(Article.first, nil)], [], [.payment(today, 5)], [.payment(today, 5, product: 1)],
      [.payment(today, 5, own: false)], [.payment(today, .max), .payment(today, .max)],
      [.row(Article.second, nil), .payment(today, 5, own: false)],
      [.row(Factors(frequency: 1), nil)], [.payment(today, 9, product: 2)],
      [
        .row(
          Factors(
            frequency: 1e308, amount: 1e308, variety: 1, productQuality: 1, serviceQuality: 1,
            priceSatisfaction: 1, referralValue: 1, informationValue: 1), nil)
      ],
    ]
    for (ordinal, events) in customers.enumerated() {
      history.reset()
      history.feed(events)
      try scorer.add(UInt64(ordinal), &history)
    }
    let run = try ScoreRun(model: model, window: window, blocks: [scorer.finish()])
    #expect(
      run.excluded.map(\.exclusion.reason) == [
        "missing:frequency", "missing:amount", "missing:variety", "missing:product_quality", "other-currency",
        "out-of-range",
      ])
    #expect(run.excluded.map(\.customers) == [1, 1, 1, 2, 1, 2])
    #expect(run.rows.map(\.ordinal) == [0, 6])
    #expect(run.rows.map(\.factors) == [Article.first, Article.second])
    #expect(run.rows.map(\.scores.value) == [433.3333333333333, 216.66666666666666])
    #expect(run.model.identifier == "literal/1")
    #expect(run.warnings.map(\.factor) == [.amount])
  }

  @Test func `other currencies exclude only where the model needs payments, and not where they are left out`()
    throws
  {
    let today = window.through
    let events: [Event] = [
      .payment(today, 500, product: 1), .payment(today, 5, own: false), .rating(today, 4000, 5000, 4000),
    ]
    for (scores, rule, scored) in [
      (ScoreSet.loyalty, OtherCurrencyRule.excludeCustomer, 0), (.satisfaction, .excludeCustomer, 1),
      (.loyalty, .leaveOut, 1),
    ] {
      var history = HistoryAccumulator(
        window: window, definitions: FactorDefinitions(otherCurrency: rule))
      history.feed(events)
      var scorer = try BlockScorer(block: 0, model: LiteralModel(scores: scores), minorDigits: 2)
      try scorer.add(0, &history)
      #expect(scorer.finish().count == scored)
    }
  }

  @Test func `a customer out of order or of another block is refused`() throws {
    var scorer = try BlockScorer(block: 1, model: LiteralModel(), minorDigits: 2)
    try scorer.add(5000, Article.first)
    for ordinal: UInt64 in [5000, 4999, 4095, 8192, .max] {
      #expect(throws: ScoringError(.ordinalOutOfOrder)) { try scorer.add(ordinal, Article.first) }
      #expect(throws: ScoringError(.ordinalOutOfOrder)) { try scorer.add(ordinal, Factors()) }
    }
    #expect(scorer.finish().count == 1)
  }

  @Test func `blocks that are not of one run are refused`() throws {
    let literal = LiteralModel()
    let one = try BlockScorer(block: 1, model: literal, minorDigits: 2).finish()
    let loyalty = try BlockScorer(block: 2, model: LiteralModel(scores: .loyalty), minorDigits: 2).finish()
    let weighted = try BlockScorer(block: 2, model: WeightedModel(weights: FactorWeights()), minorDigits: 2)
      .finish()
    let wide = try BlockScorer(block: 2, model: literal, minorDigits: 2, retaining: .all).finish()
    for other in [one, loyalty, weighted, wide] {
      #expect(throws: ScoringError(.blocksDisagree)) {
        try ScoreRun(model: literal, window: window, blocks: [one, other])
      }
    }
    #expect(try ScoreRun(model: literal, window: window, blocks: []).scored == 0)
  }
}
