import ArgumentParser
import Vault

/// `crmvault customer add`
struct CustomerAdd: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a customer.",
    discussion: """
      --from takes a JSON object of strings, such as {"name": "…", "phone": "…", "account.shop": "…"}; a terminal \
      gets a form. The customer's new id is printed.

      --consent records what the customer consents to, with it. Somebody who was erased is taken up again only so.

      Exit status: 0 done, 64 usage, 65 bad input (the error names the field), 66 no such vault or file, 73 another \
      customer has the same identifier, 74 input/output, 75 busy, 76 integrity, 77 not permitted or wrong \
      passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "The JSON object: a file, or - for stdin.", completion: .file()) var from: String?
  @Option(help: "Purposes that the customer consents to, with commas between them.") var consent: String?
  @Option(help: "Where the consent was given: a form, a call, a letter.") var consentSource: String?
  @Option(help: "The version of the text that the customer was shown.") var textVersion: String?

  func run(on console: Console) throws {
    let consents = try consents()
    let session = try options.openSession(on: console)
    let text = try console.personalObject(from: from, form: CustomerForm.fields)
    let object = try FieldObject.parse(text)
    let id = try session.addCustomer(object.fields, consents: consents, purpose: options.purpose)
    guard options.json else { return try console.output.write("\(id)\n") }
    var json = JSONWriter(to: console.output)
    try json.object { json in try json.field("id", id.description) }
    try json.finish()
  }

  private func consents() throws(CommandFailure) -> [Session.ConsentStatement] {
    try ConsentText.check(consentSource, "--consent-source")
    try ConsentText.check(textVersion, "--text-version")
    guard let consent else {
      guard consentSource == nil, textVersion == nil else {
        throw .usage("consent_needed", "nothing says what is consented to", hints: "give --consent PURPOSE")
      }
      return []
    }
    return consent.split(separator: ",", omittingEmptySubsequences: false).map {
      Session.ConsentStatement(
        purpose: String($0), state: .granted, source: consentSource ?? "", textVersion: textVersion ?? "")
    }
  }
}
