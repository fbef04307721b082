import ArgumentParser
import Vault

/// `crmvault customer show`
struct CustomerShow: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one customer, masked, or with fields revealed for a purpose.",
    discussion: """
      Which fields a role may reveal for which purpose is in the policy: 'crmvault role show ROLE'.

      Exit status: 0 done, 64 usage, 66 no such vault or customer, 74 input/output, 75 busy, 76 integrity, 77 not \
      permitted (also by the customer's own decision) or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String
  @Option(help: "Fields to show in the clear, with commas between them, or 'all'.") var reveal: String?

  func run(on console: Console) throws {
    let id = try CustomerID.parse(id)
    let reveal = try Self.reveal(reveal)
    let session = try options.openSession(on: console)
    let view = try session.showCustomer(id, purpose: options.purpose, reveal: reveal)
    let writer = CustomerWriter(console)
    if options.json { try writer.json(view) } else { try writer.table(view) }
  }

  private static func reveal(_ text: String?) throws(CommandFailure) -> Session.Reveal {
    guard let text else { return .nothing }
    guard text != "all" else { return .everything }
    var fields: [String] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard name == "account" || FieldName(String(name)) != nil else {
        throw .usage(
          "bad_field", "--reveal takes names of fields with commas between them, or 'all'",
          hints: "for example --reveal name,phone")
      }
      fields.append(String(name))
    }
    return .fields(fields)
  }
}
