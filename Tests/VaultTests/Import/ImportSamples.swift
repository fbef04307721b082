import AuditLog
import Sodium
import VaultTesting

@testable import Vault

/// One row of a made-up file.
struct SampleRow {
  var account: String
  var time: Int64 = 1_600_000_000
  var amount: Int64?
  var currency = "CNY"
  var product = ""
  var order = ""
  var refundOf = ""
  var fields: [(FieldName, String)] = []
  var consent: (purpose: String, state: ConsentState)?
}

/// A vault in memory, and files that are imported into it.
struct ImportSample {
  let vault: SampleVault
  let store: InMemoryStore

  init() throws {
    store = InMemoryStore()
    vault = try SampleVault(in: store)
  }

  /// Imports rows as the command does.
  @discardableResult
  func run(
    _ rows: [SampleRow], name: String = "file", groups: Int = 1, limit: Int? = nil, isDryRun: Bool = false,
    as session: Session? = nil,
    progress: (Int) throws -> Void = { _ in }
  ) throws -> ImportCounts {
    let session = session ?? vault.session()
    let rules = try session.importRules(source: "shop")
    var file = rules.file(
      hash: Array(name.utf8), mapping: [], rows: rows.count,
      stagedBytes: groups == 1 ? 0 : groups * (192 << 20),
      fields: [])
    if let limit { file.groupLimit = limit }
    return try session.importRows(
      file, purpose: nil, isDryRun: isDryRun, feed: { try Self.feed(rows, $0) }, progress: progress)
  }

  /// Feeds rows to a group.
  static func feed(_ rows: [SampleRow], _ staging: ImportStaging) throws {
    for row in rows {
      guard try staging.begin(account: Array(row.account.utf8).span) else { continue }
      if !row.fields.isEmpty {
        try staging.beginFields()
        for (name, value) in row.fields {
          try staging.addField(staging.number(of: name), Array(value.utf8).span)
        }
        try staging.endFields(isAlone: row.amount == nil && row.consent == nil)
      }
      let time = ImportStaging.Time(seconds: row.time, isDateOnly: false)
      if let amount = row.amount, let currency = CurrencyCode(row.currency) {
        let content = "\(row.time) \(amount) \(row.currency) \(row.product) \(row.refundOf)"
        try staging.addTransaction(
          at: time, amountMinor: amount, currency: currency, product: Array(row.product.utf8).span,
          category: Span(), channel: Span(), refundOf: Array(row.refundOf.utf8).span,
          orderID: Array(row.order.utf8).span, content: Array(content.utf8).span)
      }
      if let consent = row.consent {
        try staging.addConsent(
          at: time, purpose: Array(consent.purpose.utf8).span, state: consent.state,
          source: Array("form".utf8).span, textVersion: Array("2".utf8).span)
      }
    }
  }

  /// The only customer with an account.
  func customer(_ account: String) throws -> Pseudonym? {
    var value = WipedBytes()
    value.append(copying: account.utf8)
    let found = try vault.session().findCustomers(.account(at: "shop") ?? .name, value, purpose: nil)
    return found.count == 1 ? found[0].pseudonym : nil
  }

  /// What a customer looks like, everything revealed that can be.
  func view(_ account: String) throws -> CustomerView? {
    try customer(account).map {
      try vault.session(as: .steward).showCustomer($0, purpose: nil, reveal: .everything)
    }
  }

  /// The profile fields that a customer has.
  func names(_ account: String) throws -> [FieldName] {
    guard let view = try view(account) else { return [] }
    switch view.profile {
    case .some(let profile): return profile.names
    case nil: return []
    }
  }

  /// How many rows of a table there are.
  func count(_ table: Table) throws -> Int { try store.read { try $0.count(table) } }
}

extension ImportSample {
  /// The customers that have an identifier.
  func find(_ field: FieldName, _ text: String) throws -> [Pseudonym] {
    var value = WipedBytes()
    value.append(copying: text.utf8)
    return try vault.session().findCustomers(field, value, purpose: nil).map(\.pseudonym)
  }
}
