import ArgumentParser
import Vault

/// `crmvault score delete`
struct ScoreDeleteCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Remove a saved run of scores.",
    discussion: """
      The run goes with every customer's scores in it; the log keeps that it was. After an interruption the same command, or the \
      next run that is saved, removes what is left.

      Exit status: 0 done, 64 usage, 66 no such run, 75 busy, 76 integrity, 77 not permitted.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The name of the run.") var name: String

  func run(on console: Console) throws {
    try console.confirm(
      "remove the saved run \(VisibleText.visible(name)) with every customer's scores in it", yes: options.yes
    )
    let session = try options.openSession(on: console)
    try session.deleteSavedRun(name, purpose: options.purpose)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.object { json in try json.field("deleted", name) }
      try json.finish()
    } else {
      console.notice("removed \(VisibleText.visible(name))")
    }
  }
}
