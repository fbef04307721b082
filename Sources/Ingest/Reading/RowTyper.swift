/// Makes typed values of the fields of one record. Allocates nothing for a row.
@safe struct RowTyper: ~Copyable {
  let plan: RowPlan
  let defaultCurrency: CurrencyCode
  let customerTexts: UnsafeMutablePointer<ImportText?>
  private var lastCurrency: CurrencyCode

  init(_ plan: RowPlan, defaultCurrency: CurrencyCode) {
    self.plan = plan
    self.defaultCurrency = defaultCurrency
    lastCurrency = defaultCurrency
    unsafe customerTexts = .allocate(capacity: plan.customerFields.count + 1)
    unsafe customerTexts.initialize(repeating: nil, count: plan.customerFields.count + 1)
  }

  deinit {
    unsafe customerTexts.deallocate()
  }

  /// Types the account; the customer's fields are left in ``customerTexts``.
  mutating func identity(
    _ fields: borrowing FieldTable, _ buffer: inout RowBuffer
  ) throws(RowFault) -> ImportText {
    buffer.beginRow()
    let accountRule = TextRule(limit: 200, shape: .identifier)
    guard let account = try text(plan.account, accountRule, at: .account, fields, &buffer) else {
      throw RowFault(code: .missingValue, place: .account)
    }
    for index in plan.customerFields.indices {
      let field = plan.customerFields[index]
      let source = plan.customerSources[index]
      var value = try text(source, field.rule, at: .customer(index), fields, &buffer)
      if field.isDate, let written = value {
        value = try isoDate(written, plan.customerDates[index], at: .customer(index), &buffer)
      }
      unsafe customerTexts[index] = value
    }
    return account
  }

  /// Types the event, where the mapping has one.
  mutating func event(
    _ fields: borrowing FieldTable, _ buffer: inout RowBuffer
  ) throws(RowFault) -> ImportEvent? {
    switch plan.event {
    case nil: return nil
    case .transaction:
      let currency = try currency(fields, &buffer)
      return .transaction(
        ImportEvent.Transaction(
          time: try time(fields, &buffer),
          amountMinor: try need(.amount, try scaled(.amount, currency.exponent, fields, &buffer)),
          currency: currency,
          product: try text(.product, fields, &buffer),
          category: try text(.category, fields, &buffer),
          channel: try text(.channel, fields, &buffer),
          orderID: try text(.orderID, fields, &buffer),
          refundOf: try text(.refundOf, fields, &buffer)))
    case .rating:
      let rating = ImportEvent.Rating(
        time: try time(fields, &buffer),
        productQuality: try rating(.productQuality, fields, &buffer),
        serviceQuality: try rating(.serviceQuality, fields, &buffer),
        priceSatisfaction: try rating(.priceSatisfaction, fields, &buffer))
      guard rating.productQuality != nil || rating.serviceQuality != nil || rating.priceSatisfaction != nil
      else { throw RowFault(code: .missingValue, place: .event(.productQuality)) }
      return .rating(rating)
    case .referral:
      let currency = try currency(fields, &buffer)
      return .referral(
        ImportEvent.Referral(
          time: try time(fields, &buffer),
          referredAccount: try need(.referredAccount, try text(.referredAccount, fields, &buffer)),
          valueMinor: try scaled(.value, currency.exponent, fields, &buffer),
          currency: currency))
    case .consent:
      return .consent(
        ImportEvent.Consent(
          time: try time(fields, &buffer),
          purpose: try need(.purpose, try text(.purpose, fields, &buffer)),
          state: try consentState(fields, &buffer),
          source: try text(.source, fields, &buffer),
          textVersion: try text(.textVersion, fields, &buffer)))
    case .factors: return .factors(try factors(fields, &buffer))
    }
  }

  private func need<Value>(_ field: EventField, _ value: Value?) throws(RowFault) -> Value {
    guard let value else { throw RowFault(code: .missingValue, place: .event(field)) }
    return value
  }

  // MARK: Values

  private func time(
    _ fields: borrowing FieldTable, _ buffer: inout RowBuffer
  ) throws(RowFault) -> ImportTime {
    let text = try need(.time, try text(.time, fields, &buffer))
    return try time(text, plan.eventDate, at: .event(.time), buffer)
  }

  private func time(
    _ text: ImportText, _ pattern: DatePattern?, at place: RowFault.Place, _ buffer: borrowing RowBuffer
  ) throws(RowFault) -> ImportTime {
    do throws(RejectionCode) {
      return try buffer.withBytes(text) { (bytes) throws(RejectionCode) in
        if let pattern { return try pattern.parse(bytes) }
        return try ImportTime(parsing: bytes)
      }
    } catch {
      throw RowFault(code: error, place: place)
    }
  }

  private mutating func currency(
    _ fields: borrowing FieldTable, _ buffer: inout RowBuffer
  ) throws(RowFault) -> CurrencyCode {
    guard let text = try text(.currency, fields, &buffer) else { return defaultCurrency }
    let last = lastCurrency
    do throws(RejectionCode) {
      lastCurrency = try buffer.withBytes(text) { (bytes) throws(RejectionCode) in
        if last.isWritten(bytes) { return last }
        return try CurrencyCode(parsing: bytes)
      }
    } catch {
      throw RowFault(code: error, place: .event(.currency))
    }
    return lastCurrency
  }

  private func scaled(
    _ field: EventField, _ exponent: UInt8, _ fields: borrowing FieldTable, _ buffer: inout RowBuffer
  ) throws(RowFault) -> Int64? {
    guard let text = try text(field, fields, &buffer) else { return nil }
    do throws(RejectionCode) {
      return try buffer.withBytes(text) { (bytes) throws(RejectionCode) in
        try DecimalText.scaled(bytes, exponent: Int(exponent), point: plan.decimalPoint)
      }
    } catch {
      throw RowFault(code: error, place: .event(field))
    }
  }

  /// Thousandths, from 0 to a million.
  private func rating(
    _ field: EventField, _ fields: borrowing FieldTable, _ buffer: inout RowBuffer
  ) throws(RowFault) -> Int64? {
    guard let value = try scaled(field, 3, fields, &buffer) else { return nil }
    guard (0...1_000_000_000).contains(value) else {
      throw RowFault(code: .outOfRange, place: .event(field))
    }
    return value
  }

  private func consentState(
    _ fields: borrowing FieldTable, _ buffer: inout RowBuffer
  ) throws(RowFault) -> ImportEvent.Consent.State {
    let text = try need(.state, try text(.state, fields, &buffer))
    let state = buffer.withBytes(text) { bytes -> ImportEvent.Consent.State? in
      if bytes.isEqual(to: "granted") { return .granted }
      if bytes.isEqual(to: "withdrawn") { return .withdrawn }
      return bytes.isEqual(to: "objected") ? .objected : nil
    }
    guard let state else { throw RowFault(code: .unknownState, place: .event(.state)) }
    return state
  }

  private func factors(
    _ fields: borrowing FieldTable, _ buffer: inout RowBuffer
  ) throws(RowFault) -> ImportEvent.Factors {
    let factors = ImportEvent.Factors(
      purchaseFrequency: try factor(.purchaseFrequency, fields, &buffer),
      purchaseAmount: try factor(.purchaseAmount, fields, &buffer),
      purchaseVariety: try factor(.purchaseVariety, fields, &buffer),
      productQuality: try factor(.productQuality, fields, &buffer),
      serviceQuality: try factor(.serviceQuality, fields, &buffer),
      priceSatisfaction: try factor(.priceSatisfaction, fields, &buffer),
      referralValue: try factor(.referralValue, fields, &buffer),
      informationValue: try factor(.informationValue, fields, &buffer))
    guard factors.all.contains(where: { $0 != nil }) else {
      throw RowFault(code: .missingValue, place: .event(.purchaseFrequency))
    }
    return factors
  }

  private func factor(
    _ field: EventField, _ fields: borrowing FieldTable, _ buffer: inout RowBuffer
  ) throws(RowFault) -> Double? {
    guard let text = try text(field, fields, &buffer) else { return nil }
    do throws(RejectionCode) {
      return try buffer.withBytes(text) { (bytes) throws(RejectionCode) in
        try DecimalText.double(bytes, point: plan.decimalPoint)
      }
    } catch {
      throw RowFault(code: error, place: .event(field))
    }
  }

  // MARK: Texts

  private func text(
    _ field: EventField, _ fields: borrowing FieldTable, _ buffer: inout RowBuffer
  ) throws(RowFault) -> ImportText? {
    try text(plan.eventSources[field.rawValue], field.rule, at: .event(field), fields, &buffer)
  }

  private func text(
    _ source: RowPlan.Source, _ rule: TextRule, at place: RowFault.Place, _ fields: borrowing FieldTable,
    _ buffer: inout RowBuffer
  ) throws(RowFault) -> ImportText? {
    let text: ImportText
    switch source {
    case .absent: return nil
    case .constant(let constant): text = constant
    case .column(let index):
      let field = fields[index]
      guard index < fields.count, field.isPresent else { return nil }
      guard !field.isBoolean else { throw RowFault(code: .wrongType, place: place) }
      text = ImportText(offset: field.start, count: field.end - field.start)
    case .joined(let index):
      guard let joined = try join(plan.joins[index], rule, at: place, fields, &buffer) else { return nil }
      text = joined
    }
    do throws(RejectionCode) {
      try buffer.withBytes(text) { (bytes) throws(RejectionCode) in
        try rule.check(bytes, isPlain: fields.isPlain)
      }
    } catch {
      throw RowFault(code: error, place: place)
    }
    return text
  }

  private func join(
    _ join: RowPlan.Join, _ rule: TextRule, at place: RowFault.Place, _ fields: borrowing FieldTable,
    _ buffer: inout RowBuffer
  ) throws(RowFault) -> ImportText? {
    let start = buffer.made
    func add(_ byte: UInt8) throws(RowFault) {
      guard buffer.made - start < rule.limit, buffer.make(byte) else {
        throw RowFault(code: .tooLong, place: place)
      }
    }
    for column in join.columns {
      let field = fields[column]
      guard column < fields.count, field.isPresent else { continue }
      guard !field.isBoolean else { throw RowFault(code: .wrongType, place: place) }
      if buffer.made > start { for byte in join.separator { try add(byte) } }
      for index in field.start..<field.end { try add(buffer[index]) }
    }
    guard buffer.made > start else { return nil }
    return ImportText(offset: start, count: buffer.made - start)
  }

  private func isoDate(
    _ text: ImportText, _ pattern: DatePattern?, at place: RowFault.Place, _ buffer: inout RowBuffer
  ) throws(RowFault) -> ImportText {
    let time = try time(text, pattern, at: place, buffer)
    guard time.dateOnly else { throw RowFault(code: .invalidTime, place: place) }
    let date = CivilDate.date(days: time.seconds / 86_400)
    let start = buffer.made
    for (value, width) in [(date.year, 4), (date.month, 2), (date.day, 2)] {
      if width == 2 { _ = buffer.make(UInt8(ascii: "-")) }
      var divisor = width == 4 ? 1000 : 10
      while divisor > 0 {
        _ = buffer.make(UInt8(ascii: "0") + UInt8(value / divisor % 10))
        divisor /= 10
      }
    }
    return ImportText(offset: start, count: buffer.made - start)
  }
}

extension CurrencyCode {
  /// Whether these bytes are this code.
  func isWritten(_ text: Span<UInt8>) -> Bool {
    guard text.count == 3 else { return false }
    return UInt32(text[0]) << 16 | UInt32(text[1]) << 8 | UInt32(text[2]) == rawValue
  }
}

extension Span where Element == UInt8 {
  func isEqual(to word: StaticString) -> Bool {
    guard word.utf8CodeUnitCount == count else { return false }
    for index in 0..<count where unsafe word.utf8Start[index] != self[index] { return false }
    return true
  }
}
