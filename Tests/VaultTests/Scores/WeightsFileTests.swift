import Scoring
import Testing

@testable import Vault

/// The file of weights.
struct WeightsFileTests {
  @Test func `weights are read, and 1 where none is given`() throws {
    let weights = try WeightsFile.parse(
      "model: weighted\nweights: {frequency: 2, amount: 0.01, variety: 0}\n")
    #expect(weights[.frequency] == 2)
    #expect(weights[.amount] == 0.01)
    #expect(weights[.variety] == 0)
    #expect(weights[.referralValue] == 1)
  }

  @Test(arguments: [
    "", "weights: 3", "model: weighted", "weights: {frequenzy: 1}", "weights: {frequency: -1}",
    "weights: {frequency: .inf}", "weights: {frequency: nan}", "weights: {frequency: x}",
    "weights: {frequency: [1]}",
    "weights: {}\nmore: 1", "model: literal\nweights: {}", "weights: {frequency: 1, frequency: 2}", "- 1",
    "a: b: c",
  ])
  func `what is not a file of weights is refused`(text: String) {
    #expect(throws: VaultError(.badInput, "")) { try WeightsFile.parse(text) }
  }
}
