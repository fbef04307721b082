/// A class of customer data with a key of its own, so that a role is a set of keys and not an `if`.
public enum DataClass: UInt8, Sendable, CaseIterable, Comparable, Codable {
  /// Names, phones, e-mails, addresses, external account ids: who it is.
  case identity = 1
  /// Birth year, gender, city, tier, joining date: what kind of customer.
  case profile = 2
  /// Transactions, ratings, referrals: what scoring needs.
  case behavior = 3
  /// Legal basis, consents and objections per purpose.
  case consent = 4
  /// Saved scores, segments, the release ledger.
  case score = 5

  /// The class's name in policies, entries and commands.
  public var name: String {
    switch self {
    case .identity: "identity"
    case .profile: "profile"
    case .behavior: "behavior"
    case .consent: "consent"
    case .score: "score"
    }
  }

  /// The class of this name, or nil.
  public init?(name: String) {
    guard let found = DataClass.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// By code.
  public static func < (left: DataClass, right: DataClass) -> Bool { left.rawValue < right.rawValue }
}
