import Scoring
import Vault

/// Writes a run of a model that looks at a whole population.
struct PopulationReport {
  private let gathered: GatheredCustomers
  private let scores: PopulationScores
  private let file: CompositeFile?
  private let window: Window
  private let limit: Int?

  init(
    _ gathered: GatheredCustomers, _ scores: PopulationScores, _ file: CompositeFile?, window: Window,
    limit: Int?
  ) {
    (self.gathered, self.scores, self.file, self.window, self.limit) = (
      gathered, scores, file, window, limit
    )
  }

  /// How many customers have scores: none where the fit found no model.
  private var scored: Int { scores.hasModel ? scores.scored : 0 }

  /// Everybody left out, by reason: by the purpose's rule, by currency, by the model.
  private var excluded: [(reason: String, customers: UInt64)] {
    gathered.excluded + scores.excluded.map { ($0.reason, UInt64($0.customers)) }
  }

  /// The customers who are shown, each with its place; the limit counts those only.
  private func visit(_ session: Session, _ body: (Pseudonym, Int) throws -> Void) throws {
    guard scores.hasModel else { return }
    var left = limit ?? .max
    try session.visitCustomers(gathered) { pseudonym, place in
      guard left > 0, scores.exclusions[place] == nil else { return }
      left -= 1
      try body(pseudonym, place)
    }
  }

  func writeJSON(_ session: Session, to console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("model", scores.model.about.name)
      try json.field("model_version", scores.model.about.version)
      if let file { try json.field("model_name", file.name) }
      try json.field("as_of", window.through.description)
      try json.field("from", window.from?.description)
      try json.field("purpose", gathered.purpose)
      try json.field("entry", gathered.entries.intent)
      try json.field("customers", scored)
      try json.object("excluded") { json in
        for (reason, customers) in excluded { try json.field(reason, customers) }
      }
      try ForeignOutput.write(gathered.foreign, &json)
      if let norms = scores.norms {
        try json.object("norms") { json in
          try json.field("id", norms.id)
          try json.field("as_of", norms.asOf.description)
          try json.field("customers", norms.customers)
        }
      }
      try json.array("fits") { json in
        for fit in scores.fits {
          try json.object { json in try FitOutput.write(fit, &json) }
        }
      }
      try json.array("scores") { json in
        try visit(session) { pseudonym, place in
          try json.object { json in
            try json.field("id", pseudonym.description)
            for column in scores.columns { try json.field(column.name, column.values[place]) }
            if let segments = scores.segments { try json.field("segment", segments[place]) }
          }
        }
      }
    }
    try json.finish()
  }

  func writeCSV(_ session: Session, to console: Console) throws {
    var csv = CSVWriter(to: console.output)
    try csv.header(["id"] + scores.columns.map(\.name) + (scores.segments == nil ? [] : ["segment"]))
    try visit(session) { pseudonym, place in
      try csv.cell(pseudonym.description)
      for column in scores.columns { try csv.cell(column.values[place]) }
      if let segments = scores.segments { try csv.cell(segments[place]) }
      try csv.endRow()
    }
    try csv.finish()
  }

  func writeText(_ session: Session, to console: Console) throws {
    var columns: [TableWriter.Column] = ["ID"]
    columns += scores.columns.map { .trailing($0.name.uppercased()) }
    if scores.segments != nil { columns.append("SEGMENT") }
    var table = TableWriter(columns, to: console.output)
    try visit(session) { pseudonym, place in
      try table.cell(pseudonym.description)
      for column in scores.columns { try table.cell(column.values[place], decimals: column.decimals) }
      if let segments = scores.segments { try table.cell(segments[place]) }
      try table.endRow()
    }
    try table.finish()
  }

  /// How many were scored, who was left out, and how the fits went.
  func notify(_ console: Console) {
    var line = "\(scored) scored"
    if let limit, limit < scored { line += ", \(limit) shown" }
    if !excluded.isEmpty {
      line += ", left out: " + excluded.map { "\($0.reason) \($0.customers)" }.joined(separator: ", ")
    }
    console.notice(line)
    ForeignOutput.notify(gathered.foreign, console)
    for fit in scores.fits { FitOutput.notify(fit, console) }
  }
}
