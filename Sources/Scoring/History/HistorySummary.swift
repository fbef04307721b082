/// What a customer's payments in the window come to, for display beside the scores.
public struct HistorySummary: Equatable, Sendable, Undisclosed {
  /// Events of every kind in the window, payments in other currencies included.
  public let events: Int
  /// Payments above 0 in the vault's currency.
  public let payments: Int
  /// Local days whose payments, net of that day's refunds, are above 0.
  public let occasions: Int
  /// The net sum in minor units of the vault's currency.
  public let netMinor: Int64
  /// The first and last day with a payment above 0.
  public let days: ClosedRange<LocalDay>?
  /// Payments and refunds in other currencies.
  public let otherCurrencyEvents: Int
}
