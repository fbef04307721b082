import Scoring
import Vault

/// Writes what saved runs say of one customer.
enum ScoreTrendOutput {
  /// The members of one run's object.
  static func write(_ saved: SavedScores, _ json: inout JSONWriter) throws {
    try json.field("run", saved.run.name)
    try json.field("model", saved.run.model)
    try json.field("as_of", saved.run.window.through.description)
    try json.field("norms", saved.run.norms)
    guard let values = saved.values else { return }
    for (column, value) in zip(saved.run.columns, values) { try json.field(column, value) }
  }

  /// A table of the runs that have the customer, each with its model's result.
  static func write(_ trend: [SavedScores], to console: Console) throws {
    guard trend.contains(where: { $0.values != nil }) else { return }
    try console.output.write("\n")
    var table = TableWriter(
      ["SAVED RUN", "MODEL", "AS OF", "SCORE", .trailing("VALUE"), .trailing("CHANGE")], to: console.output)
    var last: [String: Double] = [:]
    for saved in trend {
      let column = saved.run.mainColumn
      guard let values = saved.values, let place = saved.run.place(of: column) else { continue }
      let key = "\(saved.run.model) \(column)"
      try table.cell(saved.run.name)
      try table.cell(saved.run.model)
      try table.cell(saved.run.window.through.description)
      try table.cell(column)
      try table.cell(values[place], decimals: 4)
      try table.cell(values[place].flatMap { value in last[key].map { value - $0 } }, decimals: 4)
      try table.endRow()
      last[key] = values[place] ?? last[key]
    }
    try table.finish()
  }
}
