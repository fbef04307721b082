import ArgumentParser
import Vault

/// `crmvault backup warden`
struct BackupWarden: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "warden", abstract: "Copy the file of customer keys; only the latest copy is kept.",
    discussion: """
      For custodians. Without that file nothing opens, and with an old copy of it erased customers would come back: so \
      there is one copy, apart from the vault and its backups. The new one is verified slot by slot before it takes the \
      place of the one before, which is then overwritten. A copy that has seen more than the file itself is never \
      replaced: then it is the file that is old.

      Exit status: 0 done, 66 no such vault, 73 something else is at FILE, 74 input/output, 75 busy, 76 integrity, 77 \
      not permitted or wrong passphrase, 78 the file may not be used as it is.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "Where the copy lies.", completion: .file()) var file: String

  func run(on console: Console) throws {
    let backup = try options.openSession(on: console).backUpWarden(to: file)
    guard options.json else {
      try console.output.write(
        "The file of customer keys is copied to \(file) and verified: it knows \(backup.logSize) entries of the log.\n"
          + (backup.replaced ? "The copy before was overwritten.\n" : ""))
      return
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("file", file)
      try json.field("bytes", backup.byteCount)
      try json.field("size", backup.logSize)
      try json.field("replaced", backup.replaced)
    }
    try json.finish()
  }
}
