import ArgumentParser
import Scoring
import Vault

/// `crmvault score norms`
struct ScoreNormsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "norms", abstract: "Freeze what composite scores are held against.",
    discussion: """
      Norms are computed once from a named population and kept, encrypted, in the vault. A composite score that is held \
      against them does not move because others did: the same customer gets the same score tomorrow.
      """,
    subcommands: [ScoreNormsFreezeCommand.self, ScoreNormsListCommand.self, ScoreNormsDeleteCommand.self])
}

/// `crmvault score norms freeze`
struct ScoreNormsFreezeCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze", abstract: "Compute norms from today's customers and keep them under a name.",
    discussion: """
      The population is everybody whom the purpose may reach and who has all factors of the composite. The norms may be used \
      for the same purpose only.

      Exit status: 0 done, 64 usage, 65 nobody has the factors, 66 no such vault, 73 norms of that name exist, 75 busy, 76 \
      integrity, 77 not permitted, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Scoring") var scoring: FitOptions
  @Argument(help: "The name of the norms.") var name: String

  func run(on console: Console) throws {
    let plan = try scoring.history.gathering()
    let session = try options.openSession(on: console)
    let gathered = try session.gatherEverybody(
      plan, GatherPlan(rule: scoring.occasion), purpose: options.purpose)
    let norms = try gathered.norms(name, for: .recencyFrequencyAmount, asOf: plan.window.through)
    let saved = try session.saveNorms(norms, of: gathered, window: plan.window, purpose: options.purpose)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.object { json in try SavedNormsOutput.write(saved, &json) }
      try json.finish()
    }
    console.notice("frozen as \(saved.name): \(saved.customers) customers as of \(plan.window.through)")
  }
}

/// `crmvault score norms list`
struct ScoreNormsListCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the frozen norms of the purpose.",
    discussion: "Exit status: 0 done, 64 usage, 66 no such vault, 76 integrity, 77 not permitted.")

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let norms = try options.openSession(on: console).savedNorms(purpose: options.purpose)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.array { json in
        for saved in norms { try json.object { json in try SavedNormsOutput.write(saved, &json) } }
      }
      try json.finish()
      return
    }
    var table = TableWriter(
      ["NAME", "AS OF", "FROM", .trailing("CUSTOMERS"), "FACTORS", "FROZEN"], to: console.output)
    for saved in norms {
      try table.cell(saved.name)
      try table.cell(saved.window.through.description)
      try table.cell(saved.window.from?.description)
      table.cell(saved.customers)
      try table.cell(saved.factors.joined(separator: ","))
      try table.cell(TimeText.utc(seconds: UInt64(saved.time)))
      try table.endRow()
    }
    try table.finish()
  }
}

/// `crmvault score norms delete`
struct ScoreNormsDeleteCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove frozen norms.",
    discussion: """
      Scores that were saved against them stay; nobody can be scored against them again.

      Exit status: 0 done, 64 usage, 66 no such norms, 75 busy, 76 integrity, 77 not permitted.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The name of the norms.") var name: String

  func run(on console: Console) throws {
    try console.confirm("remove the norms \(VisibleText.visible(name))", yes: options.yes)
    try options.openSession(on: console).deleteNorms(name, purpose: options.purpose)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.object { json in try json.field("deleted", name) }
      try json.finish()
    } else {
      console.notice("removed \(VisibleText.visible(name))")
    }
  }
}

/// Writes what norms are.
enum SavedNormsOutput {
  /// The members of their object.
  static func write(_ saved: SavedNorms, _ json: inout JSONWriter) throws {
    try json.field("name", saved.name)
    try json.field("as_of", saved.window.through.description)
    try json.field("from", saved.window.from?.description)
    try json.field("factors", saved.factors)
    try json.field("purpose", saved.purpose)
    try json.field("policy", saved.policy)
    try json.field("customers", saved.customers)
    try json.field("frozen_at", TimeText.utc(seconds: UInt64(saved.time)))
    try json.field("entry", saved.entry)
  }
}

extension GatheredCustomers {
  /// The norms of these customers: of those who have every factor.
  func norms(
    _ name: String, for specification: CompositeSpecification, asOf: LocalDay
  ) throws -> FrozenNorms {
    let inputs = members.map(\.compositeInput).filter { input in
      specification.terms.allSatisfy { input[$0.factor] != nil }
    }
    guard !inputs.isEmpty else {
      throw CommandFailure.badInput("no_reference", "nobody has all the factors that the norms are of")
    }
    return try FrozenNorms(name, of: inputs, for: specification, asOf: asOf)
  }
}
