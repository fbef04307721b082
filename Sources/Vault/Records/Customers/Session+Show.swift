internal import AuditLog
internal import Scoring
internal import Sodium

extension Session {
  /// Which fields are shown in the clear.
  public enum Reveal: Sendable, Hashable {
    /// None: every field is masked as the policy says.
    case nothing
    /// These, where the policy allows it for the purpose.
    case fields([String])
    /// Every field, where the policy allows it for the purpose.
    case everything

    var names: [String] {
      switch self {
      case .nothing: []
      case .fields(let names): names
      case .everything: ["all"]
      }
    }

    func contains(_ field: String) -> Bool {
      switch self {
      case .nothing: false
      case .fields(let names):
        names.contains(field) || (field.hasPrefix("account.") && names.contains("account"))
      case .everything: true
      }
    }
  }

  /// Shows one customer: one entry, then everything that the role's keys open, masked or revealed.
  public func showCustomer(_ id: Pseudonym, purpose: String?, reveal: Reveal) throws -> CustomerView {
    var request = AccessRequest(
      .customerShow, purpose: purpose, subject: .customer(id), classes: [.identity],
      optionalClasses: [.profile, .behavior, .consent], fields: reveal.names)
    request.toleratesErased = true
    return try access(request) { context in
      guard let customer = context.customer else { throw VaultError(.notFound, "there is no such customer") }
      return (
        try context.work(environment.warden), try context.memberRecords(environment.warden), customer
      )
    } release: { receipt, context, prepared in
      let (work, members, customer) = prepared
      let identity = try work.fields(.identity, of: members, for: receipt)
      let profile = try work.fields(.profile, of: members, for: receipt)
      let gone = context.subjects.erasedClasses(of: customer.ordinal)
      let behavior =
        context.classes.contains(.behavior) && !gone.contains(.behavior)
        ? try Self.summary(members.map { $0[.behavior] ?? [] }, work, context.settings, for: receipt) : nil
      // Of consents the customer's own count: a merge has made them the strictest of all.
      let consent = try work.consents(members.first?[.consent] ?? [], for: receipt)
      return CustomerView(
        pseudonym: customer.pseudonym, identity: try Self.shown(identity, context, reveal),
        profile: profile, behavior: behavior, consent: consent)
    }
  }

  /// When and by whom a customer's records were changed, as they tell themselves: fields, not values.
  public func customerHistory(_ id: Pseudonym, purpose: String?) throws -> [CustomerChange] {
    var request = AccessRequest(
      .customerHistory, purpose: purpose, subject: .customer(id), classes: [.identity],
      optionalClasses: [.profile, .consent])
    request.toleratesErased = true
    return try access(request) { context in
      let people = try PeopleRows.all(context.reader, context.opened.governance)
      return (
        try context.work(environment.warden), try context.memberRecords(environment.warden), people
      )
    } release: { receipt, _, prepared in
      let (work, members, people) = prepared
      var changes: [CustomerChange] = []
      func name(_ actor: UInt64) -> String? { people.first { $0.keyID.value == actor }?.identity.name }
      for records in members {
        for dataClass in [DataClass.identity, .profile] {
          let history: [FieldChange] =
            switch try work.fields(records[dataClass] ?? [], for: receipt) {
            case .some(let fields): fields.history
            case .none: []
            }
          changes += history.map {
            CustomerChange(
              time: $0.time, actor: name($0.actor), dataClass: dataClass, fields: $0.fields.map(\.text))
          }
        }
        for change in try work.consents(records[.consent] ?? [], for: receipt)?.changes ?? [] {
          changes.append(
            CustomerChange(
              time: change.time, actor: name(change.actor), dataClass: .consent, fields: [change.purpose]))
        }
      }
      return changes.sorted { $0.time < $1.time }
    }
  }

  /// A copy of identity fields as the policy lets this access see them.
  static func shown(
    _ record: consuming FieldRecord?, _ context: AccessContext, _ reveal: Reveal
  ) throws -> FieldRecord? {
    guard let record else { return nil }
    var shown = FieldRecord()
    for name in record.names.sorted() {
      let mask: Mask =
        reveal.contains(name.text) && context.rules.mayReveal(name.text, for: context.purpose?.name ?? "")
        ? .full : Mask(rawValue: context.rules.mask(of: name.text)) ?? .hidden
      var value = WipedBytes(capacity: 64)
      record.withValue(of: name) { mask.apply(to: $0, of: name, into: &value) }
      if !value.isEmpty { _ = try value.withBytes { try shown.set(name, to: $0) } }
    }
    return shown
  }

  /// Counts and sums of the events of a customer and of those who were merged into it.
  static func summary(
    _ members: [[SealedRecord]], _ work: RecordWork, _ settings: VaultSettings,
    for receipt: borrowing AccessReceipt
  ) throws -> CustomerView.Behavior {
    let days = try LocalDays(zone: settings.zone)
    var history = HistoryAccumulator(
      window: Window(through: LocalDay(daysSinceEpoch: 2_932_896)), definitions: FactorDefinitions())
    var others: [CurrencyCode: Int64] = [:]
    var count = 0
    var first: Int32?
    var last: Int32?
    func add(_ event: BehaviorEvent) throws {
      let day = days.day(event.time, isDateOnly: event.isDateOnly)
      count += 1
      // A row of factors says nothing of when: its file has no time.
      if case .factors = event.detail { return }
      first = min(first ?? day, day)
      last = max(last ?? day, day)
      if case .transaction(let payment) = event.detail {
        let isOurs = payment.currency == work.currency
        if !isOurs {
          let (sum, isTooLarge) = others[payment.currency, default: 0].addingReportingOverflow(
            payment.amountMinor)
          guard !isTooLarge else {
            throw VaultError(.badInput, "amounts in \(payment.currency) are too large to add")
          }
          others[payment.currency] = sum
        }
        history.payment(
          on: LocalDay(daysSinceEpoch: day), amountMinor: payment.amountMinor, inVaultCurrency: isOurs,
          isRefund: payment.refundOf != nil)
      }
    }
    for records in members { try work.events(records, for: receipt) { event, _ in try add(event) } }
    let summary = try history.summary()
    return CustomerView.Behavior(
      events: count, occasions: summary.occasions, amountMinor: summary.netMinor, currency: settings.currency,
      first: first.map { LocalDay(daysSinceEpoch: $0).description },
      last: last.map { LocalDay(daysSinceEpoch: $0).description },
      otherCurrencies: others.map { ($0.key.description, $0.value) }.sorted { $0.0 < $1.0 })
  }
}

/// One change of a customer's records.
public struct CustomerChange: Sendable {
  /// Seconds since 1970, UTC.
  public let time: Int64
  /// The name of the user, or nil where the store no longer knows it.
  public let actor: String?
  /// The data class that was changed.
  public let dataClass: DataClass
  /// The names of the fields (for consent: the purpose).
  public let fields: [String]
}
