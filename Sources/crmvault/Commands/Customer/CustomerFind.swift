import ArgumentParser
import Vault

/// `crmvault customer find`
struct CustomerFind: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "find", abstract: "Find customers by an exact identifier: phone, email or account.SOURCE.",
    discussion: """
      The value is no argument: it is read from stdin, a file or the terminal. It is never recorded; who was found \
      is. Nobody found is an empty answer.

      Exit status: 0 done, 64 usage, 65 not such an identifier, 66 no such vault or file, 74 input/output, 75 busy, \
      76 integrity, 77 not permitted (also by the customers' own decision) or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "phone, email or account.SOURCE.") var field: String
  @Option(help: "The value: a file, or - for stdin.", completion: .file()) var from: String?

  func run(on console: Console) throws {
    guard let field = FieldName(field) else {
      throw CommandFailure.usage(
        "bad_field", "this is no field's name", hints: "phone, email and account.SOURCE can be found")
    }
    let session = try options.openSession(on: console)
    let value = try console.personalValue(field.text, from: from)
    let found = try session.findCustomers(field, value, purpose: options.purpose)
    try CustomerWriter(console).list(found, asJSON: options.json)
  }
}
