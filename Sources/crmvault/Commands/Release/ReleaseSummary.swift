import Anonymization
import DisclosureRisk
import Release

/// What a release came to, for people and for programs: what was measured, and no word of what that would mean.
struct ReleaseSummary {
  let plan: ReleasePlan
  let measures: RiskMeasures
  /// Where it is; nil after a dry run.
  let file: String?
  let sha256: String
  /// What left the vault; nil for a table that is no vault's.
  var export: ExportFacts?

  /// One document.
  func writeJSON(to console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      if let export { try json.field("release", export.release) }
      try json.field("rows", measures.rows)
      try json.field("suppressed", measures.loss?.suppressed)
      try json.object("excluded") { json in
        for (reason, customers) in export?.excluded ?? [] { try json.field(reason, customers) }
      }
      try json.field("mode", plan.profile.mode.rawValue)
      try json.field("classes", measures.classes)
      try json.field("people", measures.people)
      try json.field("k", measures.k)
      try json.field("l", measures.l)
      try json.field("t", measures.t)
      try json.field("ncp", measures.loss?.certaintyPenalty)
      try RiskOutput.writeRisk(measures, &json)
      try json.field("quasi_identifiers", plan.profile.quasiIdentifiers)
      try json.field("file", file)
      try json.field("sha256", sha256)
      try export?.writeFields(&json)
    }
    try json.finish()
  }

  /// A few lines.
  func writeText(to console: Console) throws {
    let suppressed = measures.loss?.suppressed ?? 0
    var text = file.map { "\($0): " } ?? "dry run, nothing written: "
    text += "\(measures.rows) rows in \(measures.classes) classes, \(suppressed) left out\n"
    try console.output.write(text)
    if let export { try console.output.write(VisibleText.visible(export.line) + "\n") }
    try RiskOutput.writeText(measures, to: console)
  }
}

/// The figures that `table anonymize` and `table measure` share.
enum RiskOutput {
  static func writeRisk(_ measures: RiskMeasures, _ json: inout JSONWriter) throws {
    try json.object("risk") { json in
      try json.field("prosecutor_max", measures.risk.prosecutorMax)
      try json.field("prosecutor_mean", measures.risk.prosecutorMean)
      try json.field("journalist_max", measures.risk.journalistMax)
      try json.field("marketer", measures.risk.marketer)
      try json.field("homogeneous_share", measures.risk.homogeneousShare)
    }
  }

  static func writeText(_ measures: RiskMeasures, to console: Console) throws {
    var table = TableWriter(["MEASURED", .trailing("VALUE")], to: console.output)
    func row(_ name: String, _ value: Double?, _ decimals: Int) throws {
      guard let value else { return }
      try table.cell(name)
      try table.cell(value, decimals: decimals)
      try table.endRow()
    }
    func row(_ name: String, _ value: Int?) throws {
      guard let value else { return }
      try table.cell(name)
      table.cell(value)
      try table.endRow()
    }
    try row("k", measures.k)
    try row("l", measures.l)
    try row("entropy l", measures.entropyL, 3)
    try row("recursive c", measures.recursiveC, 3)
    try row("t", measures.t, 4)
    try row("alpha", measures.alpha, 4)
    try row("beta", measures.beta, 4)
    try row("delta", measures.delta, 4)
    try row("average class", measures.averageClass, 2)
    try row("alone in their class", measures.uniques)
    try row("prosecutor risk, greatest", measures.risk.prosecutorMax, 4)
    try row("prosecutor risk, mean", measures.risk.prosecutorMean, 4)
    try row("share in homogeneous classes", measures.risk.homogeneousShare, 4)
    try row("certainty penalty (NCP)", measures.loss?.certaintyPenalty, 4)
    try row("discernibility", measures.loss?.discernibility, 0)
    try row("suppressed", measures.loss?.suppressed)
    try table.finish()
  }
}
