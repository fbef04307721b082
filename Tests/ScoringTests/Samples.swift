import Scoring
import Testing

/// The day of a date that exists.
func day(_ text: String) throws -> LocalDay { try #require(LocalDay(text)) }

/// The article's example customers (section 4).
enum Article {
  static let first = Factors(
    frequency: 10, amount: 1000, variety: 5, productQuality: 4, serviceQuality: 5, priceSatisfaction: 4,
    referralValue: 200, informationValue: 100)
  static let second = Factors(
    frequency: 5, amount: 500, variety: 3, productQuality: 3, serviceQuality: 4, priceSatisfaction: 3,
    referralValue: 100, informationValue: 50)
}

/// An event, so that tests can shuffle them.
enum Event {
  case payment(LocalDay, Int64, own: Bool = true, product: UInt64 = 0, refund: Bool = false)
  case rating(LocalDay, Int64?, Int64?, Int64?)
  case referral(LocalDay, Int64?)
  case row(Factors, LocalDay?, sequence: UInt64 = 0)
}

extension HistoryAccumulator {
  mutating func feed(_ events: [Event]) {
    for event in events {
      switch event {
      case .payment(let day, let minor, let own, let product, let refund):
        payment(on: day, amountMinor: minor, inVaultCurrency: own, product: product, isRefund: refund)
      case .rating(let day, let product, let service, let price):
        rating(on: day, productQuality: product, serviceQuality: service, priceSatisfaction: price)
      case .referral(let day, let minor): referral(on: day, valueMinor: minor)
      case .row(let factors, let day, let sequence): factorsRow(factors, on: day, sequence: sequence)
      }
    }
  }
}

/// The factors of a customer with these events.
func factors(
  _ events: [Event], _ window: Window, frequency: FrequencyDefinition = .payments, digits: Int = 2
) throws -> Factors {
  var history = HistoryAccumulator(window: window, definitions: FactorDefinitions(frequency: frequency))
  history.feed(events)
  return try history.factors(minorDigits: digits)
}

/// A history of up to 200 events in 2024, some in another currency, some refunds.
func randomHistory(_ random: inout SeededGenerator) throws -> [Event] {
  let start = try day("2024-01-01")
  return try (0..<Int.random(in: 0...200, using: &random)).map { _ in
    let day = try #require(start.adding(days: Int.random(in: 0..<366, using: &random)))
    switch Int.random(in: 0..<10, using: &random) {
    case 0:
      return .rating(
        day, Int64.random(in: 1000...5000, using: &random), nil, Int64.random(in: 0...5000, using: &random))
    case 1:
      return .referral(day, Bool.random(using: &random) ? Int64.random(in: 0...9999, using: &random) : nil)
    default:
      return .payment(
        day, Int64.random(in: 0...99_999, using: &random), own: Int.random(in: 0..<50, using: &random) > 0,
        product: UInt64.random(in: 0...6, using: &random), refund: Int.random(in: 0..<8, using: &random) == 0)
    }
  }
}
