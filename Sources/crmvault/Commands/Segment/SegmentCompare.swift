import Anonymization
import ArgumentParser
import Scoring
import Vault

/// `crmvault segment compare`
struct SegmentCompareCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Show how customers moved between segments from one date to another.",
    discussion: """
      Segments are made as of --from and again as of --as-of, from the events known by each: two bulk reads. RFM bins are \
      each date's own; k-means keeps the centres of the first date. Rows are the segments at the first date, columns those \
      at the second; none stands for no purchase by then. Cells under 5, and others with them so that they cannot be \
      worked out, are left out.

      Exit status: 0 done, 64 usage, 65 bad table or rates, payments in other currencies, or nobody to put into segments, \
      66 no such vault or file, 75 busy, 76 integrity, 77 not permitted, 78 the policy has no rules.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Days and currencies") var history: HistoryOptions
  @OptionGroup(title: "Segments") var segments: SegmentOptions
  @Option(help: "The first date, YYYY-MM-DD; --as-of is the second.") var from: String

  func run(on console: Console) throws {
    let first = try DayOption.day(from, "--from")
    let second = try history.asOfDay()
    guard first < second else {
      throw CommandFailure.usage("bad_period", "--from is a day before --as-of")
    }
    _ = try SegmentTable.read(segments.segmentTable)
    let plans = try [first, second].map {
      try history.gathering(window: try DayOption.window(history.window, through: $0))
    }
    let session = try options.openSession(on: console)
    let policy = try session.policy().segments
    let method = try segments.method(policy)
    let gathered = try plans.map {
      try session.gatherEverybody(
        $0, GatherPlan(rule: segments.occasion), purpose: options.purpose, action: .segmentRun)
    }
    let settings = try segments.settings(policy, asOf: first, minorDigits: gathered[0].minorDigits)
    let segmentation = try Segmentation(method, of: gathered[0].members, settings: settings)
    let after = try segmentation.applied(to: gathered[1].members, asOf: second)
    let movement = SegmentMovement(
      from: Self.byOrdinal(gathered[0], segmentation.assignments), to: Self.byOrdinal(gathered[1], after))
    let output = try MovementOutput(movement, names: segmentation.names)
    if options.json {
      try output.writeJSON(method, from: first, to: second, gathered, to: console)
    } else {
      try output.writeText(to: console)
    }
    console.notice(output.summary)
  }

  private static func byOrdinal(_ gathered: GatheredCustomers, _ segments: [String?]) -> [UInt64: String] {
    var found: [UInt64: String] = [:]
    for (customer, segment) in zip(gathered.customers, segments) { found[customer.ordinal] = segment }
    return found
  }
}

/// Writes how customers moved between segments, without small cells.
struct MovementOutput {
  /// The segments of rows and columns that anybody is in; nil for none.
  private let rows: [String?]
  private let columns: [String?]
  private let table: SuppressedTable
  private let stayed: SuppressedTable.Cell

  init(_ movement: SegmentMovement, names: [String]) throws(AnonymizationError) {
    let all: [String?] = [nil] + names
    let rows = all.filter { name in movement.ways.contains { $0.from == name } }
    let columns = all.filter { name in movement.ways.contains { $0.to == name } }
    let counts = rows.map { from in
      columns.map { to in movement.ways.first { $0.from == from && $0.to == to }?.customers ?? 0 }
    }
    (self.rows, self.columns) = (rows, columns)
    table = try SuppressedTable(counts.isEmpty ? [[0]] : counts)
    let moved = movement.ways.reduce(0) { $0 + $1.customers } - movement.stayed
    stayed = SuppressedTable.list([movement.stayed, moved])[0]
  }

  /// How many stayed, where that can be said.
  var summary: String {
    let total = table.total.count.map { "\($0) customers" } ?? "too few customers to say how many"
    return total + (stayed.count.map { ", \($0) in the same segment" } ?? "")
  }

  func writeJSON(
    _ method: SegmentMethod, from: LocalDay, to: LocalDay, _ gathered: [GatheredCustomers],
    to console: Console
  ) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("method", method.name)
      try json.field("from", from.description)
      try json.field("to", to.description)
      try json.field("purpose", gathered[0].purpose)
      try json.array("entries") { json in for run in gathered { try json.value(run.entries.intent) } }
      try json.field("customers", table.total.count)
      try json.field("stayed", stayed.count)
      try json.array("movement") { json in
        for (row, from) in rows.enumerated() {
          for (column, to) in columns.enumerated() {
            try json.object { json in
              try json.field("from", from)
              try json.field("to", to)
              try json.field("customers", table.cells[row][column].count)
            }
          }
        }
      }
    }
    try json.finish()
  }

  func writeText(to console: Console) throws {
    var heads: [TableWriter.Column] = ["FROM"]
    heads += columns.map { .trailing(($0 ?? "none").uppercased()) } + [.trailing("ALL")]
    var writer = TableWriter(heads, to: console.output)
    func cell(_ cell: SuppressedTable.Cell) throws {
      if let count = cell.count { writer.cell(count) } else { try writer.cell("left out") }
    }
    for (row, from) in rows.enumerated() {
      try writer.cell(from ?? "none")
      for column in columns.indices { try cell(table.cells[row][column]) }
      try cell(table.rowTotals[row])
      try writer.endRow()
    }
    try writer.cell("all")
    for column in columns.indices { try cell(table.columnTotals[column]) }
    try cell(table.total)
    try writer.endRow()
    try writer.finish()
  }
}
