import ArgumentParser
import AuditLog
import Vault

/// `crmvault audit show`
struct AuditShowCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one entry of the log with all its fields.",
    discussion: """
      Exit status: 0 done, 66 no such entry, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The entry's number.") var seq: UInt64

  func run(on console: Console) throws {
    let entry = try options.openSession(on: console).logEntry(seq)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.value(entry.fields)
      try json.finish()
      return
    }
    for member in entry.fields.members {
      let text =
        switch member.value {
        case .string(let text): text
        case let value: String(decoding: try CanonicalJSON.encode(value), as: UTF8.self)
        }
      try console.output.write("\(member.key): \(VisibleText.visible(text))\n")
    }
  }
}
