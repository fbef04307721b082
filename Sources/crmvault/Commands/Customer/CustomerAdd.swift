import ArgumentParser
import Vault

/// `crmvault customer add`
struct CustomerAdd: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a customer.",
    discussion: """
      --from takes a JSON object of strings, such as {"name": "…", "phone": "…", "account.shop": "…"}; a terminal \
      gets a form. The customer's new id is printed.

      Exit status: 0 done, 64 usage, 65 bad input (the error names the field), 66 no such vault or file, 73 another \
      customer has the same identifier, 74 input/output, 75 busy, 76 integrity, 77 not permitted or wrong \
      passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "The JSON object: a file, or - for stdin.", completion: .file()) var from: String?

  func run(on console: Console) throws {
    let session = try options.openSession(on: console)
    let text = try console.personalObject(from: from, form: CustomerForm.fields)
    let object = try FieldObject.parse(text)
    let id = try session.addCustomer(object.fields, purpose: options.purpose)
    guard options.json else { return try console.output.write("\(id)\n") }
    var json = JSONWriter(to: console.output)
    try json.object { json in try json.field("id", id.description) }
    try json.finish()
  }
}
