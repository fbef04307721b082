import ArgumentParser
import AuditLog
import Witness

/// `crmvault witness init`
struct WitnessInit: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a witness: a folder with a key of its own.",
    discussion: """
      Prints the verifier key, which logs and auditors are configured with; witness.vkey in the folder holds it too. The \
      key itself is witness.key, which only its owner may read; it is not sealed by a passphrase, since a witness must \
      start without anybody there. The folder is what the witness remembers: whoever loses it makes a new witness, with a \
      new name.

      Exit status: 0 done, 64 usage, 73 the folder exists already, 74 input/output, 78 configuration.
      """)

  @Argument(help: "The folder, which must not exist.", completion: .directory) var folder: String
  @Option(help: "The witness's name, by custom a host and path such as example.org/w1.") var name: String
  @Flag(help: "Write one JSON document to stdout.") var json = false

  func run(on console: Console) throws {
    let identity = try WitnessIdentity.create(in: folder, name: name)
    guard json else { return try console.output.write(identity.verifierKey.text + "\n") }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("name", identity.verifierKey.name)
      try json.field("vkey", identity.verifierKey.text)
      try json.field("folder", folder)
    }
    try json.finish()
  }
}
