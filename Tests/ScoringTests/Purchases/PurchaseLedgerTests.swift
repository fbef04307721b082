import Testing

@testable import Scoring

@Suite struct PurchaseLedgerTests {
  private func occasions(
    through end: String = "2024-12-31", _ rule: OccasionRule = .spend,
    _ feed: (inout PurchaseLedger) throws -> Void
  ) throws -> Occasions? {
    var ledger = PurchaseLedger(window: Window(through: try day(end)), rule: rule)
    try feed(&ledger)
    return try ledger.occasions()
  }

  @Test func `x, t_x and T count local days from the first occasion`() throws {
    let found = try #require(
      try occasions(through: "2024-03-01") { ledger in
        for text in ["2024-02-08", "2024-01-04", "2024-02-08"] {
          ledger.payment(on: try day(text), minor: 1000)
        }
      })
    #expect(
      found.count == 2 && found.netMinor == 3000 && found.repeatMinor == 2000 && found.daysSinceLast == 22)
    let statistics = try #require(found.statistics(unit: .week))
    #expect(statistics == SufficientStatistics(repeats: 1, recency: 5, age: 57.0 / 7, meanSpend: 20))
    #expect(try #require(found.statistics(unit: .day)).age == 57)
  }

  @Test func `a refund that names its order takes its amount off the order's day`() throws {
    let found = try #require(
      try occasions { ledger in
        ledger.payment(on: try day("2024-01-01"), minor: 500, order: 7)
        ledger.payment(on: try day("2024-02-01"), minor: 900, order: 8)
        ledger.payment(on: try day("2024-02-10"), minor: 100, order: 9)
        ledger.refund(on: try day("2024-02-10"), minor: 900, of: 8)
      })
    // The second order is undone, so that its day is no occasion; the day of the refund still is one.
    #expect(found.count == 2 && found.netMinor == 600 && found.last.description == "2024-02-10")
    #expect(found.repeatMinor == 100)
  }

  @Test
  func `a refund without an order, or of an unknown one, is a negative amount on its day and no occasion`()
    throws
  {
    for order in [0, 99] as [UInt64] {
      let found = try #require(
        try occasions { ledger in
          ledger.payment(on: try day("2024-01-01"), minor: 500, order: 7)
          ledger.refund(on: try day("2024-02-01"), minor: -200, of: order)
        })
      #expect(found.count == 1 && found.netMinor == 300 && found.last.description == "2024-01-01")
    }
    #expect(try occasions { $0.refund(on: try day("2024-02-01"), minor: 5) } == nil)
  }

  @Test func `a refund after the as-of day is not known yet`() throws {
    let found = try #require(
      try occasions(through: "2024-01-31") { ledger in
        ledger.payment(on: try day("2024-01-01"), minor: 500, order: 7)
        ledger.refund(on: try day("2024-02-01"), minor: 500, of: 7)
      })
    #expect(found.netMinor == 500 && found.count == 1)
  }

  @Test func `a negative total is a total, and its customer has no occasion but the days above zero`() throws
  {
    let found = try #require(
      try occasions { ledger in
        ledger.payment(on: try day("2024-01-01"), minor: 500)
        ledger.payment(on: try day("2024-01-05"), minor: -900)
      })
    #expect(found.netMinor == -400 && found.count == 1)
    #expect(try occasions { $0.payment(on: try day("2024-01-01"), minor: -1) } == nil)
  }

  @Test func `payments of zero are occasions only where every payment counts`() throws {
    func feed(_ ledger: inout PurchaseLedger) throws {
      ledger.payment(on: try day("2024-01-01"), minor: 0)
      ledger.payment(on: try day("2024-01-02"), minor: 100)
      ledger.refund(on: try day("2024-01-03"), minor: 10)
    }
    #expect(try #require(try occasions(.payment, feed)).count == 2)
    #expect(try #require(try occasions(.spend, feed)).count == 1)
  }

  @Test func `an as-of day before the first purchase leaves a customer without occasions`() throws {
    #expect(try occasions(through: "2023-12-31") { $0.payment(on: try day("2024-01-01"), minor: 500) } == nil)
  }

  @Test func `a sum that does not fit 64 bits is an error and no trap`() throws {
    #expect(throws: ScoringError(.factorOutOfRange, factor: .amount)) {
      try occasions { ledger in
        for _ in 0..<3 { ledger.payment(on: try day("2024-01-01"), minor: .max) }
      }
    }
    #expect(throws: ScoringError(.factorOutOfRange, factor: .amount)) {
      try occasions { $0.refund(on: try day("2024-01-01"), minor: .min) }
    }
  }

  @Test func `the order of the events is no matter`() throws {
    var random = SeededGenerator(seed: 6)
    let start = try day("2024-01-01")
    for _ in 0..<50 {
      let events = (0..<40).map { index in
        (
          day: LocalDay(daysSinceEpoch: start.daysSinceEpoch + Int32.random(in: 0..<30, using: &random)),
          minor: Int64.random(in: -200...500, using: &random),
          order: UInt64.random(in: 0...9, using: &random),
          isRefund: index % 4 == 0
        )
      }
      func result(_ events: [(day: LocalDay, minor: Int64, order: UInt64, isRefund: Bool)]) throws
        -> Occasions?
      {
        try occasions { ledger in
          for event in events {
            if event.isRefund {
              ledger.refund(on: event.day, minor: event.minor, of: event.order)
            } else {
              ledger.payment(on: event.day, minor: event.minor, order: event.order)
            }
          }
        }
      }
      #expect(try result(events) == (try result(events.shuffled(using: &random))))
    }
  }

  @Test func `dated rates convert, and none is made up`() throws {
    let rates = try ExchangeRates(
      parsing: "day,currency,rate\n2024-01-01,USD,7.1\n2024-02-01,USD,7.2\n2024-01-01,JPY,0.05\n")
    let digits = (foreign: 2, vault: 2)
    #expect(rates.convert(1000, of: "USD", on: try day("2024-01-31"), digits: digits) == 7100)
    #expect(rates.convert(1000, of: "USD", on: try day("2024-02-01"), digits: digits) == 7200)
    #expect(rates.convert(-1, of: "USD", on: try day("2024-02-01"), digits: digits) == -7)
    #expect(rates.convert(200, of: "JPY", on: try day("2024-02-01"), digits: (0, 2)) == 1000)
    #expect(rates.convert(1000, of: "USD", on: try day("2023-12-31"), digits: digits) == nil)
    #expect(rates.convert(1000, of: "EUR", on: try day("2024-02-01"), digits: digits) == nil)
    for wrong in [
      "", "day,currency,rate\n2024-01-01,USD", "day,currency,rate\n2024-01-01,usd,7",
      "day,currency,rate\n2024-01-01,USD,0",
      "day,currency,rate\n2024-01-01,USD,7\n2024-01-01,USD,8", "day,currency,rate\n2024-13-01,USD,7",
    ] {
      #expect(throws: ScoringError(.invalidRates)) { try ExchangeRates(parsing: wrong) }
    }
  }

  @Test func `equal customers are counted once, whatever their order`() throws {
    let customers = SimulatedCustomers.draw(3000, [0.6, 5, 0.8, 2.4], seed: 8)
    let compressed = CompressedStatistics(customers)
    #expect(compressed.distinct == Set(customers.map { [Double($0.repeats), $0.recency, $0.age] }).count)
    #expect(compressed.groups.reduce(0) { $0 + $1.customers } == 3000)
    #expect(compressed.repeaters == customers.count { $0.repeats > 0 })
    #expect(compressed.counts == compressed.counts.sorted() && compressed.times == compressed.times.sorted())
  }
}
