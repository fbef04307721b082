import Scoring
import Vault

/// Writes a composite run: the same document as of the other models of a population, and the norms beside it.
struct CompositeReport {
  private let run: CompositeRun
  private let limit: Int?
  private let names: [String]

  init(_ run: CompositeRun, limit: Int?) {
    (self.run, self.limit) = (run, limit)
    names = run.columns.specification.terms.map {
      $0.factor == .recency ? "recency_days" : $0.factor.rawValue
    }
  }

  /// The scored customers who are shown; the limit counts those only.
  private func visit(_ session: Session, _ body: (Pseudonym, Int) throws -> Void) throws {
    var left = limit ?? .max
    try session.visitCustomers(run) { pseudonym, place in
      guard left > 0, !run.scores[place].isNaN else { return }
      left -= 1
      try body(pseudonym, place)
    }
  }

  func writeJSON(_ session: Session, to console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("model", CompositeModel.about.name)
      try json.field("model_version", CompositeModel.about.version)
      try json.field("as_of", run.window.through.description)
      try json.field("from", run.window.from?.description)
      try json.field("purpose", run.purpose)
      try json.field("entry", run.entries.intent)
      try json.field("customers", run.count)
      try json.object("excluded") { json in
        for (reason, customers) in run.excluded { try json.field(reason, customers) }
      }
      try ForeignOutput.write(run.foreign, &json)
      if let norms = run.norms {
        try json.object("norms") { json in
          try json.field("id", norms.id)
          try json.field("as_of", norms.asOf.description)
          try json.field("customers", norms.customers)
        }
      }
      json.array("fits") { _ in }
      try json.array("scores") { json in
        try visit(session) { pseudonym, place in
          try json.object { json in
            try json.field("id", pseudonym.description)
            for (column, name) in names.enumerated() {
              try json.field(name, run.columns.value(place, column))
            }
            try json.field("composite", run.scores[place])
          }
        }
      }
    }
    try json.finish()
  }

  func writeCSV(_ session: Session, to console: Console) throws {
    var csv = CSVWriter(to: console.output)
    try csv.header(["id"] + names + ["composite"])
    try visit(session) { pseudonym, place in
      try csv.cell(pseudonym.description)
      for column in names.indices { try csv.cell(run.columns.value(place, column)) }
      try csv.cell(run.scores[place])
      try csv.endRow()
    }
    try csv.finish()
  }

  func writeText(_ session: Session, to console: Console) throws {
    let titles = (names + ["composite"]).map { TableWriter.Column.trailing($0.uppercased()) }
    var table = TableWriter(["ID"] + titles, to: console.output)
    try visit(session) { pseudonym, place in
      try table.cell(pseudonym.description)
      for (column, term) in run.columns.specification.terms.enumerated() {
        let isCount = term.factor == .recency || term.factor == .frequency || term.factor == .variety
        try table.cell(run.columns.value(place, column), decimals: isCount ? 0 : 2)
      }
      try table.cell(run.scores[place], decimals: 4)
      try table.endRow()
    }
    try table.finish()
  }

  /// How many were scored, who was left out, and what they were held against.
  func notify(_ console: Console) {
    var line = "\(run.count) scored"
    if let limit, limit < run.count { line += ", \(limit) shown" }
    if !run.excluded.isEmpty {
      line += ", left out: " + run.excluded.map { "\($0.reason) \($0.customers)" }.joined(separator: ", ")
    }
    if let norms = run.norms, norms.id != "run" {
      line += ", norms \(norms.id) as of \(norms.asOf) of \(norms.customers) customers"
    }
    console.notice(line)
    ForeignOutput.notify(run.foreign, console)
  }
}
