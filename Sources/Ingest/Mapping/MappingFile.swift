internal import Yams

extension Mapping {
  /// The longest mapping file.
  public static let longestFile = 256 * 1024

  /// Reads a mapping file. Every key that it does not know is an error that names the key.
  ///
  /// ```yaml
  /// format: csv                  # csv, fixed-width, json-lines; without it told from the first byte
  /// delimiter: ";"               # csv: one ASCII character, or tab
  /// quote: none                  # csv: one ASCII character, or none
  /// header: false                # csv: then `columns: [a, b, …]` names them in order
  /// trim: true                   # csv: spaces around a field are padding
  /// columns: {a: {start: 1, length: 5}}   # fixed-width: bytes, the first is 1
  /// skip_lines: 2
  /// decimal: comma               # or point
  /// date: dd/MM/yyyy             # for every date here that has no `date` of its own
  /// account: customer_id
  /// customer:
  ///   name: [first_name, last_name]
  ///   birth_date: {column: born, date: yyyyMMdd}
  ///   custom: {shoe_size: size}
  /// transaction:                 # or rating, referral, consent, factors
  ///   time: order_date
  ///   amount: revenue
  ///   currency: {constant: USD}
  /// ignore: [remarks]
  /// ```
  ///
  /// - Parameters:
  ///   - yaml: the file's text.
  ///   - name: its name, for messages.
  public static func parse(yaml: String, name: String) throws(IngestError) -> Mapping {
    guard yaml.utf8.count <= longestFile else {
      throw IngestError(.mappingInvalid, file: name, reason: "a mapping file is at most 256 KiB long")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: yaml)
    } catch {
      throw IngestError(.mappingInvalid, file: name, reason: "not valid YAML: \(error)")
    }
    guard let node else { throw IngestError(.mappingInvalid, file: name, reason: "the file is empty") }
    return try MappingFileReader(file: name).mapping(node)
  }
}

/// Reads the parts of a mapping file.
struct MappingFileReader {
  let file: String

  private static let keys = [
    "format", "delimiter", "quote", "header", "trim", "columns", "skip_lines", "decimal", "date", "account",
    "customer", "ignore",
  ]

  func mapping(_ node: Node) throws(IngestError) -> Mapping {
    let root = try entries(node, "the file", allowed: Self.keys + EventKind.allCases.map(\.rawValue))
    let date = try root["date"].map { (node) throws(IngestError) in try pattern(node, "date") }
    guard let accountNode = root["account"] else {
      throw error("account", "is missing: it says which column is the customer's key")
    }
    var mapping = Mapping(name: file, account: try source(accountNode, "account", date: nil))
    mapping.format = try FormatReader(values: self, root: root).format()
    if let node = root["skip_lines"] { mapping.skipLines = try number(node, "skip_lines", 0...1_000_000) }
    if let node = root["decimal"] {
      mapping.decimalComma = try choice(node, "decimal", ["point": false, "comma": true])
    }
    if let node = root["customer"] { mapping.customer = try customer(node, date) }
    let kinds = EventKind.allCases.filter { root[$0.rawValue] != nil }
    guard kinds.count <= 1 else {
      throw error(kinds[1].rawValue, "is a second event: a row carries one at most")
    }
    if let kind = kinds.first, let node = root[kind.rawValue] {
      mapping.event = kind
      mapping.eventFields = try event(node, kind, date)
    }
    if let node = root["ignore"] { mapping.ignored = Set(try texts(node, "ignore")) }
    if let both = mapping.ignored.intersection(mapping.mappedColumns).min() {
      throw error("ignore", "names the column \(both), which is mapped")
    }
    try checkColumns(mapping)
    return mapping
  }

  /// Where the file itself has no names, the mapping's must be known.
  private func checkColumns(_ mapping: Mapping) throws(IngestError) {
    let declared: [String]
    switch mapping.format {
    case .fixedWidth(let columns): declared = columns.map(\.name)
    case .csv(let dialect):
      guard let columns = dialect.columns else { return }
      declared = columns
    default: return
    }
    let known = mapping.mappedColumns.union(mapping.ignored)
    if let unknown = known.subtracting(declared).min() {
      throw error("columns", "lacks the column \(unknown), which the mapping uses")
    }
  }

  private func customer(_ node: Node, _ date: DatePattern?) throws(IngestError) -> [Mapping.CustomerSource] {
    let names = CustomerField.standard.map(\.description)
    var sources: [Mapping.CustomerSource] = []
    let fields = try entries(node, "customer", allowed: names + ["custom"])
    for field in CustomerField.standard {
      guard let node = fields[field.description] else { continue }
      let key = "customer.\(field)"
      sources.append(Mapping.CustomerSource(field, try source(node, key, date: field.isDate ? date : nil)))
    }
    if let node = fields["custom"] {
      for (name, node) in try entries(node, "customer.custom", allowed: nil).sorted(by: { $0.key < $1.key }) {
        let isWord = name.utf8.allSatisfy { $0.isLowerLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        guard isWord, name.utf8.first?.isLowerLetter ?? false, name.utf8.count <= 64, !names.contains(name)
        else {
          throw error("customer.custom", "names a field that is not a new word of a-z, 0-9 and _")
        }
        sources.append(
          Mapping.CustomerSource(.custom(name), try source(node, "customer.custom.\(name)", date: nil)))
      }
    }
    return sources
  }

  private func event(
    _ node: Node, _ kind: EventKind, _ date: DatePattern?
  ) throws(IngestError) -> [Mapping.EventSource] {
    let fields = try entries(node, kind.rawValue, allowed: kind.fields.map(\.description))
    for field in kind.required where fields[field.description] == nil {
      throw error("\(kind.rawValue).\(field)", "is missing: without it there is no \(kind.rawValue)")
    }
    var sources: [Mapping.EventSource] = []
    for field in kind.fields {
      guard let node = fields[field.description] else { continue }
      let key = "\(kind.rawValue).\(field)"
      let source = try source(node, key, date: field == .time ? date : nil)
      if field == .currency, let code = source.constant, CurrencyCode(code) == nil {
        throw error(key, "is not a currency code of ISO 4217")
      }
      sources.append(Mapping.EventSource(field, source))
    }
    return sources
  }

  private func source(_ node: Node, _ key: String, date: DatePattern?) throws(IngestError) -> FieldSource {
    if node.scalar != nil { return FieldSource(column: try text(node, key), date: date) }
    if node.sequence != nil { return FieldSource(columns: try texts(node, key), date: date) }
    let parts = try entries(node, key, allowed: ["column", "columns", "constant", "separator", "date"])
    let given = ["column", "columns", "constant"].filter { parts[$0] != nil }
    guard given.count == 1 else { throw error(key, "needs one of column, columns, constant") }
    if let constant = parts["constant"] {
      guard parts.count == 1 else { throw error(key, "has a constant, which stands alone") }
      return FieldSource(constant: try constantText(constant, key))
    }
    var source = FieldSource(columns: [], date: date)
    if let node = parts["column"] { source.columns = [try text(node, key)] }
    if let node = parts["columns"] { source.columns = try texts(node, key) }
    if let node = parts["separator"] { source.separator = try text(node, key) }
    if let node = parts["date"] { source.date = try pattern(node, key) }
    return source
  }

  private func constantText(_ node: Node, _ key: String) throws(IngestError) -> String {
    let constant = try text(node, key)
    let bytes = Array(constant.utf8)
    do throws(RejectionCode) {
      try TextRule(limit: 300).check(bytes.span, isPlain: false)
    } catch {
      throw self.error(key, "has a constant that cannot be used: \(error.message)")
    }
    return constant
  }

  private func pattern(_ node: Node, _ key: String) throws(IngestError) -> DatePattern {
    guard let pattern = DatePattern(try text(node, key)) else {
      throw error(
        key, "has a date pattern that is not made of yyyy, MM, M, dd, d, HH, H, mm, ss and - / . : , T")
    }
    return pattern
  }
}
