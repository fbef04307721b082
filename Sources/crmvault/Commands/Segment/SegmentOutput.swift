import Anonymization
import Scoring
import Vault

/// Writes a run of segments: aggregates without small cells, or each customer's segment by pseudonym.
struct SegmentOutput {
  /// A segment as it is shown.
  struct Line {
    let name: String
    /// Its size; nil where it is left out.
    let customers: Int?
    /// What its customers have in common; nil where its size is left out: exact means would tell it.
    let profile: GroupProfile?
  }

  private let gathered: GatheredCustomers
  private let segmentation: Segmentation
  private let window: Window
  private let limit: Int?
  /// The segments in their order.
  let lines: [Line]

  init(_ gathered: GatheredCustomers, _ segmentation: Segmentation, _ window: Window, limit: Int?) {
    (self.gathered, self.segmentation) = (gathered, segmentation)
    (self.window, self.limit) = (window, limit)
    lines = Self.lines(gathered, segmentation)
  }

  private static func lines(_ gathered: GatheredCustomers, _ segmentation: Segmentation) -> [Line] {
    var profiles: [String: GroupProfile] = [:]
    for (customer, segment) in zip(gathered.customers, segmentation.assignments) {
      if let segment { profiles[segment, default: GroupProfile()].add(customer.member) }
    }
    let found = segmentation.names.map { profiles[$0] ?? GroupProfile() }
    // An empty segment is no cell: that nobody is in it tells of nobody.
    let filled = found.indices.filter { found[$0].customers > 0 }
    var sizes: [Int: Int] = [:]
    for (place, cell) in zip(filled, SuppressedTable.list(filled.map { found[$0].customers })) {
      sizes[place] = cell.count
    }
    return segmentation.names.indices.map { index in
      let profile = found[index]
      return Line(
        name: segmentation.names[index], customers: profile.customers == 0 ? 0 : sizes[index],
        profile: sizes[index] == nil ? nil : profile)
    }
  }

  /// How many customers have a segment.
  private var assigned: Int { segmentation.assignments.count { $0 != nil } }

  private var excluded: [(reason: String, customers: UInt64)] {
    gathered.excluded + segmentation.excluded.map { ($0.reason, UInt64($0.customers)) }
  }

  /// The customers who are shown, each with the segment; the limit counts those only.
  private func visit(_ session: Session, _ body: (Pseudonym, String) throws -> Void) throws {
    var left = limit ?? .max
    try session.visitCustomers(gathered) { pseudonym, place in
      guard left > 0, let segment = segmentation.assignments[place] else { return }
      left -= 1
      try body(pseudonym, segment)
    }
  }

  // MARK: Aggregates and members

  func writeJSON(_ session: Session, to console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("method", segmentation.method.name)
      try json.field("as_of", window.through.description)
      try json.field("from", window.from?.description)
      try json.field("purpose", gathered.purpose)
      try json.field("entry", gathered.entries.intent)
      try json.field("customers", assigned)
      try json.object("excluded") { json in
        for (reason, customers) in excluded { try json.field(reason, customers) }
      }
      try ForeignOutput.write(gathered.foreign, &json)
      if let clusters = segmentation.clusters { try write(clusters, &json) }
      try json.array("segments") { json in
        for line in lines { try json.object { json in try write(line, &json) } }
      }
      try json.array("members") { json in
        try visit(session) { pseudonym, segment in
          try json.object { json in
            try json.field("id", pseudonym.description)
            try json.field("segment", segment)
          }
        }
      }
    }
    try json.finish()
  }

  private func write(_ clusters: Segmentation.Clusters, _ json: inout JSONWriter) throws {
    try json.field("k", clusters.count)
    try json.field("seed", clusters.seed)
    try json.field("silhouette", clusters.chosen?.silhouette)
    try json.array("candidates") { json in
      for candidate in clusters.candidates {
        try json.object { json in
          try json.field("k", candidate.clusters)
          try json.field("silhouette", candidate.silhouette)
          try json.field("sampled", candidate.isSample)
          try json.field("inertia", candidate.inertia)
        }
      }
    }
  }

  private func write(_ line: Line, _ json: inout JSONWriter) throws {
    try json.field("segment", line.name)
    try json.field("customers", line.customers)
    try json.field("recency_days", line.profile?.recencyDays)
    try json.field("frequency", line.profile?.frequency)
    try json.field("amount", line.profile?.amount(minorDigits: gathered.minorDigits))
  }

  func writeText(to console: Console) throws {
    var table = TableWriter(
      [
        "SEGMENT", .trailing("CUSTOMERS"), .trailing("SHARE"), .trailing("RECENCY DAYS"),
        .trailing("FREQUENCY"),
        .trailing("AMOUNT"),
      ], to: console.output)
    for line in lines {
      try table.cell(line.name)
      if let customers = line.customers { table.cell(customers) } else { try table.cell("left out") }
      try table.cell(line.customers.map { Double($0) / Double(max(1, assigned)) }, decimals: 4)
      try table.cell(line.profile?.recencyDays, decimals: 1)
      try table.cell(line.profile?.frequency, decimals: 2)
      try table.cell(line.profile?.amount(minorDigits: gathered.minorDigits), decimals: 2)
      try table.endRow()
    }
    try table.finish()
  }

  func writeCSV(to console: Console) throws {
    var csv = CSVWriter(to: console.output)
    try csv.header(["segment", "customers", "recency_days", "frequency", "amount"])
    for line in lines {
      try csv.cell(line.name)
      try csv.cell(line.customers)
      try csv.cell(line.profile?.recencyDays)
      try csv.cell(line.profile?.frequency)
      try csv.cell(line.profile?.amount(minorDigits: gathered.minorDigits))
      try csv.endRow()
    }
    try csv.finish()
  }

  func writeMembersText(_ session: Session, to console: Console) throws {
    var table = TableWriter(["ID", "SEGMENT"], to: console.output)
    try visit(session) { pseudonym, segment in
      try table.cell(pseudonym.description)
      try table.cell(segment)
      try table.endRow()
    }
    try table.finish()
  }

  func writeMembersCSV(_ session: Session, to console: Console) throws {
    var csv = CSVWriter(to: console.output)
    try csv.header(["id", "segment"])
    try visit(session) { pseudonym, segment in
      try csv.cell(pseudonym.description)
      try csv.cell(segment)
      try csv.endRow()
    }
    try csv.finish()
  }

  /// How many have a segment, who was left out, and how k was chosen.
  func notify(_ console: Console) {
    var line = "\(assigned) in segments"
    if !excluded.isEmpty {
      line += ", left out: " + excluded.map { "\($0.reason) \($0.customers)" }.joined(separator: ", ")
    }
    console.notice(line)
    ForeignOutput.notify(gathered.foreign, console)
    guard let clusters = segmentation.clusters else { return }
    let tried = clusters.candidates.map { candidate in
      "k \(candidate.clusters): "
        + (candidate.silhouette.map { Rounding.text($0, decimals: 3) } ?? "not defined")
    }
    console.notice(
      "k-means with k \(clusters.count) from seed \(clusters.seed); silhouette \(tried.joined(separator: ", "))"
    )
  }
}
