internal import Scoring
internal import Sodium

/// What a field's value must be before it is stored. Errors name the field, never the value.
enum FieldRules {
  /// The longest value of a field, in bytes.
  static func limit(_ field: FieldName) -> Int {
    switch field {
    case .note: 4000
    case .address: 500
    case .name, .email: 320
    default: 320
    }
  }

  /// Checks a value and adds it, in the form in which it is stored, to `out`.
  static func normalize(
    _ value: Span<UInt8>, of field: FieldName, settings: VaultSettings, into out: inout WipedBytes
  ) throws(VaultError) {
    guard !value.isEmpty, value.count <= limit(field) else {
      throw VaultError(.badInput, "\(field): is empty or longer than \(limit(field)) bytes")
    }
    guard Text.isUTF8(value) else { throw VaultError(.badInput, "\(field): is not valid UTF-8") }
    for index in value.indices where value[index] < 0x20 || value[index] == 0x7f {
      guard field == .note, value[index] == 0x0a || value[index] == 0x09 else {
        throw VaultError(.badInput, "\(field): has a control character")
      }
    }
    if let indexed = IndexedField(field) {
      do {
        try IdentifierNormalization(region: region(settings)).normalize(value, as: indexed, into: &out)
      } catch {
        throw VaultError(
          error.code == .phoneUnavailable ? .configuration : .badInput, "\(field): \(error.reason)")
      }
      return
    }
    switch field {
    case .birthDate, .joined:
      guard isDate(value) else { throw VaultError(.badInput, "\(field): is no date of the form YYYY-MM-DD") }
    case .birthYear:
      throw VaultError(.badInput, "birth_year: is derived from birth_date")
    default: break
    }
    out.append(value)
  }

  /// The region that phone numbers without a country code belong to: that of the vault's currency.
  static func region(_ settings: VaultSettings) -> String {
    switch settings.currency {
    case "EUR": "DE"
    default: String(settings.currency.prefix(2))
    }
  }

  private static func isDate(_ value: Span<UInt8>) -> Bool {
    guard value.count == 10 else { return false }
    return LocalDay(String(decoding: [UInt8](copying: value), as: UTF8.self)) != nil
  }
}

extension FieldName {
  /// The class that a field belongs to: profile for its own and the policy's custom ones, else identity.
  func dataClass(_ policy: Policy) throws(VaultError) -> DataClass {
    if FieldName.profile.contains(self) || policy.customFields[.profile]?.contains(text) == true {
      return .profile
    }
    if FieldName.identity.contains(self) || accountSource != nil
      || policy.customFields[.identity]?.contains(text) == true
    {
      return .identity
    }
    throw VaultError(
      .badInput, "\(text): is no field of this vault",
      hint: "built-in fields and those that the policy names under 'fields'")
  }
}
