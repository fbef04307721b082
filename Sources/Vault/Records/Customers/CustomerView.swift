internal import Scoring

/// What one access shows of a customer: masked or revealed fields, a summary of behavior, consents.
///
/// The values live in wiped memory and go with the view.
public final class CustomerView {
  /// A summary of a customer's events.
  public struct Behavior: Sendable {
    /// How many events there are.
    public let events: Int
    /// On how many local days the customer's payments, refunds subtracted, came to more than zero.
    public let occasions: Int
    /// The net amount in the vault's currency, minor units.
    public let amountMinor: Int64
    /// The vault's currency.
    public let currency: String
    /// The first and the last event's local day, `YYYY-MM-DD`, or nil.
    public let first, last: String?
    /// Net minor units of other currencies, by code.
    public let otherCurrencies: [(currency: String, amountMinor: Int64)]
  }

  /// The customer.
  public let pseudonym: Pseudonym
  /// The identity fields, masked or revealed; nil where the access does not reach them.
  public let identity: FieldRecord?
  /// The profile fields; nil where the access does not reach them.
  public let profile: FieldRecord?
  /// The summary of behavior, or nil.
  public let behavior: Behavior?
  /// The consents, or nil.
  public let consent: ConsentRecord?

  /// The names of the fields of identity or profile that are shown, sorted.
  public func names(of dataClass: DataClass) -> [FieldName] {
    switch dataClass {
    case .identity: Self.names(identity)
    case .profile: Self.names(profile)
    default: []
    }
  }

  /// Lends a field's value, masked or revealed, to `body`; nil, without calling it, where there is none.
  public func withValue<R, E: Error>(
    of name: FieldName, in dataClass: DataClass, _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R? {
    switch dataClass {
    case .identity: try Self.withValue(of: name, in: identity, body)
    case .profile: try Self.withValue(of: name, in: profile, body)
    default: nil
    }
  }

  private static func names(_ record: borrowing FieldRecord?) -> [FieldName] {
    switch record {
    case .some(let fields): fields.names
    case .none: []
    }
  }

  private static func withValue<R, E: Error>(
    of name: FieldName, in record: borrowing FieldRecord?, _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R? {
    switch record {
    case .some(let fields): try fields.withValue(of: name, body)
    case .none: nil
    }
  }

  init(
    pseudonym: Pseudonym, identity: consuming FieldRecord?, profile: consuming FieldRecord?,
    behavior: Behavior?, consent: ConsentRecord?
  ) {
    self.pseudonym = pseudonym
    self.identity = identity
    self.profile = profile
    self.behavior = behavior
    self.consent = consent
  }
}
