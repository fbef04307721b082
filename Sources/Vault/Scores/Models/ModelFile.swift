public import Scoring
internal import Yams

/// A model that a user wrote down: weights of the article's formulas, or a composite.
public enum ModelFile: Sendable, Hashable {
  /// Weights for `weighted`.
  case weighted(FactorWeights)
  /// A composite with how its factors come about.
  case composite(CompositeFile)

  /// The largest file, in bytes.
  public static let maximumLength = WeightsFile.maximumLength

  /// Reads a file, which says by `model` what it is; one that says nothing is a file of weights.
  ///
  /// - Throws: `.badInput` that names the member that is wrong.
  public static func parse(_ text: String) throws(VaultError) -> ModelFile {
    var root = try root(text, "model file")
    switch try root.optionalText("model") {
    case nil, WeightedModel.about.name: return .weighted(try WeightsFile.weights(&root))
    case CompositeModel.about.name: return .composite(try CompositeFile(&root))
    default:
      throw root.error("model", "is neither \(WeightedModel.about.name) nor \(CompositeModel.about.name)")
    }
  }

  /// The top of a YAML text.
  static func root(_ text: String, _ document: String) throws(VaultError) -> YAMLMap {
    guard text.utf8.count <= maximumLength else {
      throw VaultError(.badInput, "\(document): is larger than \(maximumLength) bytes")
    }
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch {
      throw VaultError(.badInput, "\(document): is not valid YAML")
    }
    guard let node else { throw VaultError(.badInput, "\(document): is empty") }
    return try YAMLMap(node, path: "", document: document)
  }
}
