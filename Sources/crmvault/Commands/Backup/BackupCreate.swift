import ArgumentParser
import AuditLog
import Sodium
import Vault

/// `crmvault backup create`
struct BackupCreate: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a backup of the vault in one file.",
    discussion: """
      For custodians. One consistent copy of everything in the vault, sealed to every custodian's own key and signed \
      by you; the customer keys are not in it: 'crmvault backup warden' copies them apart. Writers wait while the vault \
      is read. The file appears when it is whole and synced, or not at all; the log holds its SHA-256.

      Exit status: 0 done, 66 no such vault, 73 the file exists, 74 input/output, 75 busy, 76 integrity, 77 not \
      permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The file to make.", completion: .file()) var file: String

  func run(on console: Console) throws {
    let draft = try DraftFile(path: file)
    let session = try options.openSession(on: console)
    let progress = Progress("reading", of: 0, on: console)
    defer { progress.finish() }
    let descriptor = draft.descriptor.number
    let path = file
    let backup = try session.createBackup(progress: { progress.advance(by: $0) }) { bytes in
      try ByteTransfer.writeAll(bytes, to: descriptor, doing: "write \(path)")
    } synchronize: {
      try draft.synchronize()
    }
    try draft.publish()
    progress.finish()
    try report(backup, on: console)
  }

  private func report(_ backup: Session.Backup, on console: Console) throws {
    guard options.json else {
      let names = backup.recipients.map { $0 ?? "the recovery key" }.joined(separator: ", ")
      try console.output.write(
        """
        Backed up \(backup.head.size) entries and everything they tell of: \(file), \(backup.byteCount) bytes.
        It opens for: \(names).
        SHA-256: \(backup.digest)

        """)
      return
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("file", file)
      try json.field("sha256", backup.digest.description)
      try json.field("bytes", backup.byteCount)
      try json.field("size", backup.head.size)
      try json.field("root", Base64.encode(backup.head.root.bytes))
      try json.field("created", TimeText.utc(backup.created))
      try json.field("recipients", backup.recipients.map { $0 ?? BackupHeader.recoveryID })
      try json.field("entry", backup.entry)
    }
    try json.finish()
  }
}
