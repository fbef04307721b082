import ArgumentParser
import AuditLog
import Sodium
import Witness

/// `crmvault witness show`
struct WitnessShow: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a witness remembers, and its evidence against logs.",
    discussion: """
      The witness must not be serving. Evidence lies in the folder evidence/HASH/: two notes that the log signed, which \
      contradict each other (fork), or of which it was not shown that they do not (unproved).

      Exit status: 0 done, 66 no such witness, 75 it is serving, 76 what it remembers was damaged, 78 configuration.
      """)

  @Argument(help: "The witness's folder.", completion: .directory) var folder: String
  @Flag(help: "Write one JSON document to stdout.") var json = false

  func run(on console: Console) throws {
    let identity = try WitnessIdentity.open(folder)
    let book = try HeadBook(folder: folder, witness: identity.verifierKey)
    guard json else { return try writeText(identity, book, on: console) }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("name", identity.verifierKey.name)
      try json.field("vkey", identity.verifierKey.text)
      try json.array("logs") { json in
        for head in book.all {
          try json.object { json in
            try json.field("origin", head.checkpoint.origin)
            try json.field("size", head.checkpoint.size)
            try json.field("root", Base64.encode(head.checkpoint.root.bytes))
            try json.field("time", TimeText.utc(seconds: head.time))
            try json.field("hash", HeadBook.hash(ofOrigin: head.checkpoint.origin))
            try json.field("evidence", try book.evidence(of: head.checkpoint.origin))
          }
        }
      }
    }
    try json.finish()
  }

  private func writeText(_ identity: WitnessIdentity, _ book: HeadBook, on console: Console) throws {
    try console.output.write(identity.verifierKey.text + "\n")
    guard !book.all.isEmpty else { return }
    var table = TableWriter(["LOG", .trailing("SIZE"), "TIME", "EVIDENCE"], to: console.output)
    for head in book.all {
      try table.cell(head.checkpoint.origin)
      table.cell(head.checkpoint.size)
      try table.cell(TimeText.utc(seconds: head.time))
      try table.cell(try book.evidence(of: head.checkpoint.origin).joined(separator: " "))
      try table.endRow()
    }
    try table.finish()
  }
}
