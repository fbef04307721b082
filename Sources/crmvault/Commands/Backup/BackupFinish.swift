import ArgumentParser
import Vault
import VaultSQLite

/// `crmvault backup finish`
struct BackupFinish: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "finish", abstract: "Carry out, as privacy officer, what follows a restore.",
    discussion: """
      A custodian restores; what needs the keys of customer data is the privacy officer's. Customers whose keys were \
      erased after the backup are erased here too, by a statement each. With --newer, the vault of before the restore: \
      withdrawals, objections and restrictions in its log are recorded anew, each customer's last word on each purpose. \
      What could not be done is said. It can be repeated.

      Exit status: 0 done, 66 no such vault or never restored, 74 input/output, 76 integrity, 77 not permitted or wrong \
      passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "The vault of before the restore.", completion: .directory) var newer: String?

  func run(on console: Console) async throws {
    let session = try options.openSession(on: console, acting: options.requestedRole() ?? .privacyOfficer)
    let store = try newer.map { try SQLiteStore.open(folder: $0, readOnly: true) }
    let finished = try await session.finishRestore(newer: store, workers: Processors.count)
    try store?.close()
    guard options.json else {
      var lines = finished.erased.map { "Erased: \($0)." }
      lines += finished.withdrawn.map { "Withdrawn or objected: \($0.customer) for \($0.purpose)." }
      lines += finished.restricted.map { "Restricted: \($0)." }
      if lines.isEmpty { lines.append("There was nothing to do.") }
      lines += finished.leftovers.map { "Not taken over: \(VisibleText.visible($0))." }
      return try console.output.write(lines.map { $0 + "\n" }.joined())
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("erased", finished.erased.map(\.description))
      try json.array("withdrawn") { json in
        for (customer, purpose) in finished.withdrawn {
          try json.object { json in
            try json.field("id", customer.description)
            try json.field("purpose", purpose)
          }
        }
      }
      try json.field("restricted", finished.restricted.map(\.description))
      try json.field("not_reapplied", finished.leftovers)
    }
    try json.finish()
  }
}
