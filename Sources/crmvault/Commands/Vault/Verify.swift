import ArgumentParser
import AuditLog
import Vault

/// `crmvault verify`
struct VerifyCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verify the whole vault.",
    discussion: """
      Verifies the log as 'audit verify' does, adds up every row and compares the sum with the one that the log's last \
      entry names (a row that was put back, removed, added or changed shows there), and checks users, policies, the \
      directory and the file of customer keys. --deep also opens and decodes every record that your role can, for a \
      purpose, with entries of its own. While it reads, writers wait.

      Exit status: 0 the vault verifies, 75 busy, 76 it does not, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Flag(help: "Open every record that the role can.") var deep = false

  func run(on console: Console) async throws {
    var anchor = LogAnchor()
    anchor.verifierKey = try VerifierKeyFile.read(nil, options, isNeeded: false, console)
    let session = try options.openSession(on: console)
    let progress = Progress("verifying", of: 0, on: console)
    defer { progress.finish() }
    let report = try await session.verifyVault(
      anchor, isDeep: deep, purpose: options.purpose, workers: Processors.count
    ) { progress.advance(by: $0) }
    progress.finish()
    try VerificationOutput(report, isVault: true).write(json: options.json, on: console)
  }
}
