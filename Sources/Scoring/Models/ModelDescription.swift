/// What a model is, for `score models` and for the record of a run.
public struct ModelDescription: Hashable, Sendable, CustomStringConvertible {
  /// The name on the command line.
  public let name: String
  /// Raised whenever the same input may give other bits.
  public let version: Int
  /// What it computes, in one line.
  public let summary: String

  /// A description.
  public init(name: String, version: Int, summary: String) {
    self.name = name
    self.version = version
    self.summary = summary
  }

  /// Name and version, as recorded with a run: `literal/1`.
  public var identifier: String { "\(name)/\(version)" }

  /// The identifier.
  public var description: String { identifier }

  /// The models that there are, in the order in which they are listed.
  public static let all: [ModelDescription] =
    [LiteralModel.about, WeightedModel.about] + PopulationModel.allCases.map(\.about)
}
