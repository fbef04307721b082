import Ingest
import Sodium
import Vault

/// What the vault asks of a row, beyond what its form is.
struct ImportCheck {
  /// The vault's fields, in the order of the mapping.
  let fields: [FieldName]
  private(set) var rows = 0
  /// About what the rows take when they are grouped.
  private(set) var stagedBytes = 0
  private let rules: ImportRules
  private let file: String
  private let columns: [CustomerField: String]

  init(_ mapping: Mapping, _ rules: ImportRules, file: String) throws {
    self.rules = rules
    self.file = file
    fields = try mapping.customer.map { entry in
      guard let field = rules.field(entry.field.description) else {
        throw IngestError(
          .mappingInvalid, file: file, field: entry.field.description, reason: "the vault has no such field",
          hint: "the policy names custom fields under 'fields'")
      }
      return field
    }
    columns = Dictionary(
      mapping.customer.map { ($0.field, $0.source.columns.first ?? $0.field.description) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Why the vault does not take a row, or nil: then it counts.
  mutating func reject(_ row: borrowing ImportRow) throws -> Rejection? {
    let line = row.line
    var fault: Rejection?
    // A row's share of its customer, then the row.
    var bytes = 40
    try row.forEachCustomerField { field, value in
      guard fault == nil else { return }
      bytes += value.count + 2
      if let code = try self.fault(field, value) {
        fault = Rejection(line: line, field: columns[field], code: code)
      }
    }
    if let event = row.event, fault == nil {
      fault = self.fault(event, row).map { Rejection(line: line, field: $0.field.description, code: $0.code) }
      bytes += 24 + Self.length(event)
    }
    guard fault == nil else { return fault }
    rows += 1
    stagedBytes += bytes
    return nil
  }

  /// The error of a row that is refused.
  func error(_ rejection: Rejection) -> IngestError {
    IngestError(
      .rowRejected, file: file, line: rejection.line, field: rejection.field, reason: rejection.message,
      hint: "correct the row, or leave such rows out with --on-error skip")
  }

  private func fault(_ field: CustomerField, _ value: Span<UInt8>) throws -> RejectionCode? {
    guard let name = FieldName(field.description) else { return .unusableValue }
    var scratch = WipedBytes(capacity: 64)
    do {
      try ImportFeed.normalized(field, value) { value throws(VaultError) in
        try rules.normalize(value, of: name, into: &scratch)
      }
      return nil
    } catch {
      guard error.code == .badInput else { throw error }
      return field == .phone ? .invalidPhone : field == .email ? .invalidEmail : .unusableValue
    }
  }

  private func fault(_ event: ImportEvent, _ row: borrowing ImportRow) -> (
    field: EventField, code: RejectionCode
  )? {
    let time: ImportTime?
    switch event {
    case .transaction(let event): time = event.time
    case .rating(let event): time = event.time
    case .referral(let event):
      time = event.time
      if event.valueMinor != nil, event.currency.rawValue != rules.currency.packed {
        return (.value, .otherCurrency)
      }
    case .consent(let event):
      time = event.time
      if !row.withText(event.purpose, { rules.hasPurpose($0) }) { return (.purpose, .unknownPurpose) }
      if event.source?.count ?? 0 > ConsentChange.textLimit { return (.source, .tooLong) }
      if event.textVersion?.count ?? 0 > ConsentChange.textLimit { return (.textVersion, .tooLong) }
    case .factors: time = nil
    }
    if let time, !rules.isUsable(ImportFeed.time(time, rules)) { return (.time, .outOfRange) }
    return nil
  }

  private static func length(_ event: ImportEvent) -> Int {
    switch event {
    case .transaction(let event): (event.orderID?.count ?? 16) + (event.refundOf?.count ?? 0)
    case .referral(let event): 16 + event.referredAccount.count
    case .factors: 80
    case .rating, .consent: 16
    }
  }
}
