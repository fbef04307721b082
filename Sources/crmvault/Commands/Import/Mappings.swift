import ArgumentParser
import Ingest

/// `crmvault import mappings`
struct ImportMappingsCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "mappings", abstract: "List the built-in mappings and their columns.",
    discussion: """
      Needs no vault. A star marks the columns that a file must have.

      Exit status: 0 done, 64 usage.
      """)

  @Flag(help: "Write one JSON document to stdout.") var json = false

  func run(on console: Console) throws {
    if json {
      var writer = JSONWriter(to: console.output)
      try writer.array { writer in
        for mapping in Mapping.builtIn {
          try writer.object { writer in
            try writer.field("name", mapping.name)
            try writer.field("columns", Self.columns(mapping))
            try writer.field("required", Self.columns(mapping).filter(mapping.requiredColumns.contains))
          }
        }
      }
      try writer.finish()
      return
    }
    for mapping in Mapping.builtIn {
      let columns = Self.columns(mapping).map { mapping.requiredColumns.contains($0) ? "\($0)*" : $0 }
      try console.output.write("\(mapping.name): \(columns.joined(separator: ","))\n")
    }
  }

  private static func columns(_ mapping: Mapping) -> [String] {
    mapping.account.columns + mapping.customer.flatMap(\.source.columns)
      + mapping.eventFields.flatMap(\.source.columns)
  }
}

/// The mapping that a person named: a built-in one, or a file.
struct ImportMapping {
  let mapping: Mapping
  /// What tells two mappings apart when a file is imported again.
  let identity: [UInt8]

  init(_ name: String) throws {
    if let known = Mapping.builtIn.first(where: { $0.name == name }) {
      mapping = known
      identity = Array(name.utf8)
      return
    }
    guard name.contains("/") || name.contains(".") || TextFile.exists(name) else {
      _ = try Mapping.builtIn(named: name)
      throw CommandFailure.bug("a mapping is neither known nor unknown")
    }
    let text = try TextFile.read(name, limit: Mapping.longestFile)
    mapping = try Mapping.parse(yaml: text, name: name)
    identity = Array(text.utf8)
  }
}
