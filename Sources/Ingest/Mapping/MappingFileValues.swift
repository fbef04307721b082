internal import Yams

/// The kinds of value that a mapping file has.
extension MappingFileReader {
  func error(_ key: String, _ reason: String) -> IngestError {
    IngestError(.mappingInvalid, file: file, field: key, reason: reason)
  }

  /// The entries of a YAML mapping; a key that is not in `allowed` is an error.
  func entries(_ node: Node, _ key: String, allowed: [String]?) throws(IngestError) -> [String: Node] {
    guard let mapping = node.mapping else { throw error(key, "must be a list of `key: value`") }
    var entries: [String: Node] = [:]
    for (keyNode, value) in mapping {
      guard let name = keyNode.scalar?.string else { throw error(key, "has a key that is not a word") }
      if let allowed, !allowed.contains(name) {
        throw IngestError(
          .mappingInvalid, file: file, field: name, reason: "is not a key that \(key) can have",
          hint: "it can have \(allowed.joined(separator: ", "))")
      }
      guard entries.updateValue(value, forKey: name) == nil else { throw error(name, "is there twice") }
    }
    return entries
  }

  func text(_ node: Node, _ key: String) throws(IngestError) -> String {
    guard let text = node.scalar?.string, !text.isEmpty else { throw error(key, "must be a word") }
    return text
  }

  func texts(_ node: Node, _ key: String) throws(IngestError) -> [String] {
    guard let sequence = node.sequence, !sequence.isEmpty else {
      throw error(key, "must be a list of column names")
    }
    var texts: [String] = []
    for node in sequence {
      let name = try text(node, key)
      guard !texts.contains(name) else { throw error(key, "names the column \(name) twice") }
      texts.append(name)
    }
    return texts
  }

  func number(_ node: Node, _ key: String, _ range: ClosedRange<Int>) throws(IngestError) -> Int {
    guard let number = node.scalar.flatMap({ Int($0.string) }), range.contains(number) else {
      throw error(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func choice<Value>(_ node: Node, _ key: String, _ values: [String: Value]) throws(IngestError) -> Value {
    guard let value = node.scalar.flatMap({ values[$0.string] }) else {
      throw error(key, "must be one of \(values.keys.sorted().joined(separator: ", "))")
    }
    return value
  }
}

/// Reads the part of a mapping file that says how the bytes make records.
struct FormatReader {
  let values: MappingFileReader
  let root: [String: Node]

  private static let switches = ["true": true, "yes": true, "false": false, "no": false]

  func format() throws(IngestError) -> FileFormat? {
    let csvKeys = ["delimiter", "quote", "header", "trim"].filter { root[$0] != nil }
    let name: String
    if let node = root["format"] {
      name = try values.choice(
        node, "format", ["csv": "csv", "fixed-width": "fixed-width", "json-lines": "json-lines"])
    } else {
      guard !csvKeys.isEmpty || root["columns"] != nil else { return nil }
      name = "csv"
    }
    if name != "csv", let key = csvKeys.first { throw values.error(key, "is for format: csv") }
    switch name {
    case "csv": return .csv(try dialect())
    case "fixed-width": return .fixedWidth(try fixedColumns())
    default:
      guard root["columns"] == nil else { throw values.error("columns", "is not for format: json-lines") }
      return .jsonLines
    }
  }

  private func dialect() throws(IngestError) -> CSVDialect {
    var dialect = CSVDialect()
    if let node = root["delimiter"] { dialect.delimiter = try byte(node, "delimiter") }
    if let node = root["quote"] {
      dialect.quote = node.scalar?.string == "none" ? nil : try byte(node, "quote")
    }
    guard dialect.quote != dialect.delimiter else { throw values.error("quote", "is the delimiter as well") }
    if let node = root["trim"] { dialect.trim = try values.choice(node, "trim", Self.switches) }
    let hasHeader = try root["header"].map { (node) throws(IngestError) in
      try values.choice(node, "header", Self.switches)
    }
    if let node = root["columns"] {
      guard hasHeader == false else { throw values.error("columns", "is for header: false") }
      dialect.columns = try limited(try values.texts(node, "columns"))
    } else if hasHeader == false {
      throw values.error("columns", "is missing: without a header it names the columns in order")
    }
    return dialect
  }

  private func limited<Column>(_ columns: [Column]) throws(IngestError) -> [Column] {
    guard columns.count <= FieldTable.mostColumns else {
      throw values.error("columns", "has more than \(FieldTable.mostColumns)")
    }
    return columns
  }

  private func byte(_ node: Node, _ key: String) throws(IngestError) -> UInt8 {
    let text = try values.text(node, key)
    if text == "tab" { return 0x09 }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte == 0x09 || (0x21...0x7E).contains(byte)
    else {
      throw values.error(key, "must be one printable ASCII character, or tab")
    }
    return byte
  }

  private func fixedColumns() throws(IngestError) -> [FixedColumn] {
    guard let node = root["columns"] else {
      throw values.error("columns", "is missing: a fixed-width file has its fields at positions")
    }
    var columns: [FixedColumn] = []
    for (name, node) in try values.entries(node, "columns", allowed: nil) {
      let key = "columns.\(name)"
      let parts = try values.entries(node, key, allowed: ["start", "length"])
      guard let start = parts["start"], let length = parts["length"] else {
        throw values.error(key, "needs start and length")
      }
      columns.append(
        FixedColumn(
          name: name, start: try values.number(start, key, 1...65_536),
          length: try values.number(length, key, 1...65_536)))
    }
    columns.sort { ($0.start, $0.name) < ($1.start, $1.name) }
    for (before, after) in zip(columns, columns.dropFirst()) where before.start + before.length > after.start
    {
      throw values.error("columns.\(after.name)", "overlaps \(before.name)")
    }
    guard !columns.isEmpty else { throw values.error("columns", "is empty") }
    return try limited(columns)
  }
}
