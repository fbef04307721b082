public import Sodium

/// What a file's values are held against before anything is written. Errors name the field, never the value.
public struct ImportRules: Sendable {
  /// Whose account numbers they are.
  public let source: String
  /// The vault's settings: its currency and zone.
  public let settings: VaultSettings
  /// The vault's currency.
  public let currency: CurrencyCode
  private let policy: Policy
  private let days: LocalDays

  init(source: String, settings: VaultSettings, policy: Policy) throws {
    guard FieldName.account(at: source) != nil else {
      throw VaultError(
        .usage, "the name of a source has 1 to 64 letters, digits, dots, hyphens and underscores",
        hint: "choose another --source")
    }
    guard let currency = CurrencyCode(settings.currency) else {
      throw VaultError(.integrity, "the vault's currency is no currency")
    }
    self.source = source
    self.settings = settings
    self.currency = currency
    self.policy = policy
    days = try LocalDays(zone: settings.zone)
  }

  /// The vault's field of this name; nil where neither the program nor the policy has it.
  public func field(_ name: String) -> FieldName? {
    guard let field = FieldName(name), (try? field.dataClass(policy)) != nil, field.accountSource == nil
    else {
      return nil
    }
    return field
  }

  /// Adds a field's value to `out`, in the form in which it is stored.
  ///
  /// - Throws: `.badInput`, `.configuration` where phone numbers cannot be read on this machine.
  public func normalize(_ value: Span<UInt8>, of field: FieldName, into out: inout WipedBytes)
    throws(VaultError)
  {
    try FieldRules.normalize(value, of: field, settings: settings, into: &out)
  }

  /// Whether an account, order id or referred account can be compared: NFKC, no control characters.
  public func isIdentifier(_ value: Span<UInt8>) -> Bool {
    var scratch = WipedBytes(capacity: 64)
    do {
      try IdentifierNormalization().account(value, into: &scratch)
      return true
    } catch {
      return false
    }
  }

  /// Whether the policy has a purpose of this name.
  public func hasPurpose(_ name: Span<UInt8>) -> Bool {
    policy.purposes[unsafe name.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }] != nil
  }

  /// Whether an event may have this time: years 1 to 9999.
  public func isUsable(_ time: ImportStaging.Time) -> Bool { BehaviorEvent.timeBounds.contains(time.seconds) }

  /// The instant of a local date and time of the vault's zone, counted as if the zone were UTC.
  public func instant(ofLocal seconds: Int64) -> Int64 { days.instant(ofLocal: seconds) }

  /// A validated file.
  ///
  /// - Parameters:
  ///   - hash: the hash of its bytes.
  ///   - mapping: what says how it is read: a built-in mapping's name, or the bytes of a mapping file.
  ///   - stagedBytes: about how many bytes its rows take when they are grouped by customer.
  public func file(
    hash: [UInt8], mapping: [UInt8], rows: Int, stagedBytes: Int, fields: [FieldName]
  ) -> ImportFile {
    var identity = hash
    identity.appendBigEndian(UInt32(mapping.count))
    identity += mapping
    identity += Array(source.utf8)
    let groups = stagedBytes <= Self.oneGroup ? 1 : (stagedBytes + Self.groupTarget - 1) / Self.groupTarget
    return ImportFile(
      id: Array(BLAKE2b.hash(identity.span).prefix(16)), source: source, rows: rows, groups: groups,
      fields: fields)
  }

  /// Up to this much a file is read in one group.
  private static let oneGroup = 256 << 20
  /// About what each of several groups takes.
  private static let groupTarget = 192 << 20
}
