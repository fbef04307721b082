import ArgumentParser
import Scoring
import Testing
import Vault

@testable import crmvault

/// What the options of `score` mean.
struct ScoreOptionsTests {
  private static func options(_ arguments: String...) throws -> ScoreOptions {
    try ScoreOptions.parse(arguments)
  }

  @Test(arguments: [
    ("1d", "2024-03-31", "2024-03-31"), ("90d", "2024-03-31", "2024-01-02"),
    ("2w", "2024-03-31", "2024-03-18"),
    ("1m", "2024-03-31", "2024-03-01"), ("1m", "2024-02-29", "2024-01-30"),
    ("6m", "2024-06-30", "2023-12-31"),
    ("1y", "2024-12-31", "2024-01-01"), ("1y", "2024-02-29", "2023-03-01"),
  ])
  func `a window ends with the as-of day`(window: String, asOf: String, first: String) throws {
    let plan = try Self.options("--as-of", asOf, "--window", window).plan()
    #expect(plan.window.from?.description == first)
    #expect(plan.window.through.description == asOf)
  }

  @Test(arguments: ["", "d", "0d", "9", "9x", "1.5m", "100000d", "１d", "3000y"])
  func `what is no window is refused`(window: String) throws {
    let options = try Self.options("--as-of", "2024-01-01", "--window", window)
    #expect(throws: CommandFailure.self) { try options.plan() }
  }

  @Test(arguments: ["2024-02-30", "2024-1-1", "yesterday", "2024-01-01T00:00:00Z"])
  func `what is no date is refused`(date: String) throws {
    #expect(throws: CommandFailure.self) { try Self.options("--as-of", date).plan() }
  }

  @Test func `scores, frequency and other currencies are chosen`() throws {
    let plan = try Self.options(
      "--as-of", "2024-01-01", "--scores", "value,loyalty", "--frequency", "spend-days", "--other-currencies",
      "leave-out", "--model", "weighted"
    ).plan()
    #expect(plan.model.scores == [.loyalty, .value])
    #expect(plan.model is WeightedModel)
    #expect(plan.definitions == FactorDefinitions(frequency: .spendDays, otherCurrency: .leaveOut))
    #expect(plan.minorDigits("JPY") == 0)
    #expect(plan.minorDigits("XXX") == nil)
    for wrong in ["", "loyalty,", "love"] {
      #expect(throws: CommandFailure.self) {
        try Self.options("--as-of", "2024-01-01", "--scores", wrong).plan()
      }
    }
    #expect(throws: CommandFailure.self) {
      try Self.options("--as-of", "2024-01-01", "--model", "no-such").plan()
    }
  }

  @Test func `a file of weights is a model`() throws {
    let scratch = try Scratch()
    let file = try scratch.file("weights.yaml", "weights: {variety: 0, frequency: 3}\n")
    let plan = try Self.options("--as-of", "2024-01-01", "--model", file).plan()
    #expect(plan.model.weights(of: .loyalty) == SIMD3(3, 1, 0))
    let zero = try scratch.file("zero.yaml", "weights: {variety: 0, frequency: 0, amount: 0}\n")
    #expect(throws: CommandFailure.self) { try Self.options("--as-of", "2024-01-01", "--model", zero).plan() }
  }
}
