internal import AuditLog
internal import Sodium

/// What all batches of one group share, under one intent: keys of the index, the order in which customers are taken,
/// memory that serves one customer after another.
final class ImportRun {
  let staging: ImportStaging
  let file: ImportFile
  let warden: any Warden
  let settings: VaultSettings
  let currency: CurrencyCode
  let index: ImportIndex
  let digests: ImportDigests
  /// Which fields are of the profile, by number.
  let isProfileField: [Bool]
  let accountField: FieldName
  /// Blind index digests of the accounts, by customer.
  private(set) var accountDigests: [Digest32] = []
  /// Customers in the order of their digests, so that index and directory are written from one end to the other.
  fileprivate(set) var order: [UInt32] = []
  /// Which pseudonym a new customer gets.
  let pseudonyms: PseudonymRule
  /// Where the customers of ``order`` stand among all of the group; nil where they are all.
  fileprivate var origins: [UInt32]?
  /// Customers that were added by somebody else after the intent, by their place among all of the group: they need a
  /// further one.
  private(set) var deferred: [UInt32] = []

  /// Keeps customers, by their places in ``order``, for a further intent.
  func putOff(_ places: [UInt32]) {
    deferred += places.map { place in origins.map { $0[Int(place)] } ?? place }
  }
  /// Customers of the group, by number, who are not taken since they were erased.
  private(set) var suppressed: [Int] = []

  /// Keeps whom a batch did not take.
  func note(suppressed customers: [Int]) { suppressed += customers }

  /// Customers of the intent whose records were opened.
  private(set) var touched: [UInt64] = []

  /// Keeps whom a batch touched; those whom it added are in its own entry.
  func note(touched ordinals: [UInt64], universe: UInt64) {
    touched += ordinals.filter { $0 < universe }
  }

  init(
    _ staging: ImportStaging, _ file: ImportFile, _ context: Session.AccessContext, _ reader: any StoreReader,
    warden: any Warden, for receipt: borrowing AccessReceipt
  ) throws {
    self.staging = staging
    self.file = file
    self.warden = warden
    pseudonyms = warden.pseudonyms()
    settings = context.settings
    guard let currency = CurrencyCode(settings.currency), let account = FieldName.account(at: file.source)
    else {
      throw VaultError(.integrity, "the vault's currency is no currency")
    }
    self.currency = currency
    accountField = account
    index = try ImportIndex(context, reader, source: file.source, warden: warden)
    digests = try ImportDigests(context, reader, source: file.source)
    isProfileField = try staging.fieldNames.map { try $0.dataClass(context.opened.policy) == .profile }
    try makeOrder(for: receipt)
  }

  private func makeOrder(for receipt: borrowing AccessReceipt) throws {
    let count = staging.count
    accountDigests.reserveCapacity(count)
    var keyed: [UInt128] = []
    keyed.reserveCapacity(count)
    for customer in 0..<count {
      let digest = try staging.accounts.bytes(customer).withSpan {
        try index.digest($0, .account, for: receipt)
      }
      accountDigests.append(digest)
      let first = unsafe digest.withUnsafePointer {
        unsafe UInt64(bigEndian: UnsafeRawPointer($0).loadUnaligned(as: UInt64.self))
      }
      keyed.append(UInt128(first) << 32 | UInt128(customer))
    }
    keyed.sort()
    order = keyed.map { UInt32(truncatingIfNeeded: $0) }
  }

  /// The staged fields of a customer.
  func fields(_ items: [Int]) throws -> ImportFields {
    var fields = ImportFields()
    for place in items {
      guard case .fields(let content) = ImportItem.content(place, in: staging, currency: currency) else {
        continue
      }
      try ImportItem.forEachField(content) { number, value in
        try fields.set(staging.fieldNames[number], isProfile: isProfileField[number], value)
      }
    }
    return fields
  }
}

extension ImportRun {
  /// Takes the customers at these places only.
  func restrict(to places: [UInt32]) {
    origins = places
    order = places.map { order[Int($0)] }
  }
}
