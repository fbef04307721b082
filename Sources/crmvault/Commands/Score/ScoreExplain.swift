import ArgumentParser
import Scoring
import Vault

/// `crmvault score explain`
struct ScoreExplainCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Show how one customer's scores come about.",
    discussion: """
      For each score its factors with value, weight and contribution. The products of weight and value, added in this \
      order, are the sum; the sum over the divisor is the score, bit for bit.

      Exit status: 0 done, 64 usage, 66 no such customer, 76 integrity, 77 not permitted.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Scoring") var scoring: ScoreOptions
  @Argument(help: "The customer's pseudonym.") var id: String

  func run(on console: Console) throws {
    let plan = try scoring.plan()
    let id = try CustomerID.parse(id)
    let session = try options.openSession(on: console)
    let customer = try session.scoreCustomer(id, plan, purpose: options.purpose, explaining: true)
    if options.json {
      try writeJSON(customer, plan, to: console)
    } else {
      try writeText(customer, to: console)
    }
  }

  private func writeJSON(_ customer: CustomerScores, _ plan: ScorePlan, to console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try ScoreSubject.writeHead(customer, plan, &json)
      try json.array("scores") { json in
        for (score, result) in customer.scores {
          try json.object { json in
            try json.field("score", score.rawValue)
            switch result {
            case .excluded(let exclusion): try json.field("excluded", exclusion.reason)
            case .computed(let explanation): try write(explanation, &json)
            }
          }
        }
      }
    }
    try json.finish()
  }

  private func write(_ explanation: Explanation, _ json: inout JSONWriter) throws {
    try json.field("value", explanation.value)
    try json.field("sum", explanation.sum)
    try json.field("divisor", explanation.divisor)
    try json.array("terms") { json in
      for term in explanation.terms {
        try json.object { json in
          try json.field("factor", term.factor.rawValue)
          try json.field("value", term.value)
          try json.field("weight", term.weight)
          try json.field("product", term.product)
          try json.field("contribution", term.contribution)
        }
      }
    }
  }

  private func writeText(_ customer: CustomerScores, to console: Console) throws {
    var table = TableWriter(
      ["SCORE", "FACTOR", .trailing("VALUE"), .trailing("WEIGHT"), .trailing("CONTRIBUTION")],
      to: console.output)
    for (score, result) in customer.scores {
      switch result {
      case .excluded(let exclusion):
        try table.cell(score.rawValue)
        try table.cell(exclusion.reason)
        try table.endRow()
      case .computed(let explanation):
        for term in explanation.terms {
          try table.cell(score.rawValue)
          try table.cell(term.factor.rawValue)
          try table.cell(term.value, decimals: 2)
          try table.cell(term.weight, decimals: 4)
          try table.cell(term.contribution, decimals: 2)
          try table.endRow()
        }
        try table.cell(score.rawValue)
        try table.cell("= the sum")
        try table.cell(explanation.sum, decimals: 2)
        try table.cell(explanation.divisor, decimals: 4)
        try table.cell(explanation.value, decimals: 2)
        try table.endRow()
      }
    }
    try table.finish()
  }
}
