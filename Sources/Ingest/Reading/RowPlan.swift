/// A mapping bound to the columns of one file: every field knows the index that it is read from.
struct RowPlan {
  enum Source {
    case absent
    case column(Int)
    case constant(ImportText)
    case joined(Int)
  }

  struct Join {
    let columns: [Int]
    let separator: [UInt8]
  }

  private(set) var account: Source = .absent
  private(set) var customerFields: [CustomerField] = []
  private(set) var customerSources: [Source] = []
  private(set) var customerDates: [DatePattern?] = []
  private(set) var event: EventKind?
  private(set) var eventSources = [Source](repeating: .absent, count: EventField.allCases.count)
  private(set) var eventDate: DatePattern?
  private(set) var joins: [Join] = []
  let decimalPoint: UInt8
  let mapping: Mapping

  init(
    _ mapping: Mapping, columns: [String], file: String, buffer: inout RowBuffer
  ) throws(IngestError) {
    self.mapping = mapping
    decimalPoint = mapping.decimalComma ? UInt8(ascii: ",") : UInt8(ascii: ".")
    var indexes: [String: Int] = [:]
    for (index, name) in columns.enumerated() { indexes[name] = index }
    let missing = mapping.requiredColumns.filter { indexes[$0] == nil }.sorted()
    guard missing.isEmpty else {
      throw IngestError(
        .header, file: file, field: missing[0],
        reason: "the file lacks \(missing.count == 1 ? "a column" : "columns") that the mapping "
          + "\(mapping.name) needs: \(missing.joined(separator: ", "))",
        hint: "add the column, or choose another mapping with --mapping")
    }

    account = try bind(mapping.account, indexes, file, &buffer)
    for entry in mapping.customer {
      let source = try bind(entry.source, indexes, file, &buffer)
      if case .absent = source { continue }
      customerFields.append(entry.field)
      customerSources.append(source)
      customerDates.append(entry.source.date)
    }
    event = mapping.event
    for entry in mapping.eventFields {
      eventSources[entry.field.rawValue] = try bind(entry.source, indexes, file, &buffer)
      if entry.field == .time { eventDate = entry.source.date }
    }
  }

  private mutating func bind(
    _ source: FieldSource, _ indexes: [String: Int], _ file: String, _ buffer: inout RowBuffer
  ) throws(IngestError) -> Source {
    if let constant = source.constant {
      guard let text = buffer.addConstant(constant) else {
        throw IngestError(
          .mappingInvalid, file: file, reason: "a constant of the mapping is empty or too long")
      }
      return .constant(text)
    }
    let columns = source.columns.compactMap { indexes[$0] }
    if columns.count > 1 {
      joins.append(Join(columns: columns, separator: Array(source.separator.utf8)))
      return .joined(joins.count - 1)
    }
    return columns.first.map { .column($0) } ?? .absent
  }

  /// The name that a person knows a place by: the file's column, or the field where there is no single one.
  func name(of place: RowFault.Place, columns: [String]) -> String? {
    switch place {
    case .record: nil
    case .column(let index): index < columns.count ? columns[index] : nil
    case .account: name(of: account, columns) ?? "account"
    case .customer(let index): name(of: customerSources[index], columns) ?? customerFields[index].description
    case .event(let field): name(of: eventSources[field.rawValue], columns) ?? field.description
    }
  }

  private func name(of source: Source, _ columns: [String]) -> String? {
    guard case .column(let index) = source else { return nil }
    return columns[index]
  }
}
