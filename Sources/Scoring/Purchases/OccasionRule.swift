/// Which local days of a customer count as purchase occasions.
public enum OccasionRule: String, CaseIterable, Hashable, Sendable {
  /// Each local day whose payments, net of what was refunded of them, are above 0.
  case spend
  /// Each local day with a payment, amounts of 0 and refunded ones included, as the literature counts.
  case payment
}
