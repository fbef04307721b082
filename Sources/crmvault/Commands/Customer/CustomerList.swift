import ArgumentParser
import Vault

/// `crmvault customer list`
struct CustomerList: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List customers' ids and states.",
    discussion: """
      Exit status: 0 done, 64 usage, 66 no such vault, or no customer of the id in --after, 74 input/output, 75 \
      busy, 76 integrity, 77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "At most so many.") var limit = 1000
  @Option(help: "Begin after this id: the last one of the list before.") var after: String?

  func run(on console: Console) throws {
    guard (1...100_000).contains(limit) else {
      throw CommandFailure.usage("bad_limit", "--limit is a number from 1 to 100000")
    }
    let after = try after.map { try CustomerID.parse($0) }
    let customers = try options.openSession(on: console).listCustomers(after: after, limit: limit)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.array { json in
        for customer in customers {
          try json.object { json in
            try json.field("id", customer.pseudonym.description)
            try json.field("state", customer.state.name)
          }
        }
      }
      try json.finish()
    } else {
      var table = TableWriter(["ID", "STATE"], to: console.output)
      for customer in customers { try table.row(customer.pseudonym.description, customer.state.name) }
      try table.finish()
    }
    if customers.count == limit, let last = customers.last {
      console.notice("There may be more: --after \(last.pseudonym)")
    }
  }
}
