public import Scoring
internal import Yams

/// The policy's segments: the table of RFM segments and the rules of one's own.
///
/// ```yaml
/// segments:
///   rfm:                          # the first row that fits; without it the usual ten
///     - {name: champions, recency: 4-5, frequency: 4-5, monetary: 4-5}
///   rules:                        # the first rule whose conditions all hold
///     - {name: vip, when: ["amount >= 1000", "recency <= 90"]}
///   rest: others                  # whom nothing fits
/// ```
public struct SegmentPolicy: Sendable, Hashable {
  /// The table of RFM segments; nil for the usual one.
  public let rfm: RFMSegments?
  /// The rules; nil where there is none.
  public let rules: SegmentRules?

  init(_ node: YAMLMap?) throws(VaultError) {
    guard var map = node else {
      (rfm, rules) = (nil, nil)
      return
    }
    var rows: [RFMSegments.Row] = []
    for var entry in try map.maps("rfm") {
      let (name, recency) = (try entry.text("name"), try entry.text("recency"))
      let (frequency, monetary) = (try entry.text("frequency"), try entry.text("monetary"))
      do throws(ScoringError) {
        rows.append(
          try RFMSegments.Row(name, recency: recency, frequency: frequency, monetary: monetary))
      } catch {
        throw entry.error(error.place?.field ?? "name", "is not a name, or not bins such as 4-5")
      }
      try entry.finish()
    }
    var rules: [SegmentRules.Rule] = []
    for var entry in try map.maps("rules") {
      let name = try entry.text("name")
      let conditions = try entry.optionalTexts("when") ?? []
      do throws(ScoringError) {
        rules.append(try SegmentRules.Rule(name, parsing: conditions))
      } catch {
        throw entry.error(
          "when", "or its name cannot be read",
          hint: "a condition is 'FACTOR COMPARISON NUMBER' such as 'recency <= 30'; a name is a few words")
      }
      try entry.finish()
    }
    let rest = try map.optionalText("rest") ?? "others"
    try map.finish()
    rfm = rows.isEmpty ? nil : RFMSegments(rows, rest: rest)
    self.rules = rules.isEmpty ? nil : SegmentRules(rules, rest: rest)
  }
}

/// What recommendations may not rest on: purchases of these are evidence for nothing, and are not suggested.
///
/// ```yaml
/// recommend:
///   sensitive_categories: [health, religion]
///   sensitive_products: [P-17]
/// ```
public struct RecommendationPolicy: Sendable, Hashable {
  /// Categories, as imports name them.
  public let sensitiveCategories: Set<String>
  /// Products, as imports name them.
  public let sensitiveProducts: Set<String>

  init(_ node: YAMLMap?) throws(VaultError) {
    guard var map = node else {
      (sensitiveCategories, sensitiveProducts) = ([], [])
      return
    }
    sensitiveCategories = Set(try map.optionalTexts("sensitive_categories") ?? [])
    sensitiveProducts = Set(try map.optionalTexts("sensitive_products") ?? [])
    try map.finish()
  }
}
