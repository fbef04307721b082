import ArgumentParser
import DisclosureRisk
import Ingest
import Release

/// `crmvault table measure`
struct TableMeasureCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Measure the disclosure risk of any CSV file.",
    discussion: """
      Says what a reader of the file could do: how few people share a combination of quasi-identifiers, and how much \
      such a class tells of a sensitive column. Numbers are compared by their order, other values as equally far apart.

      With --original and --profile the columns and their hierarchies are the profile's, and the loss is measured too.

      Needs no vault. Memory: 4 bytes a cell of the columns that are named, about 30 bytes a row, and each different \
      value once.

      Exit status: 0 done, 64 usage, 65 bad input, 66 no such file, 74 input/output.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The CSV file, with a header.", completion: .file()) var file: String
  @Option(help: "The quasi-identifiers, comma-separated.") var quasi: String?
  @Option(help: "The sensitive columns, comma-separated.") var sensitive: String?
  @Option(help: "The table that the file was made of; needs --profile.", completion: .file()) var original:
    String?
  @Option(help: "The profile by which it was made.", completion: .file()) var profile: String?

  func run(on console: Console) throws {
    var originalRows: Int?
    var columns: [ReleasedTable.Column]
    if let original {
      guard let profile, quasi == nil, sensitive == nil else {
        throw CommandFailure.usage(
          "bad_options",
          "--original needs --profile, which says the columns: no --quasi and --sensitive beside it")
      }
      let rules = try ProfileSource.read(profile)
      let table = try TableFile(path: original).read(columns: rules.columns.map(\.name), on: console)
      let plan = try ReleasePlan(rules, table)
      columns = plan.measuredColumns
      originalRows = table.rowCount
    } else {
      columns = try namedColumns()
    }
    let input = try TableFile(path: file)
    var reader = try input.reader()
    let measures = try FileMeasurement.measure(&reader, columns: columns, originalRows: originalRows)
    try options.json ? writeJSON(measures, to: console) : writeText(measures, to: console)
  }

  private func namedColumns() throws -> [ReleasedTable.Column] {
    if let profile {
      let rules = try ProfileSource.read(profile)
      return rules.columns.compactMap { column in
        guard !column.roles.isDisjoint(with: [.quasi, .sensitive]) else { return nil }
        return .init(
          column.name, isQuasi: column.roles.contains(.quasi), isSensitive: column.roles.contains(.sensitive))
      }
    }
    func names(_ list: String?) -> [String] {
      list?.split(separator: ",").map(String.init) ?? []
    }
    let (quasi, sensitive) = (names(quasi), names(sensitive))
    guard !quasi.isEmpty else {
      throw CommandFailure.usage(
        "no_quasi_identifier", "there is no quasi-identifier",
        hints: "add --quasi COLUMN,COLUMN, or --profile FILE")
    }
    let all = quasi + sensitive.filter { !quasi.contains($0) }
    return all.map { .init($0, isQuasi: quasi.contains($0), isSensitive: sensitive.contains($0)) }
  }

  private func writeText(_ measures: RiskMeasures, to console: Console) throws {
    try console.output.write("\(file): \(measures.rows) rows in \(measures.classes) classes\n")
    try RiskOutput.writeText(measures, to: console)
  }

  private func writeJSON(_ measures: RiskMeasures, to console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("rows", measures.rows)
      try json.field("classes", measures.classes)
      try json.field("k", measures.k)
      try json.field("l", measures.l)
      try json.field("entropy_l", measures.entropyL)
      try json.field("recursive_c", measures.recursiveC)
      try json.field("t", measures.t)
      try json.field("alpha", measures.alpha)
      try json.field("beta", measures.beta)
      try json.field("enhanced_beta", measures.enhancedBeta)
      try json.field("delta", measures.delta)
      try json.field("average_class", measures.averageClass)
      try json.field("uniques", measures.uniques)
      try RiskOutput.writeRisk(measures, &json)
      if let loss = measures.loss {
        try json.field("ncp", loss.certaintyPenalty)
        try json.field("discernibility", loss.discernibility)
        try json.field("suppressed", loss.suppressed)
      }
      try json.array("sensitive") { json in
        for column in measures.sensitive {
          try json.object { json in
            try json.field("column", column.name)
            try json.field("l", column.l)
            try json.field("homogeneous_share", column.homogeneousShare)
            guard !column.isQuasi else { return }
            try json.field("entropy_l", column.entropyL)
            try json.field("t", column.t)
            try json.field("best_guess", column.bestGuess)
            try json.field("baseline", column.baseline)
          }
        }
      }
    }
    try json.finish()
  }
}
