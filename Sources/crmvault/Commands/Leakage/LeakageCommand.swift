import ArgumentParser
import AuditLog
import Vault

/// `crmvault leakage`
struct LeakageCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "leakage", abstract: "Tell what a thief of the vault's file learns without any key.",
    discussion: """
      For privacy officers. Table by table: how many rows, which columns lie in the clear, how long the sealed parts are \
      after padding, and how many are recognized by a length that no other has; of the index of identifiers, how many \
      customers share one; of the log, who committed how often and when. It opens nothing, and is an entry of the log. \
      While it reads the index, writers wait.

      ALONE counts sealed parts whose length no other has; BITS is how much a length says of which part it is, of a \
      possible log2 of the rows.

      Exit status: 0 done, 66 no such vault, 75 busy, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let session = try options.openSession(on: console)
    let progress = Progress("reading", of: 0, on: console)
    defer { progress.finish() }
    let report = try session.leakageReport { progress.advance(by: $0) }
    progress.finish()
    let output = LeakageOutput(report)
    if options.json { try output.json(on: console) } else { try output.text(on: console) }
  }
}

/// Writes a leakage report.
struct LeakageOutput {
  private let report: LeakageReport

  /// The output of a report.
  init(_ report: LeakageReport) { self.report = report }

  // MARK: - Text

  /// A table, and what it adds up to.
  func text(on console: Console) throws {
    var table = TableWriter(
      ["WHERE", .trailing("ROWS"), .trailing("BYTES"), .trailing("ALONE"), .trailing("BITS"), "IT TELLS"],
      to: console.output)
    for place in report.places where place.rows > 0 {
      try table.cell(place.name)
      table.cell(place.rows)
      try table.cell(Self.sizes(place.sizes))
      table.cell(place.sizes.alone)
      try table.cell(Self.rounded(place.sizes.bits))
      try table.cell(place.tells)
      try table.endRow()
    }
    try table.finish()
    try console.output.write("\n" + lines.map { $0 + "\n" }.joined())
  }

  private var lines: [String] {
    let (customers, index, log) = (report.customers, report.index, report.log)
    var lines = [
      "Customers: \(customers.all) ever, \(customers.merged) merged, \(customers.erased) erased, in \(customers.batches) "
        + "batches; who came before whom shows.",
      "Index: \(index.entries) identifiers of \(index.customers) customers; \(index.shared) are shared by several; two "
        + "different ones look the same with a probability of about \(index.expectedCollisions).",
      "Log: \(log.kinds.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")); "
        + "\(log.sessions) sessions, the longest of \(log.largestSession) entries.",
    ]
    if let first = log.first, let last = log.last {
      lines.append("Times: from \(first) to \(last), each to the nanosecond.")
    }
    for (key, count) in log.commits.sorted(by: { $0.key < $1.key }) {
      lines.append("User key \(key): \(count) commits.")
    }
    let slots = report.slots.filter { $0.live + $0.erased > 0 }.map {
      "\($0.dataClass.name) \($0.live)" + ($0.erased > 0 ? " (\($0.erased) erased)" : "")
    }
    lines.append(
      "The file of customer keys, which is not the vault's: keys of \(slots.joined(separator: ", ")).")
    return lines
  }

  private static func sizes(_ sizes: SizeDistribution) -> String {
    guard let smallest = sizes.smallest, let largest = sizes.largest else { return "" }
    return smallest == largest ? "\(smallest)" : "\(smallest)-\(largest)"
  }

  private static func rounded(_ bits: Double) -> String { "\((bits * 10).rounded() / 10)" }

  // MARK: - JSON

  /// One JSON object.
  func json(on console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.array("tables") { json in
        for place in report.places { try json.object { json in try Self.write(place, &json) } }
      }
      try json.object("customers") { json in
        try json.field("all", report.customers.all)
        try json.field("merged", report.customers.merged)
        try json.field("erased", report.customers.erased)
        try json.field("batches", report.customers.batches)
      }
      try json.object("index") { json in
        try json.field("entries", report.index.entries)
        try json.field("digests", report.index.digests)
        try json.field("customers", report.index.customers)
        try json.field("shared", report.index.shared)
        try json.field("expected_collisions", report.index.expectedCollisions)
      }
      try writeLog(&json)
      try json.array("customer_keys") { json in
        for slots in report.slots {
          try json.object { json in
            try json.field("class", slots.dataClass.name)
            try json.field("live", slots.live)
            try json.field("erased", slots.erased)
          }
        }
      }
    }
    try json.finish()
  }

  private func writeLog(_ json: inout JSONWriter) throws {
    try json.object("log") { json in
      try json.object("kinds") { json in
        for (kind, count) in report.log.kinds.sorted(by: { $0.key < $1.key }) { try json.field(kind, count) }
      }
      try json.object("commits") { json in
        for (key, count) in report.log.commits.sorted(by: { $0.key < $1.key }) { try json.field(key, count) }
      }
      try json.field("sessions", report.log.sessions)
      try json.field("largest_session", report.log.largestSession)
      try json.field("first", report.log.first?.description)
      try json.field("last", report.log.last?.description)
    }
  }

  private static func write(_ place: LeakageReport.Place, _ json: inout JSONWriter) throws {
    try json.field("table", place.name)
    try json.field("rows", place.rows)
    try json.field("customers", place.customers)
    try json.field("clear", place.clear)
    try json.field("changes", place.changes)
    try json.field("tells", place.tells)
    let sizes = place.sizes
    try json.object("sizes") { json in
      try json.field("parts", sizes.rows)
      try json.field("bytes", sizes.bytes)
      try json.field("smallest", sizes.smallest)
      try json.field("largest", sizes.largest)
      try json.field("distinct", sizes.distinct)
      try json.field("alone", sizes.alone)
      try json.field("bits", sizes.bits)
      try json.array("frequent") { json in
        for (size, rows) in sizes.frequent(10) {
          try json.object { json in
            try json.field("size", size)
            try json.field("rows", rows)
          }
        }
      }
    }
  }
}
