import ArgumentParser
import AuditLog
import Sodium
import Vault

/// `crmvault audit publish`
struct AuditPublishCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Publish the log as a folder of tiles.",
    discussion: """
      Writes checkpoint, tiles and entry bundles (c2sp.org/tlog-tiles) to DIR, or adds to what was published there \
      before: only what is new is read. Each file is put in place whole, the checkpoint last. It holds envelopes and \
      hashes, nothing secret and no name. Serve it with any static server, or hand it over. 'audit verify-proof DIR' \
      checks all of it.

      Exit status: 0 done, 74 input/output, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The folder.", completion: .directory) var directory: String

  func run(on console: Console) throws {
    let head = try options.openSession(on: console).publishLog(to: directory)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.object { json in
        try json.field("directory", directory)
        try json.field("size", head.size)
        try json.field("root", Base64.encode(head.root.bytes))
      }
      try json.finish()
      return
    }
    try console.output.write("Published \(head.size) entries to \(directory).\n")
  }
}
