import ArgumentParser
import Sodium
import Vault

/// `crmvault user passphrase`
struct UserPassphrase: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "passphrase", abstract: "Give your own key file another passphrase; no vault is needed.",
    discussion: """
      The key file is replaced as a whole or not at all. The keys in it stay the same: copies of the old file still \
      open with the old passphrase.

      Exit status: 0 done, 64 usage, 66 no such key file, 74 input/output, 76 the key file was changed, 77 wrong \
      passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "New passphrase") var newPassphrase: NewPassphraseOptions
  @Option(help: "How hard it is stretched: interactive, moderate, sensitive (default: as before).")
  var kdf: String?

  func run(on console: Console) throws {
    let environment = console.environment
    let name = try options.userName(in: environment)
    let keyring = options.keyringFiles(in: environment)
    try keyring.check(name)
    let parameters =
      try kdf.map { try GlobalOptions.stretching($0, in: environment) } ?? keyring.parameters(of: name)
    let source = try newPassphrase.source()
    guard source != .terminal || console.terminal != nil else {
      throw CommandFailure.usage(
        "new_passphrase_needed", "a new passphrase is needed, and there is no terminal to ask on",
        hints: "give --new-passphrase-file FILE, --new-passphrase-fd N or --new-passphrase-command CMD")
    }
    let old = try options.passphraseSource(in: environment).passphrase(for: name, on: console)
    let identity = try keyring.open(name, passphrase: old)
    let new = try source.newPassphrase(for: name, on: console)
    try keyring.write(identity, passphrase: new, parameters: parameters, replacing: true)
    guard options.json else {
      return try console.output.write("\(keyring.keyPath(name)) has its new passphrase.\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in try json.field("user", name) }
    try json.finish()
  }
}
