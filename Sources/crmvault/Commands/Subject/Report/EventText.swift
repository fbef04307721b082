import Ingest
import Scoring
import Sodium
import Vault

/// Values of an event as text, written into wiped memory.
enum EventText {
  /// The kind's word.
  static func kind(_ event: BehaviorEvent) -> String {
    switch event.detail {
    case .transaction(let payment): payment.refundOf == nil ? "transaction" : "refund"
    case .rating: "rating"
    case .referral: "referral"
    case .interaction: "interaction"
    case .factors: "factors"
    }
  }

  /// The event's time: a day where only the date is known; false where it has none.
  static func append(timeOf event: BehaviorEvent, to bytes: inout WipedBytes) -> Bool {
    if case .factors = event.detail { return false }
    let second = ((event.time % 86_400) + 86_400) % 86_400
    let day = LocalDay(daysSinceEpoch: Int32(truncatingIfNeeded: (event.time - second) / 86_400))
    // Ten characters lie in the text itself: nothing is left in memory.
    bytes.append(copying: day.description.utf8)
    if event.isDateOnly { return true }
    bytes.append(UInt8(ascii: "T"))
    appendTwo(second / 3600, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    appendTwo(second / 60 % 60, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    appendTwo(second % 60, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
    return true
  }

  /// The parts of a rating that were given, by name, in units of the company's scale.
  static func parts(_ rating: BehaviorEvent.Rating) -> [(name: String, thousandths: Int64)] {
    [
      ("product_quality", rating.productQuality), ("service_quality", rating.serviceQuality),
      ("price_satisfaction", rating.priceSatisfaction),
    ].compactMap { name, value in value.map { (name, $0) } }
  }

  /// Factors that another system computed, by name.
  static func parts(_ factors: BehaviorEvent.Factors) -> [(name: String, value: Double)] {
    let names: [(BehaviorEvent.Factors.Name, String)] = [
      (.purchaseFrequency, "purchase_frequency"), (.purchaseAmount, "purchase_amount"),
      (.purchaseVariety, "purchase_variety"), (.productQuality, "product_quality"),
      (.serviceQuality, "service_quality"), (.priceSatisfaction, "price_satisfaction"),
      (.referralValue, "referral_value"), (.informationValue, "information_value"),
    ]
    return names.compactMap { name, text in factors[name].map { (text, $0) } }
  }

  private static func appendTwo(_ number: Int64, to bytes: inout WipedBytes) {
    if number < 10 { bytes.append(UInt8(ascii: "0")) }
    Digits.append(number, to: &bytes)
  }
}
