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

      A model of a population is explained against everybody, who is read for it: two entries of a bulk read beside the \
      customer's own. A composite's contributions add up to its score; a fitted model's are what each fact changes when it \
      becomes known, from a newcomer on, in the order shown. Nothing of another customer is in it: no bound, break or \
      value of the population.

      Exit status: 0 done, 64 usage, 65 the customer or the data has no score, or bad model file or rates, 66 no such \
      customer, 76 integrity, 77 not permitted.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Scoring") var scoring: ScoreOptions
  @OptionGroup(title: "Models of a population") var population: PopulationOptions
  @Argument(help: "The customer's pseudonym.") var id: String

  func run(on console: Console) throws {
    if case .population(let model, let file) = try scoring.chosen() {
      return try explain(model, file, on: console)
    }
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

  private func explain(_ model: PopulationModel, _ file: CompositeFile?, on console: Console) throws {
    let plan = try scoring.gathering(file)
    let id = try CustomerID.parse(id)
    _ = try population.segments()
    let session = try options.openSession(on: console)
    let policy = model == .rfm ? try session.policy().segments : nil
    let gathering = GatherPlan(rule: population.occasion)
    let own = try session.gatherCustomer(id, plan, gathering, purpose: options.purpose)
    let gathered = try session.gatherEverybody(plan, gathering, purpose: options.purpose)
    let settings = try population.settings(
      asOf: plan.window.through, minorDigits: gathered.minorDigits, policy: policy, composite: file)
    let explanation = try PopulationExplanation.of(
      model, own.customer.member, in: gathered.members, settings: settings)
    let output = ExplanationOutput(
      id: own.pseudonym, explanation, modelName: file?.name, window: plan.window, gathered)
    if options.json { try output.writeJSON(to: console) } else { try output.writeText(to: console) }
    for fit in explanation.fits { FitOutput.notify(fit, console) }
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
