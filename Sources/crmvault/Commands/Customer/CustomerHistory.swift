import ArgumentParser
import Vault

/// `crmvault customer history`
struct CustomerHistory: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Show what of a customer was changed, when and by whom: fields, not values.",
    discussion: """
      Exit status: 0 done, 64 usage, 66 no such vault or customer, 74 input/output, 75 busy, 76 integrity, 77 not \
      permitted (also by the customer's own decision) or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String

  func run(on console: Console) throws {
    let id = try CustomerID.parse(id)
    let changes = try options.openSession(on: console).customerHistory(id, purpose: options.purpose)
    guard options.json else {
      var table = TableWriter(["TIME", "USER", "CLASS", "FIELDS"], to: console.output)
      for change in changes {
        try table.cell(TimeText.utc(change.time))
        try table.cell(change.actor)
        try table.cell(change.dataClass.name)
        try table.cell(change.fields.joined(separator: ", "))
        try table.endRow()
      }
      return try table.finish()
    }
    var json = JSONWriter(to: console.output)
    try json.array { json in
      for change in changes {
        try json.object { json in
          try json.field("time", TimeText.utc(change.time))
          try json.field("user", change.actor)
          try json.field("class", change.dataClass.name)
          try json.field("fields", change.fields)
        }
      }
    }
    try json.finish()
  }
}
