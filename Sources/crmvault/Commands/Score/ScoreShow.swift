import ArgumentParser
import Scoring
import Vault

/// `crmvault score show`
struct ScoreShowCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Score one customer.",
    discussion: """
      Shows every factor that is known and each score that can be computed; a score that cannot be says which factor \
      is missing. Below stands what the saved runs of the same purpose say of the customer, oldest first.

      Exit status: 0 done, 64 usage, 66 no such customer, 76 integrity, 77 not permitted.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Scoring") var scoring: ScoreOptions
  @Argument(help: "The customer's pseudonym.") var id: String

  func run(on console: Console) throws {
    let plan = try scoring.plan()
    let id = try CustomerID.parse(id)
    let session = try options.openSession(on: console)
    let customer = try session.scoreCustomer(id, plan, purpose: options.purpose, explaining: false)
    let trend = try session.scoreTrend(of: id, purpose: options.purpose)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.object { json in
        try ScoreSubject.writeHead(customer, plan, &json)
        for factor in Factor.allCases { try json.field(factor.rawValue, customer.factors[factor]) }
        for score in Score.allCases {
          try json.field(score.rawValue, ScoreSubject.value(of: score, customer))
        }
        try json.object("excluded") { json in
          for (score, result) in customer.scores {
            if case .excluded(let exclusion) = result { try json.field(score.rawValue, exclusion.reason) }
          }
        }
        try json.array("saved") { json in
          for saved in trend { try json.object { json in try ScoreTrendOutput.write(saved, &json) } }
        }
      }
      try json.finish()
      return
    }
    var table = TableWriter(["WHAT", .trailing("VALUE"), "NOTE"], to: console.output)
    for factor in Factor.allCases {
      guard let value = customer.factors[factor] else { continue }
      try table.cell(factor.rawValue)
      try table.cell(value, decimals: 2)
      try table.endRow()
    }
    for (score, result) in customer.scores {
      try table.cell(score.rawValue)
      switch result {
      case .computed(let explanation): try table.cell(explanation.value, decimals: 2)
      case .excluded(let exclusion):
        try table.cell(nil as String?)
        try table.cell(exclusion.reason)
      }
      try table.endRow()
    }
    try table.finish()
    try ScoreTrendOutput.write(trend, to: console)
  }
}

/// What `score show` and `score explain` share.
enum ScoreSubject {
  /// The members that both documents begin with.
  static func writeHead(_ customer: CustomerScores, _ plan: ScorePlan, _ json: inout JSONWriter) throws {
    let about = type(of: plan.model).about
    try json.field("id", customer.pseudonym.description)
    try json.field("model", about.name)
    try json.field("model_version", about.version)
    try json.field("as_of", plan.window.through.description)
    try json.field("from", plan.window.from?.description)
    try json.field("factors_from", customer.hasFactorsRow ? "import" : "events")
  }

  /// A customer's score, or nil.
  static func value(of score: Score, _ customer: CustomerScores) -> Double? {
    for case (score, .computed(let explanation)) in customer.scores { return explanation.value }
    return nil
  }
}
