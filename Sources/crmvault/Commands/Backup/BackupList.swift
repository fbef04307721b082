import ArgumentParser
import AuditLog
import Sodium
import Vault

/// `crmvault backup list`
struct BackupList: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the backups that the vault knows of, with their age.",
    discussion: """
      For custodians. Where the policy says how long a backup may live (retention: backups), the ones beyond that are \
      marked: destroy them, with every copy. Whether a file is still there the vault cannot know.

      Exit status: 0 done, 66 no such vault, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let (records, days) = try options.openSession(on: console).backups()
    let now = console.wallClock.now().nanoseconds / 1_000_000_000
    func isExpired(_ record: BackupRecord) -> Bool {
      days.map { record.isOlder(thanDays: $0, at: now) } ?? false
    }
    guard !options.json else {
      var json = JSONWriter(to: console.output)
      try json.array { json in
        for record in records {
          try json.object { json in
            try json.field("kind", record.kind == .vault ? "vault" : "warden")
            try json.field("created", TimeText.utc(seconds: record.made))
            try json.field("bytes", record.byteCount)
            try json.field("size", record.logSize)
            try json.field("sha256", record.digest?.description)
            try json.field("expired", isExpired(record))
          }
        }
      }
      return try json.finish()
    }
    var table = TableWriter(
      ["KIND", "CREATED", "AGE", .trailing("BYTES"), .trailing("ENTRIES"), "SHA-256", ""], to: console.output)
    for record in records {
      try table.cell(record.kind == .vault ? "vault" : "warden")
      try table.cell(TimeText.utc(seconds: record.made))
      try table.cell(BackupAge.text(record.made, now: now))
      table.cell(record.byteCount)
      table.cell(record.logSize)
      try table.cell(record.digest?.description ?? "")
      try table.cell(isExpired(record) ? "beyond \(days ?? 0) days: destroy it" : "")
      try table.endRow()
    }
    try table.finish()
    let expired = records.count(where: isExpired)
    if expired > 0 { console.warning("\(expired) older than the policy's \(days ?? 0) days") }
  }
}
