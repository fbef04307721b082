import Sodium
import Testing

@testable import Vault

/// The way around the reader that plain payments take: it must come to the same as the reader.
struct PlainPaymentTests {
  /// What a visit comes to, over memory with bytes behind the plaintext that must not matter.
  private static func visited(_ bytes: [UInt8], slack: Int) -> [BehaviorEvent]? {
    var events: [BehaviorEvent] = []
    let memory = bytes + [UInt8](repeating: 0x81, count: slack)
    do {
      try unsafe memory.withUnsafeBytes { memory in
        var reader = try unsafe BehaviorReader(
          UnsafeRawBufferPointer(rebasing: memory[..<bytes.count]), currency: RecordSamples.cny)
        var none = PaymentTally(0..<0)
        try reader.visit(slack: slack, tally: &none) { payment in
          events.append(
            BehaviorEvent(
              digest: 0, time: payment.time, isDateOnly: payment.isDateOnly,
              detail: .transaction(
                .init(amountMinor: payment.amountMinor, currency: RecordSamples.cny, product: payment.product)
              )))
        } other: { event in
          var event = event
          event.digest = 0
          events.append(event)
        }
      }
    } catch { return nil }
    return events
  }

  private static func read(_ bytes: [UInt8]) -> [BehaviorEvent]? {
    try? BehaviorChunk.withReader(RecordSamples.wiped(bytes), currency: RecordSamples.cny) {
      (reader) throws(RecordError) in
      var events: [BehaviorEvent] = []
      while var event = try reader.next() {
        event.digest = 0
        events.append(event)
      }
      return events
    }
  }

  /// Payments of every shape among events of every kind.
  private static func sample() throws -> [UInt8] {
    var appender = BehaviorAppender(currency: RecordSamples.cny)
    let tea = try appender.intern(Array("tea".utf8).span)
    let times: [Int64] = [0, 86_400, 1, 1_700_000_000, -5 * 86_400, 253_402_300_799, 1_700_000_001]
    let amounts: [Int64] = [0, 1, -1, 64, 12_345, .max, .min]
    for (place, time) in times.enumerated() {
      let event = BehaviorEvent(
        digest: UInt64(place), time: time, isDateOnly: time % 86_400 == 0,
        detail: .transaction(
          .init(
            amountMinor: amounts[place], currency: place == 3 ? RecordSamples.usd : RecordSamples.cny,
            product: place % 2 == 0 ? tea : nil, channel: place == 4 ? tea : nil)))
      guard try appender.append(event) == .added else { throw RecordError(.full, "a sample") }
    }
    var out = WipedBytes()
    appender.encode(manifest: .init(versions: [], totalEvents: 0), into: &out)
    return RecordSamples.array(out)
  }

  @Test(arguments: [0, 25, 26, 100])
  func `a visit comes to what the reader reads`(slack: Int) throws {
    for bytes in [try Self.sample(), try BehaviorSamples.everything().bytes] {
      let events = try #require(Self.read(bytes))
      #expect(events.count >= 7)
      #expect(Self.visited(bytes, slack: slack) == events)
    }
  }

  @Test(arguments: [0, 26, 100])
  func `a tally comes to the sums of the payments that it takes`(slack: Int) throws {
    let times: Range<Int64> = 1..<1_700_000_001
    for bytes in [try Self.sample(), try BehaviorSamples.everything().bytes] {
      let events = try #require(Self.read(bytes))
      var tally = PaymentTally(times)
      var left: [BehaviorEvent.Transaction] = []
      let memory = bytes + [UInt8](repeating: 0x81, count: slack)
      try unsafe memory.withUnsafeBytes { memory in
        var reader = try unsafe BehaviorReader(
          UnsafeRawBufferPointer(rebasing: memory[..<bytes.count]), currency: RecordSamples.cny)
        try reader.visit(slack: slack, tally: &tally) { payment in
          left.append(
            .init(amountMinor: payment.amountMinor, currency: RecordSamples.cny, product: payment.product))
        } other: { event in
          if case .transaction(let transaction) = event.detail { left.append(transaction) }
        }
      }
      let payments = events.compactMap { event in
        if case .transaction(let transaction) = event.detail { transaction } else { nil }
      }
      // Exact: none of the sample's amounts that a tally takes is near the end of 64 bits.
      let all = payments.reduce(Int128(0)) { $0 + Int128($1.amountMinor) }
      #expect(Int128(tally.netMinor) + left.reduce(Int128(0)) { $0 + Int128($1.amountMinor) } == all)
      #expect(tally.payments + left.count == payments.count)
      if slack == 0 { #expect(tally.payments == 0) }
    }
    var tally = PaymentTally(times)
    func payment(_ time: Int64, _ amount: Int64, _ product: BehaviorEvent.TextIndex?) -> PlainPayment {
      PlainPayment(time: time, isDateOnly: false, amountMinor: amount, product: product)
    }
    #expect([payment(0, 1, nil), payment(5, 1, 64), payment(5, .max, nil)].allSatisfy { !tally.take($0) })
    #expect(
      [payment(1, 7, 0), payment(5, -3, 1), payment(5, 0, 2), payment(5, 1, 63)].allSatisfy { tally.take($0) }
    )
    #expect(tally.payments == 4 && tally.purchases == 2 && tally.netMinor == 5)
    #expect(tally.products == UInt64(1) | 1 << 63)
  }

  @Test func `changed bytes are read or refused by both alike`() throws {
    var random = SeededRandom(11)
    var agreed = 0
    for bytes in [try Self.sample(), try BehaviorSamples.everything().bytes] {
      for count in bytes.indices {
        #expect(Self.visited(Array(bytes.prefix(count)), slack: 64) == nil)
      }
      for _ in 0..<5000 {
        let mutated = random.mutate(bytes)
        let (visited, read) = (Self.visited(mutated, slack: 64), Self.read(mutated))
        if visited != read { Issue.record("a visit and the reader differ") }
        if read != nil { agreed += 1 }
      }
    }
    #expect(agreed > 50)
  }
}
