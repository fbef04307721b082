import Ingest
import Sodium
import Vault

/// Writes what an access shows of customers. Values go from wiped memory to `write(2)`.
struct CustomerWriter {
  private let output: OutputChannel

  init(_ console: Console) { output = console.output }

  // MARK: Several customers

  /// Who was found: ids with masked fields of identity.
  func list(_ views: [CustomerView], asJSON: Bool) throws(CommandFailure) {
    guard asJSON else { return try listTable(views) }
    var json = JSONWriter(to: output)
    try json.array { (json: inout JSONWriter) throws(CommandFailure) in
      for view in views {
        try json.object { (json: inout JSONWriter) throws(CommandFailure) in
          try json.field("id", view.pseudonym.description)
          try json.members(view, .identity)
        }
      }
    }
    try json.finish()
  }

  private func listTable(_ views: [CustomerView]) throws(CommandFailure) {
    let names = FieldName.inOrder(views.flatMap { $0.names(of: .identity) })
    let columns = ["ID"] + names.map { $0.text.uppercased() }
    var table = TableWriter(columns.map { TableWriter.Column($0) }, to: output)
    for view in views {
      try table.cell(view.pseudonym.description)
      for name in names {
        let isThere: Void? = try view.withValue(of: name, in: .identity) {
          (value: Span<UInt8>) throws(CommandFailure) in
          try table.cell(value)
        }
        if isThere == nil { try table.cell("") }
      }
      try table.endRow()
    }
    try table.finish()
  }

  // MARK: One customer

  /// One customer as a JSON object.
  func json(_ view: CustomerView) throws(CommandFailure) {
    var json = JSONWriter(to: output)
    try json.object { (json: inout JSONWriter) throws(CommandFailure) in
      try json.field("id", view.pseudonym.description)
      for dataClass in [DataClass.identity, .profile] {
        try json.object(dataClass.name) { (json: inout JSONWriter) throws(CommandFailure) in
          try json.members(view, dataClass)
        }
      }
      try json.behavior(view.behavior)
      try json.object("consent") { (json: inout JSONWriter) throws(CommandFailure) in
        try json.consents(view.consent)
      }
    }
    try json.finish()
  }

  /// One customer as rows of class, field and value.
  func table(_ view: CustomerView) throws(CommandFailure) {
    var table = TableWriter(["CLASS", "FIELD", "VALUE"], to: output)
    try table.row("", "id", view.pseudonym.description)
    for dataClass in [DataClass.identity, .profile] {
      for name in view.names(of: dataClass) {
        try table.cell(dataClass.name)
        try table.cell(name.text)
        _ = try view.withValue(of: name, in: dataClass) { (value: Span<UInt8>) throws(CommandFailure) in
          try table.cell(value)
        }
        try table.endRow()
      }
    }
    if let behavior = view.behavior { try Self.rows(behavior, &table) }
    if let consent = view.consent {
      for purpose in consent.purposes {
        guard let standing = consent.standing(for: purpose) else { continue }
        try table.row("consent", purpose, "\(standing.state.name) (\(TimeText.utc(standing.last.time)))")
      }
    }
    try table.finish()
  }

  private static func rows(_ behavior: CustomerView.Behavior, _ table: inout TableWriter)
    throws(CommandFailure)
  {
    let name = DataClass.behavior.name
    try table.row(name, "events", "\(behavior.events)")
    try table.row(name, "occasions", "\(behavior.occasions)")
    try row(behavior.amountMinor, behavior.currency, &table)
    for other in behavior.otherCurrencies { try row(other.amountMinor, other.currency, &table) }
    if let first = behavior.first { try table.row(name, "first", first) }
    if let last = behavior.last { try table.row(name, "last", last) }
  }

  private static func row(
    _ minorUnits: Int64, _ currency: String, _ table: inout TableWriter
  ) throws(CommandFailure) {
    var text = WipedBytes(capacity: 64)
    Digits.append(money: minorUnits, decimals: decimals(of: currency), to: &text)
    text.append(copying: " \(currency)".utf8)
    try table.cell(DataClass.behavior.name)
    try table.cell("amount")
    try table.cell(text)
    try table.endRow()
  }

  /// How many decimals amounts of a currency have.
  static func decimals(of currency: String) -> Int {
    Ingest.CurrencyCode(currency).map { Int($0.exponent) } ?? 2
  }
}

extension JSONWriter {
  /// Writes the fields of a class as members.
  mutating func members(_ view: CustomerView, _ dataClass: DataClass) throws(CommandFailure) {
    for name in view.names(of: dataClass) {
      key(name.text)
      _ = try view.withValue(of: name, in: dataClass) { (value: Span<UInt8>) throws(CommandFailure) in
        try self.value(value)
      }
    }
  }

  /// Writes the summary of behavior; null where the access does not reach it.
  fileprivate mutating func behavior(_ behavior: CustomerView.Behavior?) throws(CommandFailure) {
    guard let behavior else {
      key("behavior")
      return try null()
    }
    try object("behavior") { (json: inout JSONWriter) throws(CommandFailure) in
      try json.field("events", behavior.events)
      try json.field("occasions", behavior.occasions)
      try json.field(
        "amount", money: behavior.amountMinor, decimals: CustomerWriter.decimals(of: behavior.currency))
      try json.field("currency", behavior.currency)
      try json.field("first", behavior.first)
      try json.field("last", behavior.last)
      try json.object("other_currencies") { (json: inout JSONWriter) throws(CommandFailure) in
        for other in behavior.otherCurrencies {
          try json.field(
            other.currency, money: other.amountMinor, decimals: CustomerWriter.decimals(of: other.currency))
        }
      }
    }
  }

  /// Writes what holds for each purpose that anything was said about.
  mutating func consents(_ record: ConsentRecord?) throws(CommandFailure) {
    guard let record else { return }
    for purpose in record.purposes {
      guard let standing = record.standing(for: purpose) else { continue }
      try object(purpose) { (json: inout JSONWriter) throws(CommandFailure) in
        try json.field("state", standing.state.name)
        try json.consentFields(standing.last)
      }
    }
  }

  /// Writes a statement about a purpose, what was said aside.
  mutating func consentFields(_ change: ConsentChange) throws(CommandFailure) {
    try field("time", TimeText.utc(change.time))
    try field("source", change.source)
    try field("text_version", change.textVersion)
    try field("legal_basis", change.legalBasis)
  }
}

extension TableWriter {
  fileprivate mutating func row(_ first: String, _ second: String, _ third: String) throws(CommandFailure) {
    try cell(first)
    try row(second, third)
  }
}

extension FieldName {
  /// Names without repetition: the built-in ones in their usual order, then the others by name.
  fileprivate static func inOrder(_ names: [FieldName]) -> [FieldName] {
    let known = FieldName.identity + FieldName.profile
    let others = Set(names).subtracting(known).sorted()
    return known.filter(Set(names).contains) + others
  }
}
