import ArgumentParser
import Scoring
import Vault

/// `crmvault score list`
struct ScoreListCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the saved runs of scores.",
    discussion: """
      Lists the runs that were saved for the purpose, oldest first. A saved run is bound to its purpose, to the policy that was \
      in force, and to its norms.

      Exit status: 0 done, 64 usage, 66 no such vault, 76 integrity, 77 not permitted.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let session = try options.openSession(on: console)
    let runs = try session.savedRuns(purpose: options.purpose)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.array { json in
        for run in runs { try json.object { json in try SavedRunOutput.write(run, &json) } }
      }
      try json.finish()
      return
    }
    var table = TableWriter(
      ["NAME", "MODEL", "AS OF", "FROM", .trailing("CUSTOMERS"), .trailing("LEFT OUT"), "NORMS", "SAVED"],
      to: console.output)
    for run in runs {
      try table.cell(run.name)
      try table.cell("\(run.model)/\(run.modelVersion)")
      try table.cell(run.window.through.description)
      try table.cell(run.window.from?.description)
      table.cell(Int(run.customers))
      table.cell(Int(run.excluded.values.reduce(0, +)))
      try table.cell(run.norms)
      try table.cell(TimeText.utc(seconds: UInt64(run.time)))
      try table.endRow()
    }
    try table.finish()
  }
}

/// Writes what a saved run is.
enum SavedRunOutput {
  /// The members of a run's object.
  static func write(_ run: SavedRun, _ json: inout JSONWriter) throws {
    try json.field("name", run.name)
    try json.field("model", run.model)
    try json.field("model_version", run.modelVersion)
    try json.field("as_of", run.window.through.description)
    try json.field("from", run.window.from?.description)
    try json.field("definitions", run.definitions)
    try json.field("purpose", run.purpose)
    try json.field("policy", run.policy)
    try json.field("norms", run.norms)
    try json.field("columns", run.columns)
    try json.field("customers", run.customers)
    try json.object("excluded") { json in
      for (reason, customers) in run.excluded.sorted(by: { $0.key < $1.key }) {
        try json.field(reason, customers)
      }
    }
    try json.field("saved_at", TimeText.utc(seconds: UInt64(run.time)))
    try json.field("entry", run.entry)
  }
}
