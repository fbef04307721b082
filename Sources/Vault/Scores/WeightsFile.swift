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
    guard text.utf8.count <= maximumLength else { throw error("is larger than \(maximumLength) bytes") }
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch { throw Self.error("is not valid YAML") }
    guard let node else { throw error("is empty") }
    var weights = FactorWeights()
    var hasWeights = false
    for (name, value) in try members(node, "the top") {
      switch name {
      case "model":
        guard value.string == WeightedModel.about.name else {
          throw error("model: only \(WeightedModel.about.name) takes a file")
        }
      case "weights":
        hasWeights = true
        for (name, value) in try members(value, "weights") {
          guard let factor = Factor(rawValue: name) else {
            throw error(
              "weights: '\(name)' is no factor",
              hint: "one of: \(Factor.allCases.map(\.rawValue).joined(separator: ", "))")
          }
          weights[factor] = try weight(value, name)
        }
      default: throw error("'\(name)' is not known", hint: "it has the members model and weights")
      }
    }
    guard hasWeights else { throw error("weights is missing") }
    return weights
  }

  private static func weight(_ node: Node, _ name: String) throws(VaultError) -> Double {
    guard let text = node.string, let weight = Double(text), weight.isFinite, weight >= 0 else {
      throw error("weights.\(name) is not a number of 0 or more")
    }
    return weight
  }

  private static func members(_ node: Node, _ place: String) throws(VaultError) -> [(String, Node)] {
    guard let mapping = node.mapping else { throw error("\(place) is not a mapping") }
    var members: [(String, Node)] = []
    for (key, value) in mapping {
      guard let key = key.string, !members.contains(where: { $0.0 == key }) else {
        throw error("\(place) has a member twice, or one whose name is no text")
      }
      members.append((key, value))
    }
    return members
  }

  private static func error(_ what: String, hint: String? = nil) -> VaultError {
    VaultError(.badInput, "file of weights: \(what)", hint: hint)
  }
}
