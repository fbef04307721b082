import Vault

/// What an import came to, for people and for programs.
struct ImportReport {
  let counts: ImportCounts
  let rows: Int
  let rejects: String?
  let isDryRun: Bool

  func write(json: Bool, on console: Console) throws {
    if json {
      var writer = JSONWriter(to: console.output)
      try writer.object { writer in
        try writer.field("rows", rows)
        try writer.field("customers_added", counts.customersAdded)
        try writer.field("customers_updated", counts.customersUpdated)
        try writer.field("events_added", counts.eventsAdded)
        try writer.field("duplicates", counts.duplicates)
        try writer.field("rejected", counts.rejected)
        try writer.field("rejects_file", rejects)
      }
      try writer.finish()
      return
    }
    let lines = [
      (isDryRun ? "Nothing was written. " : "") + "\(rows) rows: \(counts.customersAdded) customers added, "
        + "\(counts.customersUpdated) updated; \(counts.eventsAdded) events added.",
      "\(counts.duplicates) rows were known already, \(counts.rejected) rejected"
        + (rejects.map { ", see \($0)." } ?? "."),
    ]
    try console.output.write(lines.joined(separator: "\n") + "\n")
  }
}
