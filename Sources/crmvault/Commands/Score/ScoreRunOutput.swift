import Scoring
import Vault

/// Writes a run of a formula.
struct ScoreRunOutput {
  private let scored: ScoredCustomers
  private let plan: ScorePlan
  private let limit: Int?
  private let reported: [Factor] = FactorSet.reported.factors

  init(_ scored: ScoredCustomers, plan: ScorePlan, limit: Int?) {
    self.scored = scored
    self.plan = plan
    self.limit = limit
  }

  /// One document; the rows stream.
  func writeJSON(_ session: Session, to console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("model", scored.run.model.name)
      try json.field("model_version", scored.run.model.version)
      try json.field("as_of", scored.run.window.through.description)
      try json.field("from", scored.run.window.from?.description)
      try json.field("purpose", scored.purpose)
      try json.field("entry", scored.entries.intent)
      try json.field("customers", scored.count)
      try json.object("excluded") { json in
        for (reason, customers) in scored.excluded { try json.field(reason, customers) }
      }
      try ForeignOutput.write(scored.foreign, &json)
      try json.array("warnings") { json in
        for warning in scored.run.warnings {
          try json.object { json in
            try json.field("score", warning.score.rawValue)
            try json.field("factor", warning.factor.rawValue)
            try json.field("share", warning.share)
            try json.field("message", warning.description)
          }
        }
      }
      try json.array("scores") { json in
        try session.visitScores(scored, limit: limit) { pseudonym, row in
          try json.object { json in
            try json.field("id", pseudonym.description)
            for factor in reported { try json.field(factor.rawValue, row.factors[factor]) }
            for score in Score.allCases { try json.field(score.rawValue, row.scores[score]) }
          }
        }
      }
    }
    try json.finish()
  }

  /// A header and a row for each customer.
  func writeCSV(_ session: Session, to console: Console) throws {
    var csv = CSVWriter(to: console.output)
    try csv.header(["id"] + reported.map(\.rawValue) + Score.allCases.map(\.rawValue))
    try session.visitScores(scored, limit: limit) { pseudonym, row in
      try csv.cell(pseudonym.description)
      for factor in reported { try csv.cell(row.factors[factor]) }
      for score in Score.allCases { try csv.cell(row.scores[score]) }
      try csv.endRow()
    }
    try csv.finish()
  }

  /// A table for people.
  func writeText(_ session: Session, to console: Console) throws {
    let scores = plan.model.scores.scores
    let titles = reported.map { $0.rawValue.uppercased() } + scores.map { $0.rawValue.uppercased() }
    var table = TableWriter(["ID"] + titles.map { .trailing($0) }, to: console.output)
    try session.visitScores(scored, limit: limit) { pseudonym, row in
      try table.cell(pseudonym.description)
      for factor in reported { try table.cell(row.factors[factor], decimals: factor == .amount ? 2 : 0) }
      for score in scores { try table.cell(row.scores[score], decimals: 2) }
      try table.endRow()
    }
    try table.finish()
  }

  /// How many were scored, who was left out, and what to look at.
  func notify(_ console: Console) {
    let left = scored.excluded.reduce(0) { $0 + $1.customers }
    var line = "\(scored.count) scored"
    if let limit, limit < scored.count { line += ", \(limit) shown" }
    if left > 0 {
      line += ", \(left) left out: "
      line += scored.excluded.map { "\($0.reason) \($0.customers)" }.joined(separator: ", ")
    }
    console.notice(line)
    ForeignOutput.notify(scored.foreign, console)
    for warning in scored.run.warnings { console.warning(warning.description) }
    if let hint { console.notice("hint: \(hint)") }
  }

  /// What to do where nobody was scored.
  private var hint: String? {
    guard scored.count == 0, let most = scored.excluded.max(by: { $0.customers < $1.customers }) else {
      return nil
    }
    guard let factor = Factor.allCases.first(where: { Exclusion.missing($0).reason == most.reason }) else {
      return most.reason == Exclusion.otherCurrency.reason
        ? "add --other-currencies leave-out to score on the payments in the vault's currency" : nil
    }
    let others = plan.model.scores.scores.filter { score in
      let factors = score.factors
      return ![factors.0, factors.1, factors.2].contains(factor)
    }
    switch factor {
    case .frequency, .amount, .purchaseValue:
      return "no payments are known by \(scored.run.window.through); import some, or choose a later --as-of"
    case .variety where plan.model.scores.contains(.loyalty):
      return "the payments name no products; give --model a file of weights with variety: 0"
    default:
      return others.first.map { "add --scores \($0.rawValue), which does not need \(factor.rawValue)" }
        ?? "import what is missing, or ask for other scores"
    }
  }
}
