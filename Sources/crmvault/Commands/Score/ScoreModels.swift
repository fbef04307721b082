import ArgumentParser
import Scoring

/// `crmvault score models`
struct ScoreModelsCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List the models.",
    discussion: "Needs no vault and no user.\n\nExit status: 0 done.")

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.array { json in
        for model in ModelDescription.all {
          try json.object { json in
            try json.field("name", model.name)
            try json.field("version", model.version)
            try json.field("summary", model.summary)
          }
        }
      }
      try json.finish()
      return
    }
    var table = TableWriter(["MODEL", .trailing("VERSION"), "WHAT IT COMPUTES"], to: console.output)
    for model in ModelDescription.all {
      try table.cell(model.name)
      table.cell(model.version)
      try table.cell(model.summary)
      try table.endRow()
    }
    try table.finish()
  }
}
