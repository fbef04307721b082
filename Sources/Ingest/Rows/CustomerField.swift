/// A field of a customer that a file can give.
public enum CustomerField: Hashable, Sendable, CustomStringConvertible {
  /// The whole name.
  case name
  /// A phone number as the file writes it.
  case phone
  /// An e-mail address as the file writes it; see ``Normalization``.
  case email
  /// A postal address.
  case address
  /// A city.
  case city
  /// A birth date; lent as `YYYY-MM-DD` whatever form the file has.
  case birthDate
  /// A gender, in the file's own words.
  case gender
  /// A national identity number.
  case nationalID
  /// A customer tier.
  case tier
  /// The day of joining; lent as `YYYY-MM-DD` whatever form the file has.
  case joined
  /// A free-text note; the only field that may hold line breaks and tabs.
  case note
  /// A field that the policy names.
  case custom(String)

  /// Every field but the custom ones, in the order of the built-in mapping.
  public static let standard: [CustomerField] = [
    .name, .phone, .email, .address, .city, .birthDate, .gender, .nationalID, .tier, .joined, .note,
  ]

  /// The name in mapping files, columns and JSON: snake_case.
  public var description: String {
    switch self {
    case .name: "name"
    case .phone: "phone"
    case .email: "email"
    case .address: "address"
    case .city: "city"
    case .birthDate: "birth_date"
    case .gender: "gender"
    case .nationalID: "national_id"
    case .tier: "tier"
    case .joined: "joined"
    case .note: "note"
    case .custom(let name): name
    }
  }

  /// The field of this name; nil unless it is one of ``standard``.
  public init?(standardName name: String) {
    guard let field = Self.standard.first(where: { $0.description == name }) else { return nil }
    self = field
  }

  var isDate: Bool { self == .birthDate || self == .joined }

  var rule: TextRule {
    switch self {
    case .name: TextRule(limit: 200)
    case .phone: TextRule(limit: 40, shape: .phone)
    case .email: TextRule(limit: 254, shape: .email)
    case .address: TextRule(limit: 500)
    case .city, .gender, .tier: TextRule(limit: 100)
    case .birthDate, .joined: TextRule(limit: 64)
    case .nationalID: TextRule(limit: 64, shape: .identifier)
    case .note: TextRule(limit: 4000, shape: .note)
    case .custom: TextRule(limit: 300)
    }
  }
}
