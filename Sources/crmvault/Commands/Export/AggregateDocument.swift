import Anonymization
import AuditLog
import Release
import Scoring
import Sodium
import Vault

/// Released figures as a file, and what is said of how they came about.
struct AggregateDocument {
  let plan: AggregatePlan
  let figures: [AggregateFigure]
  let gathering: ExportGathering
  let recipient: String

  /// Writes the file.
  func write(isCSV: Bool, to sink: @escaping (Span<UInt8>) throws(CommandFailure) -> Void) throws {
    let put = { (bytes: borrowing WipedBytes) throws(CommandFailure) in
      try bytes.withBytes { (span: Span<UInt8>) throws(CommandFailure) in try sink(span) }
    }
    if isCSV {
      var csv = CSVWriter(to: put)
      try csv.header(["query", "group", "cell", "value"])
      for figure in figures {
        try csv.cell(figure.query)
        try csv.cell(figure.group.map { "\($0.column)=\($0.value)" }.joined(separator: ";"))
        try csv.cell(figure.cell)
        try csv.cell(figure.text)
        try csv.endRow()
      }
      return try csv.finish()
    }
    var json = JSONWriter(to: put)
    try json.object { json in
      try json.field("release", gathering.release.description)
      try json.field("recipient", recipient)
      try json.field("purpose", gathering.purpose.name)
      try json.field("as_of", gathering.asOf.description)
      try Self.writePlan(plan, &json)
      try json.array("figures") { json in
        for figure in figures { try json.object { json in try Self.write(figure, &json) } }
      }
    }
    try json.finish()
  }

  private static func write(_ figure: AggregateFigure, _ json: inout JSONWriter) throws {
    try json.field("query", figure.query)
    if !figure.group.isEmpty {
      try json.object("group") { json in
        for (column, value) in figure.group { try json.field(column, value) }
      }
    }
    if let cell = figure.cell { try json.field("cell", cell) }
    if figure.decimals == 0 {
      try json.field("value", figure.units)
    } else {
      try json.field("value", figure.text)
    }
  }

  /// What the receipt says.
  func body(of file: FilledDraft, queries: String) -> JSONObject {
    var body = ReleaseBody.file(file, format: "figures")
    body["epsilon"] = .string(plan.charge.epsilon.description)
    body["delta"] = .string(plan.charge.delta.description)
    body["rho"] = .string(plan.charge.rho.description)
    body["unit"] = "customer"
    body["queries_sha256"] = .string(Hex.encode(SHA256.hash(Array(queries.utf8)).bytes))
    body["queries"] = .array(
      plan.steps.map { step in
        var object: JSONObject = [
          "name": .string(step.query.name), "mechanism": .string(step.mechanism),
          "share": .string(step.share.description),
        ]
        if let parameter = step.parameter { object["parameter"] = .string(parameter.description) }
        return .object(object)
      })
    return body
  }

  /// The members that say how figures come about.
  static func writePlan(_ plan: AggregatePlan, _ json: inout JSONWriter) throws {
    try json.field("epsilon", plan.charge.epsilon.description)
    try json.field("delta", plan.charge.delta.description)
    try json.field("unit", "customer")
    try json.array("queries") { json in
      for step in plan.steps {
        try json.object { json in
          try json.field("name", step.query.name)
          try json.field("mechanism", step.mechanism)
          try json.field(
            step.mechanism == "discrete Gaussian" ? "variance" : "scale", step.parameter?.description)
          try json.field("expected_error", step.expectedError)
          try json.field(plan.charge.delta.isZero ? "epsilon" : "rho", step.share.description)
        }
      }
    }
  }

  /// The same for people.
  static func writeText(_ plan: AggregatePlan, to console: Console) throws {
    var table = TableWriter(
      ["QUERY", "MECHANISM", "PARAMETER", .trailing("EXPECTED ERROR"), "SHARE"], to: console.output)
    for step in plan.steps {
      try table.cell(step.query.name)
      try table.cell(step.mechanism)
      try table.cell(step.parameter?.description ?? "-")
      try table.cell(step.expectedError, decimals: 1)
      try table.cell(step.share.description)
      try table.endRow()
    }
    try table.finish()
  }
}
