import Scoring
import Vault

/// Writes how one customer's score by a model of a population comes about.
struct ExplanationOutput {
  private let id: Pseudonym
  private let explanation: PopulationExplanation
  private let modelName: String?
  private let window: Window
  private let gathered: GatheredCustomers

  init(
    id: Pseudonym, _ explanation: PopulationExplanation, modelName: String?, window: Window,
    _ gathered: GatheredCustomers
  ) {
    (self.id, self.explanation, self.modelName) = (id, explanation, modelName)
    (self.window, self.gathered) = (window, gathered)
  }

  /// One document, of the same shape as for a formula.
  func writeJSON(to console: Console) throws {
    let about = explanation.model.about
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("id", id.description)
      try json.field("model", about.name)
      try json.field("model_version", about.version)
      try json.field("model_name", modelName)
      try json.field("as_of", window.through.description)
      try json.field("from", window.from?.description)
      try json.field("purpose", gathered.purpose)
      try json.field("entry", gathered.entries.intent)
      try json.field("population", gathered.customers.count)
      if let norms = explanation.norms {
        try json.object("norms") { json in
          try json.field("id", norms.id)
          try json.field("as_of", norms.asOf.description)
          try json.field("customers", norms.customers)
        }
      }
      try json.array("fits") { json in
        for fit in explanation.fits { try json.object { json in try FitOutput.write(fit, &json) } }
      }
      try json.array("scores") { json in try json.object { json in try writeScore(&json) } }
    }
    try json.finish()
  }

  private func writeScore(_ json: inout JSONWriter) throws {
    try json.field("score", explanation.score)
    try json.field("value", explanation.value)
    try json.field("combination", explanation.combination.rawValue)
    try json.field("coverage", explanation.coverage)
    try json.field("segment", explanation.segment)
    try json.field("residual", explanation.residual)
    try json.array("terms") { json in
      for term in explanation.terms {
        try json.object { json in
          try json.field("factor", term.name)
          try json.field("value", term.raw)
          try json.field("normalized", term.normalized)
          try json.field("weight", term.weight)
          try json.field("contribution", term.contribution)
          try json.field("reference_median", term.isReferenceMedian)
        }
      }
    }
    try json.object("figures") { json in
      for (name, value) in explanation.figures where value.isFinite { try json.field(name, value) }
    }
  }

  /// A table for people.
  func writeText(to console: Console) throws {
    var table = TableWriter(
      [
        "SCORE", "FACTOR", .trailing("VALUE"), .trailing("NORMALIZED"), .trailing("WEIGHT"),
        .trailing("CONTRIBUTION"),
      ], to: console.output)
    for term in explanation.terms {
      try table.cell(explanation.score)
      try table.cell(term.name + (term.isReferenceMedian ? " (median of the norms)" : ""))
      try table.cell(term.raw, decimals: 2)
      try table.cell(term.normalized, decimals: 4)
      try table.cell(term.weight, decimals: 4)
      try table.cell(term.contribution, decimals: 4)
      try table.endRow()
    }
    try table.cell(explanation.score)
    try table.cell(
      "= the \(explanation.combination.rawValue)" + (explanation.segment.map { ", \($0)" } ?? ""))
    for _ in 0..<3 { try table.cell(nil as String?) }
    try table.cell(explanation.value, decimals: 4)
    try table.endRow()
    for (name, value) in explanation.figures {
      try table.cell(name)
      for _ in 0..<4 { try table.cell(nil as String?) }
      try table.cell(value, decimals: 4)
      try table.endRow()
    }
    try table.finish()
    var line = "\(explanation.model.about.identifier) as of \(window.through)"
    if let norms = explanation.norms {
      line += ", norms \(norms.id) as of \(norms.asOf) of \(norms.customers) customers"
    }
    if let coverage = explanation.coverage, coverage < 1 {
      line += ", coverage \(Rounding.text(coverage, decimals: 2))"
    }
    console.notice(line)
  }
}
