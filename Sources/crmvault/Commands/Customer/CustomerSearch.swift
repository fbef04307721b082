import ArgumentParser
import Vault

/// `crmvault customer search`
struct CustomerSearch: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Look for a piece of text in every name and note: a bulk read, recorded as one.",
    discussion: """
      The text is no argument: it is read from stdin, a file or the terminal. Nobody found is an empty answer.

      Exit status: 0 done, 64 usage, 65 too short a text, 66 no such vault or file, 74 input/output, 75 busy, 76 \
      integrity, 77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "The text: a file, or - for stdin.", completion: .file()) var from: String?
  @Option(help: "Show at most so many.") var limit = 100

  func run(on console: Console) throws {
    guard (1...10_000).contains(limit) else {
      throw CommandFailure.usage("bad_limit", "--limit is a number from 1 to 10000")
    }
    let session = try options.openSession(on: console)
    let text = try console.personalValue("text", from: from)
    let found = try session.searchCustomers(text, purpose: options.purpose, limit: limit)
    try CustomerWriter(console).list(found, asJSON: options.json)
    if found.count == limit { console.notice("There may be more: --limit \(limit) was reached.") }
  }
}
