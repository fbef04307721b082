/// Why customer data is touched: one of the policy's closed list.
public struct Purpose: Sendable, Hashable {
  /// What a purpose asks of a customer's own decisions.
  public enum Rule: String, Sendable {
    /// The customer must have consented.
    case consent
    /// The customer must not have objected.
    case objection
    /// Neither matters.
    case none
  }

  /// The purpose's name, such as `analytics`.
  public let name: String
  /// The legal basis, such as `contract` or `consent`.
  public let legalBasis: String
  /// What it asks of the customer's decisions.
  public let rule: Rule

  /// A purpose.
  public init(name: String, legalBasis: String, rule: Rule) {
    self.name = name
    self.legalBasis = legalBasis
    self.rule = rule
  }

  /// Whether a text may be a purpose's name: a lower-case letter, then up to 63 lower-case letters, digits and
  /// hyphens.
  static func isName(_ text: String) -> Bool {
    guard (1...64).contains(text.utf8.count), let first = text.utf8.first, (0x61...0x7a).contains(first)
    else {
      return false
    }
    return text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
  }

  /// Whether a customer with these permission bits may be reached for this purpose.
  public func allows(granted: Bool, objected: Bool) -> Bool {
    switch rule {
    case .consent: granted && !objected
    case .objection: !objected
    case .none: true
    }
  }
}
