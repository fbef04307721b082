internal import Sodium

/// The rows of a file, grouped by customer in wiped memory: what a reader feeds, before anything is looked up.
///
/// A file too large for that is read once for each group; a customer's rows are all in one group.
public final class ImportStaging {
  /// When something happened.
  public struct Time: Sendable {
    /// Seconds since 1970 UTC; midnight where only the date is known.
    public let seconds: Int64
    /// Whether only the date is known.
    public let isDateOnly: Bool

    /// A time.
    public init(seconds: Int64, isDateOnly: Bool) {
      self.seconds = seconds
      self.isDateOnly = isDateOnly
    }
  }

  /// The most bytes of rows of one group.
  static let byteLimit = 448 << 20

  let arena: ImportArena
  var texts: ImportTexts
  private(set) var accounts: ImportAccounts
  /// The newest item of each customer; items lead to the one before.
  private(set) var heads: [UInt32] = []
  /// What each customer's items need.
  private(set) var needs: [ImportNeeds] = []
  /// The fields that rows give, by number.
  private(set) var fieldNames: [FieldName] = []
  /// The last fields of each customer, hashed: an order file repeats them in every row.
  private var lastFields: [UInt64] = []
  private let key: SharedKey<ImportHashPurpose>
  private let currency: CurrencyCode
  private var current = 0
  private var fieldsPlace = 0

  init(
    key: SharedKey<ImportHashPurpose>, group: Int, of groups: Int, currency: CurrencyCode,
    byteLimit: Int = ImportStaging.byteLimit
  ) throws(VaultError) {
    arena = try ImportArena(capacity: byteLimit)
    texts = ImportTexts(arena)
    accounts = ImportAccounts(arena, key: key, group: group, of: groups)
    self.key = key
    self.currency = currency
  }

  /// How many customers there are.
  var count: Int { heads.count }

  /// Begins a row of this account; false where the row belongs to another group.
  public func begin(account: Span<UInt8>) throws(VaultError) -> Bool {
    guard let customer = try accounts.customer(account) else { return false }
    if customer == heads.count {
      heads.append(0)
      needs.append([])
    }
    current = customer
    return true
  }

  // MARK: - Fields

  /// The number of a field, for ``addField(_:_:)``.
  public func number(of field: FieldName) -> Int {
    if let number = fieldNames.firstIndex(of: field) { return number }
    fieldNames.append(field)
    return fieldNames.count - 1
  }

  /// Begins the row's fields.
  public func beginFields() throws(VaultError) {
    try arena.require(32)
    fieldsPlace = arena.end
    link(.fields)
    arena.put(0)
  }

  /// Adds a field's value, in the form in which it is stored.
  public func addField(_ number: Int, _ value: Span<UInt8>) throws(VaultError) {
    try arena.require(value.count + 16)
    let countPlace = fieldsPlace + 5
    arena.set(arena.byte(at: countPlace) + 1, at: countPlace)
    arena.put(UInt8(number))
    arena.put(varint: UInt64(value.count))
    arena.put(value)
  }

  /// Ends the row's fields: those that only repeat the customer's last ones are dropped.
  ///
  /// - Parameter isAlone: whether the row has no event.
  public func endFields(isAlone: Bool) throws(VaultError) {
    if isAlone { try noteRow() }
    let content = unsafe arena.bytes(fieldsPlace + 5, count: arena.end - fieldsPlace - 5)
    let hash = unsafe key.key.withUnsafePointer { key in
      unsafe SipHash.hash128(key: key, content.bindMemory(to: UInt8.self).baseAddress, count: content.count).0
        | 1
    }
    while lastFields.count < heads.count { lastFields.append(0) }
    guard lastFields[current] != hash, arena.byte(at: fieldsPlace + 5) != 0 else {
      heads[current] = arena.fixed32(at: fieldsPlace)
      arena.truncate(to: fieldsPlace)
      return
    }
    lastFields[current] = hash
    needs[current].insert(.fields)
  }

  /// Rows without an event, by customer: for the count of duplicates.
  private(set) var fieldRows: [UInt32] = []

  private func noteRow() throws(VaultError) {
    while fieldRows.count < heads.count { fieldRows.append(0) }
    fieldRows[current] += 1
  }

  // MARK: - Events

  /// Adds a purchase or refund. Texts are empty where there is none.
  ///
  /// - Parameters:
  ///   - orderID: the order's number; without one, `content` recognizes the event.
  ///   - content: bytes that are the same for two events if and only if they say the same.
  public func addTransaction(
    at time: Time, amountMinor: Int64, currency: CurrencyCode, product: Span<UInt8>, category: Span<UInt8>,
    channel: Span<UInt8>, refundOf: Span<UInt8>, orderID: Span<UInt8>, content: Span<UInt8>
  ) throws(VaultError) {
    let product = try texts.number(of: product)
    let category = try texts.number(of: category)
    let channel = try texts.number(of: channel)
    try begin(.transaction, time, orderID: orderID, content: content)
    arena.put(zigzag: amountMinor)
    arena.put(fixed: currency == self.currency ? UInt32(0) : currency.packed)
    arena.put(varint: UInt64(product))
    arena.put(varint: UInt64(category))
    arena.put(varint: UInt64(channel))
    arena.put(varint: UInt64(refundOf.count))
    try arena.require(refundOf.count)
    arena.put(refundOf)
  }

  /// Adds a rating.
  public func addRating(at time: Time, _ rating: BehaviorEvent.Rating, content: Span<UInt8>)
    throws(VaultError)
  {
    try begin(.rating, time, orderID: Span(), content: content)
    for part in [rating.productQuality, rating.serviceQuality, rating.priceSatisfaction] {
      arena.put(part == nil ? 0 : 1)
      if let part { arena.put(zigzag: part) }
    }
  }

  /// Adds a referral of an account at the same source.
  public func addReferral(
    at time: Time, account: Span<UInt8>, valueMinor: Int64?, content: Span<UInt8>
  ) throws(VaultError) {
    try begin(.referral, time, orderID: Span(), content: content)
    arena.put(valueMinor == nil ? 0 : 1)
    if let valueMinor { arena.put(zigzag: valueMinor) }
    try arena.require(account.count + 16)
    arena.put(varint: UInt64(account.count))
    arena.put(account)
  }

  /// Adds a row of factors, which is undated.
  public func addFactors(_ factors: BehaviorEvent.Factors, content: Span<UInt8>) throws(VaultError) {
    try begin(.factors, Time(seconds: 0, isDateOnly: true), orderID: Span(), content: content)
    arena.put(factors.mask)
    for name in BehaviorEvent.Factors.Name.allCases {
      if let value = factors[name] { arena.put(fixed: value.bitPattern) }
    }
  }

  /// Adds a statement about a purpose.
  public func addConsent(
    at time: Time, purpose: Span<UInt8>, state: ConsentState, source: Span<UInt8>, textVersion: Span<UInt8>
  ) throws(VaultError) {
    let purpose = try texts.number(of: purpose)
    let source = try texts.number(of: source)
    let textVersion = try texts.number(of: textVersion)
    try begin(.consent, time, orderID: Span(), content: Span())
    arena.put(state.rawValue)
    arena.put(varint: UInt64(purpose))
    arena.put(varint: UInt64(source))
    arena.put(varint: UInt64(textVersion))
  }

  private func begin(
    _ kind: ImportItem.Kind, _ time: Time, orderID: Span<UInt8>, content: Span<UInt8>
  ) throws(VaultError) {
    try arena.require(128 + orderID.count)
    link(
      kind, flags: (time.isDateOnly ? ImportItem.dateOnly : 0) | (orderID.isEmpty ? 0 : ImportItem.orderID))
    needs[current].insert(kind == .consent ? .consent : .behavior)
    arena.put(zigzag: time.isDateOnly ? time.seconds / 86_400 : time.seconds)
    if !orderID.isEmpty {
      arena.put(varint: UInt64(orderID.count))
      arena.put(orderID)
    } else if kind != .consent {
      var hash = InlineArray<16, UInt8>(repeating: 0)
      unsafe content.withUnsafeBufferPointer { content in
        var span = hash.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { out in
          guard let base = out.baseAddress else { return }
          unsafe BLAKE2b.rawHash(content.baseAddress, count: content.count, into: base, outCount: 16)
        }
      }
      arena.put(hash.span)
    }
  }

  /// Begins an item: the place of the customer's item before ‖ kind and flags.
  private func link(_ kind: ImportItem.Kind, flags: UInt8 = 0) {
    let place = UInt32(arena.end)
    arena.put(fixed: heads[current])
    arena.put(kind.rawValue | flags)
    heads[current] = place
  }
}

/// What a customer's items need: decides which keys are made.
struct ImportNeeds: OptionSet {
  let rawValue: UInt8
  static let fields = ImportNeeds(rawValue: 1)
  static let behavior = ImportNeeds(rawValue: 2)
  static let consent = ImportNeeds(rawValue: 4)

  /// The data classes that are opened or written for it.
  var classes: Set<DataClass> {
    var classes: Set<DataClass> = [.identity]
    if contains(.fields) { classes.insert(.profile) }
    if contains(.behavior) { classes.insert(.behavior) }
    if contains(.consent) { classes.insert(.consent) }
    return classes
  }
}
