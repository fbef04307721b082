import AuditLog
import Scoring
import Sodium
import Testing

@testable import Vault
@testable import VaultTesting

/// Statistics blocks against the events that they are made of.
struct StatisticsTests {
  /// A history of up to 12 events of every kind around the day 18,000.
  private static func history(_ random: inout SeededRandom) -> [SampleEvent] {
    var events: [SampleEvent] = []
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      let time = Int64(18_000 * 86_400) + Int64.random(in: -90 * 86_400...90 * 86_400, using: &random)
      let kind: SampleEvent.Kind =
        switch Int.random(in: 0..<16, using: &random) {
        case 0: .payment(minor: Int64.random(in: -500...500, using: &random), isRefund: true)
        case 1: .payment(minor: 100, currency: Bool.random(using: &random) ? "USD" : "CNY")
        case 2, 3:
          .rating(
            quality: Bool.random(using: &random) ? 4000 : nil, service: 3333,
            price: Bool.random(using: &random) ? 1 : nil)
        case 4: .referral(minor: Bool.random(using: &random) ? 777 : nil)
        case 5 where Int.random(in: 0..<8, using: &random) == 0: .factors([1, 2.5, nil, 4, 5, nil, 7, 8])
        case 6: .payment(minor: Int64.random(in: -300...0, using: &random), product: "P1")
        default:
          .payment(
            minor: Int64.random(in: 1...90_000, using: &random),
            product: Bool.random(using: &random) ? "P\(Int.random(in: 0..<5, using: &random))" : nil)
        }
      events.append(
        Bool.random(using: &random) ? SampleEvent(at: time, kind) : SampleEvent(day: time / 86_400, kind))
    }
    return events
  }

  private static func windows() throws -> [Window] {
    let day = { LocalDay(daysSinceEpoch: $0) }
    return [
      Window(through: day(20_000)), Window(through: day(18_000)), Window(through: day(18_080)),
      try Window(from: day(17_950), through: day(20_000)),
      try Window(from: day(10_000), through: day(20_000)),
      try Window(from: day(18_040), through: day(18_060)),
    ]
  }

  private static func bits(_ scored: ScoredCustomers) -> [[UInt64]] {
    scored.run.rows.map { row in
      [row.ordinal] + Score.allCases.map { row.scores[$0]?.bitPattern ?? 1 }
        + FactorSet.reported.factors.map { row.factors[$0]?.bitPattern ?? 1 }
    }
  }

  @Test(arguments: ["UTC", "Asia/Shanghai", "America/New_York"])
  func `a run over statistics gives the bits of a run over events, whatever the window`(zone: String) throws {
    let vault = try SampleVault(
      in: InMemoryStore(), settings: VaultSettings(name: "sample", currency: "CNY", zone: zone))
    var random = SeededRandom(7)
    try vault.add(700) { _ in Self.history(&random) }
    let session = vault.session()
    for window in try Self.windows() {
      for scores in [ScoreSet.loyalty, .satisfaction, .value, .all] {
        for frequency in FrequencyDefinition.allCases {
          for currency in [OtherCurrencyRule.excludeCustomer, .leaveOut] {
            var plan = ScorePlan(
              model: try LiteralModel(scores: scores), window: window,
              definitions: FactorDefinitions(frequency: frequency, otherCurrency: currency),
              minorDigits: { _ in 2 })
            let fast = try session.scoreEverybody(plan, purpose: nil, threads: 2)
            plan.usesStatistics = false
            let slow = try session.scoreEverybody(plan, purpose: nil, threads: 1)
            #expect(Self.bits(fast) == Self.bits(slow))
            #expect(fast.excluded.map(\.reason) == slow.excluded.map(\.reason))
            #expect(fast.excluded.map(\.customers) == slow.excluded.map(\.customers))
          }
        }
      }
    }
  }

  @Test func `statistics survive their encoding, and no damage of it traps`() throws {
    var random = SeededRandom(11)
    let feed = StatisticsFeed(days: try LocalDays(zone: "UTC"), currency: RecordSamples.cny)
    for _ in 0..<2000 {
      feed.reset()
      for event in Self.history(&random) {
        feed.add(event.event, product: UInt64.random(in: 1...99, using: &random))
      }
      let content = feed.withContent { RecordSamples.array($0) }
      let decoded = try Self.decode(content)
      var again = WipedBytes()
      StatisticsSlot.encode(decoded, into: &again)
      #expect(RecordSamples.array(again) == content && content.count == 88)
      for _ in 0..<5 { _ = try? Self.decode(random.mutate(content)) }
    }
  }

  private static func decode(_ content: [UInt8]) throws -> CustomerStatistics? {
    var statistics = CustomerStatistics()
    let isTold = try unsafe content.withUnsafeBytes {
      try unsafe StatisticsSlot.decode($0, into: &statistics)
    }
    return isTold ? statistics : nil
  }

  @Test func `sums that do not fit leave it to the events`() throws {
    let feed = StatisticsFeed(days: try LocalDays(zone: "UTC"), currency: RecordSamples.cny)
    for day in [0, 1] as [Int64] { feed.add(SampleEvent(day: day, .payment(minor: .max)).event, product: 0) }
    let content = feed.withContent { RecordSamples.array($0) }
    #expect(content == [2] + [UInt8](repeating: 0, count: 87))
    #expect(try Self.decode(content) == nil)
  }

  @Test func `occasions and repeat mean are those of the ledger`() throws {
    var random = SeededRandom(3)
    let days = try LocalDays(zone: "UTC")
    let feed = StatisticsFeed(days: days, currency: RecordSamples.cny)
    let asOf = LocalDay(daysSinceEpoch: 20_000)
    for _ in 0..<500 {
      feed.reset()
      var spend = PurchaseLedger(window: Window(through: asOf), rule: .spend)
      var paid = PurchaseLedger(window: Window(through: asOf), rule: .payment)
      for (place, sample) in Self.history(&random).enumerated() {
        var event = sample.event
        event.digest = UInt64(place + 1)
        feed.add(event, product: 1)
        guard case .transaction(let payment) = event.detail, payment.currency == RecordSamples.cny else {
          continue
        }
        let day = LocalDay(daysSinceEpoch: days.day(event.time, isDateOnly: event.isDateOnly))
        if let order = payment.refundOf {
          spend.refund(on: day, minor: payment.amountMinor, of: order)
          paid.refund(on: day, minor: payment.amountMinor, of: order)
        } else {
          spend.payment(on: day, minor: payment.amountMinor, order: event.digest)
          paid.payment(on: day, minor: payment.amountMinor, order: event.digest)
        }
      }
      let statistics = try #require(try Self.decode(feed.withContent { RecordSamples.array($0) }))
      let expected = (try spend.occasions(), try paid.occasions())
      #expect(statistics.occasions(.spend, asOf: asOf) == expected.0)
      #expect(statistics.occasions(.payment, asOf: asOf) == expected.1)
    }
  }

  // MARK: - Kept with the events

  @Test func `imports, late events and ratings keep the statistics, and verify finds them right`()
    async throws
  {
    let sample = try ImportSample()
    try sample.run([
      SampleRow(account: "a", amount: 500, product: "P"), SampleRow(account: "b", amount: 700, product: "P"),
    ])
    try sample.run([
      SampleRow(account: "a", amount: 900, product: "Q"), SampleRow(account: "c", amount: 100, product: "P"),
    ])
    let session = sample.vault.session()
    let customer = try #require(try sample.customer("b"))
    for time in [1_700_000_000, 1_000_000] as [Int64] {
      try session.rateCustomer(
        customer, quality: 4000, service: nil, price: 3000, at: time, isDateOnly: false, purpose: nil)
    }
    let report = try await session.verifyVault(LogAnchor(), isDeep: true, purpose: nil, workers: 1)
    #expect(report.isOK, "\(report.problems)")
    #expect(report.openedSlots == 3)
  }

  @Test func `statistics that are not those of the events are found by a deep verification`() async throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(5) { ScoreScanTests.history($0 + 1) }
    // By a program that holds the keys and writes what it likes.
    try vault.session(as: .analyst).changeSlots(.statistics) { changes, keys in
      guard let key = unsafe keys.pointer(of: .behavior, ordinal: 2) else { return }
      var content = WipedBytes()
      StatisticsSlot.encode(CustomerStatistics(), into: &content)
      content.withBytes { unsafe changes.put($0, of: 2, customerKey: key) }
    }
    let report = try await vault.session().verifyVault(LogAnchor(), isDeep: true, purpose: nil, workers: 1)
    #expect(report.problems.map(\.code) == [.block])
    #expect(report.problems.first?.text == "a customer's statistics are not those of the events")
  }

  @Test func `a vault without statistics is scored from the events`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(300) { ScoreScanTests.history($0 % 4 + 1) }
    let plan = try ScoreScanTests.plan(.loyalty)
    let before = Self.bits(try vault.session().scoreEverybody(plan, purpose: nil))
    try vault.store.write { writer in
      for first in [0, 128, 256] as [Int64] {
        try writer.delete(Schema.block, key: SlotSeries.statistics.rowPrefix + [.integer(first)])
      }
    }
    #expect(Self.bits(try vault.session().scoreEverybody(plan, purpose: nil)) == before)
  }

  @Test func `a flipped byte of a statistics block stops the run`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(300) { ScoreScanTests.history($0 % 4 + 1) }
    try vault.store.write { writer in
      let key = SlotSeries.statistics.rowPrefix + [.integer(128)]
      guard var row = try writer.row(Schema.block, key: key), case .blob(var sealed) = row.values[5] else {
        return
      }
      sealed[5000] ^= 4
      row.values[5] = .blob(sealed)
      try writer.update(Schema.block, row)
    }
    #expect(throws: RecordError(.forged, "")) {
      _ = try vault.session().scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil)
    }
  }
}
