public import Scoring
internal import Yams

/// A file of weights for the model `weighted`.
///
/// ```yaml
/// model: weighted
/// weights:              # 1 where a factor is not named; 0 leaves it out, and customers may lack it
///   frequency: 2
///   amount: 0.01
///   variety: 0
/// ```
///
/// Strict: a factor or a member that is not known is an error, and so is one that comes twice.
public enum WeightsFile {
  /// The largest file, in bytes.
  public static let maximumLength = 65_536

  /// Reads the weights.
  ///
  /// - Throws: `.badInput` that names the member that is wrong.
  public static func parse(_ text: String) throws(VaultError) -> FactorWeights {
    var root = try ModelFile.root(text, "file of weights")
    if let model = try root.optionalText("model"), model != WeightedModel.about.name {
      throw root.error("model", "is not \(WeightedModel.about.name)")
    }
    return try weights(&root)
  }

  static func weights(_ root: inout YAMLMap) throws(VaultError) -> FactorWeights {
    var weights = FactorWeights()
    let map = try root.map("weights")
    for (name, value) in map.members {
      guard let factor = Factor(rawValue: name) else {
        throw map.error(
          name, "is no factor", hint: "one of: \(Factor.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      guard let text = value.string, let weight = Double(text), weight.isFinite, weight >= 0 else {
        throw map.error(name, "is not a number of 0 or more")
      }
      weights[factor] = weight
    }
    try root.finish()
    return weights
  }
}
