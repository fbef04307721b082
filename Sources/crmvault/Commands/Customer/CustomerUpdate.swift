import ArgumentParser
import Vault

/// `crmvault customer update`
struct CustomerUpdate: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Change a customer's fields.",
    discussion: """
      --from takes a JSON object of the fields that change; null takes a field away. A terminal gets a form, in \
      which an empty answer leaves a field as it is.

      Exit status: 0 done, 64 usage, 65 bad input (the error names the field), 66 no such vault, file or customer, \
      73 another customer has the same identifier, 74 input/output, 75 busy, 76 integrity, 77 not permitted or \
      wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String
  @Option(help: "The JSON object: a file, or - for stdin.", completion: .file()) var from: String?

  func run(on console: Console) throws {
    let id = try CustomerID.parse(id)
    let session = try options.openSession(on: console)
    let text = try console.personalObject(from: from, form: CustomerForm.fields)
    let object = try FieldObject.parse(text)
    let changed = try session.updateCustomer(
      id, object.fields, removed: object.nulls, purpose: options.purpose)
    guard options.json else {
      return try console.output.write(
        changed.isEmpty ? "Nothing was to be changed.\n" : "Changed: \(changed.joined(separator: ", ")).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("id", id.description)
      try json.field("changed", changed)
    }
    try json.finish()
  }
}
