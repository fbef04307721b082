import ArgumentParser
import Vault

/// `crmvault customer merge`
struct CustomerMerge: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Merge a customer into another: both ids stand for one person then.",
    discussion: """
      The first is merged into the second. It is a link, and nothing is rewritten: whoever asks for either is shown both \
      together, of several values of a field those of the second. Of consents the strictest of both hold from then on, \
      also when 'customer split' takes the merge back.

      Exit status: 0 done, 64 usage, 66 no such vault or customer, or one that was erased, 73 one of the two was merged \
      already, 74 input/output, 75 busy, 76 integrity, 77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer who is merged.") var id: String
  @Argument(help: "The customer who stands for both.") var into: String

  func run(on console: Console) throws {
    let source = try CustomerID.parse(id)
    let target = try CustomerID.parse(into)
    let outcome = try options.openSession(on: console).mergeCustomer(
      source, into: target, purpose: options.purpose)
    guard options.json else {
      let stricter = outcome.purposes.isEmpty ? "" : ", stricter: \(outcome.purposes.joined(separator: ", "))"
      return try console.output.write("\(outcome.merged) was merged into \(outcome.customer)\(stricter).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("id", outcome.customer.description)
      try json.field("merged", outcome.merged.description)
      try json.field("stricter", outcome.purposes)
    }
    try json.finish()
  }
}

/// `crmvault customer split`
struct CustomerSplit: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Take a merge back: the customer stands for itself again.",
    discussion: """
      Consents stay as strict as the merge made them, for both.

      Exit status: 0 done, 64 usage, 66 no such vault or customer, or one that is not merged, 74 input/output, 75 busy, \
      76 integrity, 77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer who was merged.") var id: String

  func run(on console: Console) throws {
    let id = try CustomerID.parse(id)
    let outcome = try options.openSession(on: console).splitCustomer(id, purpose: options.purpose)
    guard options.json else {
      return try console.output.write("\(id) stands for itself again, apart from \(outcome.customer).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("id", id.description)
      try json.field("split_from", outcome.customer.description)
    }
    try json.finish()
  }
}
