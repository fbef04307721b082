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
