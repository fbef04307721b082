import Ingest
import Sodium
import Vault

/// Carries rows from the file's reader into the vault's staging.
struct ImportFeed {
  private let staging: ImportStaging
  private let rules: ImportRules
  private let numbers: [CustomerField: Int]
  private let names: [CustomerField: FieldName]

  init(_ staging: ImportStaging, _ fields: [FieldName], _ rules: ImportRules) {
    self.staging = staging
    self.rules = rules
    var numbers: [CustomerField: Int] = [:]
    var names: [CustomerField: FieldName] = [:]
    for name in fields {
      let field = CustomerField(standardName: name.text) ?? .custom(name.text)
      numbers[field] = staging.number(of: name)
      names[field] = name
    }
    self.numbers = numbers
    self.names = names
  }

  /// Adds a row to its customer.
  mutating func feed(_ row: borrowing ImportRow) throws {
    let isOurs = try row.withAccount { account in
      try Self.comparable(account) { account throws(VaultError) in try staging.begin(account: account) }
    }
    guard isOurs else { return }
    if !numbers.isEmpty { try feedFields(row) }
    guard let event = row.event else { return }
    try feed(event, row)
  }

  private func feedFields(_ row: borrowing ImportRow) throws {
    try staging.beginFields()
    try row.forEachCustomerField { field, value in
      guard let number = numbers[field], let name = names[field] else { return }
      var stored = WipedBytes(capacity: 64)
      try Self.normalized(field, value) { value throws(VaultError) in
        try rules.normalize(value, of: name, into: &stored)
      }
      try stored.withBytes { value throws(VaultError) in try staging.addField(number, value) }
    }
    try staging.endFields(isAlone: row.event == nil)
  }

  private func feed(_ event: ImportEvent, _ row: borrowing ImportRow) throws {
    switch event {
    case .transaction(let event): try feed(event, row)
    case .rating(let event):
      try row.withEventContent { content throws(VaultError) in
        try staging.addRating(
          at: Self.time(event.time, rules),
          BehaviorEvent.Rating(
            productQuality: event.productQuality, serviceQuality: event.serviceQuality,
            priceSatisfaction: event.priceSatisfaction), content: content)
      }
    case .referral(let event):
      try row.withText(event.referredAccount) { account throws(VaultError) in
        try Self.comparable(account) { account throws(VaultError) in
          try row.withEventContent { content throws(VaultError) in
            try staging.addReferral(
              at: Self.time(event.time, rules), account: account, valueMinor: event.valueMinor,
              content: content)
          }
        }
      }
    case .consent(let event):
      try row.withText(event.purpose) { purpose throws(VaultError) in
        try Self.with(event.source, row) { source throws(VaultError) in
          try Self.with(event.textVersion, row) { version throws(VaultError) in
            try staging.addConsent(
              at: Self.time(event.time, rules), purpose: purpose,
              state: ConsentState(rawValue: event.state.rawValue) ?? .objected, source: source,
              textVersion: version)
          }
        }
      }
    case .factors(let event):
      var factors = BehaviorEvent.Factors()
      for (name, value) in zip(BehaviorEvent.Factors.Name.allCases, event.all) { factors[name] = value }
      try row.withEventContent { content throws(VaultError) in
        try staging.addFactors(factors, content: content)
      }
    }
  }

  private func feed(_ event: ImportEvent.Transaction, _ row: borrowing ImportRow) throws(VaultError) {
    guard let currency = CurrencyCode(packed: event.currency.rawValue) else {
      throw VaultError(.badInput, "a currency is no currency")
    }
    let time = Self.time(event.time, rules)
    try Self.with(event.product, row) { product throws(VaultError) in
      try Self.with(event.category, row) { category throws(VaultError) in
        try Self.with(event.channel, row) { channel throws(VaultError) in
          try Self.with(event.refundOf, row) { refunded throws(VaultError) in
            try Self.comparable(refunded) { refunded throws(VaultError) in
              guard let orderID = event.orderID else {
                try row.withEventContent { content throws(VaultError) in
                  try staging.addTransaction(
                    at: time, amountMinor: event.amountMinor, currency: currency, product: product,
                    category: category,
                    channel: channel, refundOf: refunded, orderID: Span(), content: content)
                }
                return
              }
              try row.withText(orderID) { orderID throws(VaultError) in
                try Self.comparable(orderID) { orderID throws(VaultError) in
                  try staging.addTransaction(
                    at: time, amountMinor: event.amountMinor, currency: currency, product: product,
                    category: category,
                    channel: channel, refundOf: refunded, orderID: orderID, content: Span())
                }
              }
            }
          }
        }
      }
    }
  }

  /// The time as the vault keeps it: a local time of day gets the vault's zone.
  static func time(_ time: ImportTime, _ rules: ImportRules) -> ImportStaging.Time {
    switch time.precision {
    case .instant: ImportStaging.Time(seconds: time.seconds, isDateOnly: false)
    case .localDate: ImportStaging.Time(seconds: time.seconds, isDateOnly: true)
    case .localTime: ImportStaging.Time(seconds: rules.instant(ofLocal: time.seconds), isDateOnly: false)
    }
  }

  /// Lends a text, or no bytes where there is none.
  private static func with<Result>(
    _ text: ImportText?, _ row: borrowing ImportRow, _ body: (Span<UInt8>) throws(VaultError) -> Result
  ) throws(VaultError) -> Result {
    guard let text else { return try body(Span()) }
    return try row.withText(text, body)
  }

  /// Lends an identifier in the form under which it is compared. The reader has checked that it has one.
  static func comparable<Result>(
    _ text: Span<UInt8>, _ body: (Span<UInt8>) throws(VaultError) -> Result
  ) throws(VaultError) -> Result {
    var isASCII = true
    for index in text.indices where text[index] >= 0x80 { isASCII = false }
    if isASCII { return try body(text) }
    let outcome: Swift.Result<Result, VaultError>
    do {
      outcome = try Normalization.withIdentifier(text) { text in
        Swift.Result { () throws(VaultError) in try body(text) }
      }
    } catch {
      throw VaultError(.badInput, "an identifier is not in the Unicode form NFKC")
    }
    return try outcome.get()
  }

  /// Lends a field's value in the form in which the vault checks it.
  static func normalized(
    _ field: CustomerField, _ value: Span<UInt8>, _ body: (Span<UInt8>) throws(VaultError) -> Void
  ) throws(VaultError) {
    guard field == .email else { return try body(value) }
    let outcome: Swift.Result<Void, VaultError>
    do {
      outcome = try Normalization.withEmail(value) { value in
        Swift.Result { () throws(VaultError) in try body(value) }
      }
    } catch {
      throw VaultError(.badInput, "email: is no e-mail address")
    }
    try outcome.get()
  }
}
