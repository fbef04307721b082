@testable import Vault
import Sodium

enum BehaviorSamples {
  /// A chunk with every kind of event and its events.
  static func everything() throws -> (bytes: [UInt8], events: [BehaviorEvent]) {
    var appender = BehaviorAppender(currency: RecordSamples.cny)
    let texts = try ["tea", "drinks", "app", "call"].map { try appender.intern(Array($0.utf8).span) }
    var factors = BehaviorEvent.Factors()
    factors[.purchaseFrequency] = 0.25
    factors[.informationValue] = -1e300
    let details: [BehaviorEvent.Detail] = [
      .transaction(.init(amountMinor: 1_999, currency: RecordSamples.cny)),
      .transaction(
        .init(
          amountMinor: .min, currency: RecordSamples.usd, product: texts[0], category: texts[1],
          channel: texts[2], refundOf: 0xFFFF_0000_1234_5678)),
      .rating(.init(productQuality: 4_500, priceSatisfaction: -1)),
      .referral(.init(referred: 0x0102_0304_0506_0708)),
      .referral(.init(referred: 7, valueMinor: .max)),
      .interaction(.init(kind: texts[3])),
      .interaction(.init(kind: texts[3], channel: texts[2])),
      .factors(factors),
    ]
    let events = details.enumerated().map { index, detail in
      let isDateOnly = index % 2 == 0
      return BehaviorEvent(
        digest: 0xD000 + UInt64(index), time: isDateOnly ? 86_400 * Int64(20_000 - index) : 1_728_000_017,
        isDateOnly: isDateOnly, detail: detail)
    }
    for event in events where try appender.append(event) != .added { throw RecordError(.full, "a sample") }
    var out = WipedBytes()
    appender.encode(manifest: .init(versions: [], totalEvents: 0), into: &out)
    return (RecordSamples.array(out), events)
  }
}
