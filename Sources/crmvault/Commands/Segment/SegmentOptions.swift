import ArgumentParser
import Scoring
import Vault

/// How segments are made.
struct SegmentOptions: ParsableArguments {
  @Flag(help: "By RFM bins and a table of names (the default).") var rfm = false
  @Flag(name: .customLong("kmeans"), help: "By k-means on recency, frequency and amount, standardized.")
  var kMeans = false
  @Flag(help: "By the policy's rules over factors.") var rules = false

  @Option(help: "How many clusters (default: the number from 2 to 8 whose silhouette is largest).") var k:
    Int?
  @Option(help: "What the starting centres are drawn from: the same seed, the same clusters.") var seed:
    UInt64 = 1

  @Option(help: "How many RFM bins there are, 2 to 9.") var bins = 5

  @Option(
    name: .customLong("segments"),
    help:
      "A table of RFM segments: name,recency,frequency,monetary (default: the policy's, else the usual ten).",
    completion: .file())
  var segmentTable: String?

  @Option(
    help: "Which local days are purchase occasions: spend (net amount above 0) or payment (any payment).",
    transform: PopulationWord.occasion)
  var occasion: OccasionRule = .spend

  func validate() throws {
    guard [rfm, kMeans, rules].count(where: \.self) <= 1 else {
      throw ValidationError("--rfm, --kmeans and --rules exclude each other")
    }
    guard k == nil || kMeans else { throw ValidationError("--k goes with --kmeans") }
    guard k.map({ (1...1000).contains($0) }) ?? true else {
      throw ValidationError("--k is a number from 1 to 1000")
    }
    guard (2...9).contains(bins) else { throw ValidationError("--bins is a number from 2 to 9") }
  }
}

extension SegmentOptions {
  /// The method that was chosen.
  func method(_ policy: SegmentPolicy) throws(CommandFailure) -> SegmentMethod {
    if kMeans { return .kMeans(clusters: k, seed: seed) }
    guard rules else { return .rfm }
    guard let rules = policy.rules else {
      throw .configuration(
        "no_segment_rules", "the policy has no rules for segments",
        hints: "write them under segments: rules: and apply the policy")
    }
    return .rules(rules)
  }

  /// The settings of a run as of a day.
  func settings(_ policy: SegmentPolicy, asOf: LocalDay, minorDigits: Int) throws -> PopulationSettings {
    PopulationSettings(
      asOf: asOf, bins: bins, segments: try SegmentTable.read(segmentTable) ?? policy.rfm ?? .standard,
      minorDigits: minorDigits)
  }
}

/// A table of RFM segments in a file.
enum SegmentTable {
  /// The table; nil without a file.
  static func read(_ path: String?) throws -> RFMSegments? {
    guard let path else { return nil }
    do {
      return try RFMSegments(parsing: try TextFile.read(path, limit: 1 << 16))
    } catch let error as ScoringError {
      throw CommandFailure.badInput(error.code.rawValue, "\(path): \(error)")
    }
  }
}
