import ArgumentParser
import Vault

/// `crmvault audit review`
struct AuditReviewCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Sign that the log was seen up to a size, and close flags.",
    discussion: """
      Writes an entry, signed by you: "seen up to size S, these flags closed", with your note. Give the size that \
      'audit flags' named: what came after it stays open. Nobody closes a flag about himself.

      Exit status: 0 done, 64 usage, 66 no such open flag, 76 integrity, 77 not permitted (your own entries, or the \
      role) or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "How many entries were seen, as 'audit flags' said.") var size: UInt64
  @Option(help: "Flags to close, by id; several with commas.") var close: [String] = []
  @Option(help: "What was found, and what was done about it.") var note: String?

  func validate() throws {
    if !close.isEmpty && (note ?? "").isEmpty {
      throw ValidationError("--note says what was found and done about the flags")
    }
    if let note, note.utf8.count > 2000 { throw ValidationError("--note has at most 2000 bytes") }
  }

  func run(on console: Console) throws {
    let ids = try close.flatMap { $0.split(separator: ",") }.map { typed in
      guard let id = LogFlag.parse(String(typed)) else {
        throw CommandFailure.usage(
          "bad_flag", "a flag's id is F- and 16 symbols", hints: "crmvault audit flags shows them")
      }
      return id
    }
    let session = try options.openSession(on: console)
    let entry = try session.review(seen: size, closing: ids, note: note ?? "")
    guard options.json else {
      let closed = ids.isEmpty ? "no flag" : "\(Set(ids).count) flag\(Set(ids).count == 1 ? "" : "s")"
      return try console.output.write("Reviewed up to \(size), closed \(closed): entry \(entry).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("entry", entry)
      try json.field("size", size)
      try json.field("closed", Array(Set(ids)).sorted())
    }
    try json.finish()
  }
}
