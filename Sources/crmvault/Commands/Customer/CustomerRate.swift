import ArgumentParser
import AuditLog
import Ingest
import Vault

/// `crmvault customer rate`
struct CustomerRate: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "rate", abstract: "Record how a customer rates product, service and price.",
    discussion: """
      At least one rating is needed: 0 to 1000000 with up to three decimals, on the scale that the company uses.

      Exit status: 0 done, 64 usage, 66 no such vault or customer, 74 input/output, 75 busy, 76 integrity, 77 not \
      permitted (also by the customer's own decision) or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String
  @Option(help: "The quality of the product.") var quality: String?
  @Option(help: "The quality of the service.") var service: String?
  @Option(help: "The satisfaction with the price.") var price: String?
  @Option(help: "When: RFC 3339, or YYYY-MM-DD (default: now).") var at: String?

  func run(on console: Console) throws {
    let id = try CustomerID.parse(id)
    let quality = try Self.thousandths(quality, "--quality")
    let service = try Self.thousandths(service, "--service")
    let price = try Self.thousandths(price, "--price")
    guard quality != nil || service != nil || price != nil else {
      throw CommandFailure.usage("rating_needed", "give at least one of --quality, --service and --price")
    }
    let (time, isDateOnly) = try time(console)
    try options.openSession(on: console).rateCustomer(
      id, quality: quality, service: service, price: price, at: time, isDateOnly: isDateOnly,
      purpose: options.purpose)
    guard options.json else { return try console.output.write("Recorded.\n") }
    var json = JSONWriter(to: console.output)
    try json.object { json in try json.field("id", id.description) }
    try json.finish()
  }

  private func time(_ console: Console) throws(CommandFailure) -> (seconds: Int64, isDateOnly: Bool) {
    guard let at else { return (Int64(console.wallClock.now().nanoseconds / 1_000_000_000), false) }
    do throws(RejectionCode) {
      let time = try ImportTime(parsing: at.utf8.span)
      return (time.seconds, time.dateOnly)
    } catch {
      throw .usage("bad_time", "--at: \(error.message)", hints: "RFC 3339, or YYYY-MM-DD")
    }
  }

  private static func thousandths(_ text: String?, _ option: String) throws(CommandFailure) -> Int64? {
    guard let text else { return nil }
    do throws(RejectionCode) {
      let value = try DecimalText.scaled(text.utf8.span, exponent: 3)
      guard (0...1_000_000_000).contains(value) else { throw .outOfRange }
      return value
    } catch {
      throw .usage("bad_rating", "\(option): \(error.message)")
    }
  }
}
