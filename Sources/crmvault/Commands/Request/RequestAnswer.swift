import ArgumentParser
import Vault

/// `crmvault request approve`
struct RequestApprove: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Approve what somebody else asks for: this, once, until it expires.",
    discussion: """
      For privacy officers; for custodians where a privacy officer asks. Look at it first: 'crmvault request show N'.

      Exit status: 0 done, 64 usage, 66 no such vault or request, 73 it was answered, 74 input/output, 75 busy, 76 \
      integrity, 77 not permitted (also to whoever asked) or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "For how many days it counts, at most 30 (default: the policy's).") var days: Int?
  @Argument(help: "The request's number.") var number: Int64

  func run(on console: Console) throws {
    guard days.map({ (1...30).contains($0) }) ?? true else {
      throw CommandFailure.usage("bad_days", "--days is a whole number from 1 to 30")
    }
    let expires = try options.openSession(on: console).answer(number, .approved, days: days)
    try RequestOutput.answered(number, "approved", TimeText.utc(expires), options, on: console)
  }
}

/// `crmvault request deny`
struct RequestDeny: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "deny", abstract: "Refuse what somebody else asks for.",
    discussion: """
      For privacy officers; for custodians where a privacy officer asks.

      Exit status: 0 done, 64 usage, 66 no such vault or request, 73 it was answered, 74 input/output, 75 busy, 76 \
      integrity, 77 not permitted (also to whoever asked) or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The request's number.") var number: Int64

  func run(on console: Console) throws {
    _ = try options.openSession(on: console).answer(number, .denied, days: nil)
    try RequestOutput.answered(number, "denied", nil, options, on: console)
  }
}
