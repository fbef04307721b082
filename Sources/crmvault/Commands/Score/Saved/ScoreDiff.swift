import ArgumentParser
import Scoring
import Vault

/// `crmvault score diff`
struct ScoreDiffCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what moved between two saved runs.",
    discussion: """
      Compares one column of both, by default the first of loyalty, satisfaction and value, else the model's result: a \
      summary, and each customer with the number before and after. Customers who have objected since, or whose scores \
      were erased, are in neither.

      Exit status: 0 done, 64 usage, 66 no such run, 75 busy, 76 integrity, 77 not permitted or another purpose.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The name of the earlier run.") var before: String
  @Argument(help: "The name of the later run.") var after: String
  @Option(help: "The column that is compared, such as loyalty or composite.") var score: String?
  @Option(help: "Write at most so many customers; all are compared.") var limit: Int?

  func run(on console: Console) throws {
    guard limit.map({ $0 >= 0 }) ?? true else {
      throw CommandFailure.usage("bad_limit", "--limit is a number from 0")
    }
    let session = try options.openSession(on: console)
    let comparison = try session.compareSavedRuns((before, after), column: score, purpose: options.purpose)
    let summary = MovementSummary(comparison.movements.lazy.map { ($0.before, $0.after) })
    if options.json {
      try writeJSON(comparison, summary, session, to: console)
    } else {
      try writeText(comparison, session, to: console)
    }
    console.notice(
      "\(comparison.column): \(summary.both) in both, \(summary.up) up, \(summary.down) down, \(summary.same) same, "
        + "\(summary.entered) entered, \(summary.left) left")
    if comparison.runs.before.norms != comparison.runs.after.norms {
      console.warning("the runs were held against different norms: part of the movement is theirs")
    }
  }

  private func visit(
    _ comparison: ScoreComparison, _ session: Session, _ body: (Pseudonym, ScoreMovement) throws -> Void
  ) throws {
    var left = limit ?? .max
    guard left > 0 else { return }
    struct Enough: Error {}
    do {
      try session.visitMovements(comparison) { pseudonym, movement in
        try body(pseudonym, movement)
        left -= 1
        if left == 0 { throw Enough() }
      }
    } catch is Enough {}
  }

  private func writeJSON(
    _ comparison: ScoreComparison, _ summary: MovementSummary, _ session: Session, to console: Console
  ) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.object("before") { json in try SavedRunOutput.write(comparison.runs.before, &json) }
      try json.object("after") { json in try SavedRunOutput.write(comparison.runs.after, &json) }
      try json.field("score", comparison.column)
      try json.field("entry", comparison.entry)
      try json.field("both", summary.both)
      try json.field("entered", summary.entered)
      try json.field("left", summary.left)
      try json.field("up", summary.up)
      try json.field("down", summary.down)
      try json.field("same", summary.same)
      try json.object("change") { json in
        try json.field("mean", summary.mean)
        for (place, name) in ["min", "q1", "median", "q3", "max"].enumerated() {
          try json.field(name, summary.quartiles?[place])
        }
      }
      try json.array("movements") { json in
        try visit(comparison, session) { pseudonym, movement in
          try json.object { json in
            try json.field("id", pseudonym.description)
            try json.field("before", movement.before)
            try json.field("after", movement.after)
            try json.field("change", movement.change)
          }
        }
      }
    }
    try json.finish()
  }

  private func writeText(_ comparison: ScoreComparison, _ session: Session, to console: Console) throws {
    var table = TableWriter(
      ["ID", .trailing("BEFORE"), .trailing("AFTER"), .trailing("CHANGE")], to: console.output)
    try visit(comparison, session) { pseudonym, movement in
      try table.cell(pseudonym.description)
      try table.cell(movement.before, decimals: 4)
      try table.cell(movement.after, decimals: 4)
      try table.cell(movement.change, decimals: 4)
      try table.endRow()
    }
    try table.finish()
  }
}

extension ScoreMovement {
  /// By how much the number changed, nil unless it is in both runs.
  var change: Double? { before.flatMap { before in after.map { $0 - before } } }
}
