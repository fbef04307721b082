import Scoring
import Testing

@Suite struct HistoryAccumulatorTests {
  let window: Window
  let inside: LocalDay
  let later: LocalDay
  let before: LocalDay
  let after: LocalDay

  init() throws {
    window = try Window(from: day("2024-02-01"), through: day("2024-12-31"))
    inside = try day("2024-02-01")
    later = try day("2024-12-31")
    before = try day("2024-01-31")
    after = try day("2025-01-01")
  }

  @Test func `purchases in the window are counted and summed, others are not`() throws {
    let result = try factors(
      [
        .payment(before, 100), .payment(inside, 1999, product: 7), .payment(inside, 1, product: 8),
        .payment(later, 2000, product: 7), .payment(after, 50_000, product: 9),
      ], window)
    #expect(result == Factors(frequency: 3, amount: 40, variety: 2))
  }

  @Test func `a refund lowers the amount, with either sign, and neither frequency nor variety`() throws {
    for refund: Int64 in [500, -500] {
      let result = try factors(
        [.payment(inside, 1500, product: 1), .payment(later, refund, product: 2, refund: true)], window)
      #expect(result == Factors(frequency: 1, amount: 10, variety: 1))
    }
    let negative = try factors([.payment(inside, 1500), .payment(later, -500)], window)
    #expect(negative == Factors(frequency: 1, amount: 10))
  }

  @Test func `a refund of an earlier purchase makes a negative amount`() throws {
    let result = try factors([.payment(before, 900), .payment(inside, 900, refund: true)], window)
    #expect(result == Factors(frequency: 0, amount: -9))
  }

  @Test func `a payment of 0 is no purchase`() throws {
    let result = try factors([.payment(inside, 0, product: 4)], window)
    #expect(result == Factors(frequency: 0, amount: 0))
  }

  @Test func `a day counts as one occasion where its net is above 0`() throws {
    let middle = try day("2024-06-01")
    let events: [Event] = [
      .payment(middle, 500), .payment(inside, 100), .payment(inside, 200),
      .payment(middle, 500, refund: true),
      .payment(later, 5),
    ]
    #expect(try factors(events, window, frequency: .spendDays).frequency == 2)
    #expect(try factors(events, window).frequency == 4)
  }

  @Test func `a customer without payments has no frequency and no amount, not 0`() throws {
    let result = try factors([.rating(inside, 4000, 5000, 3500), .payment(after, 100)], window)
    #expect(result == Factors(productQuality: 4, serviceQuality: 5, priceSatisfaction: 3.5))
  }

  @Test func `a customer who bought before the window bought 0 times in it`() throws {
    #expect(try factors([.payment(before, 100)], window) == Factors(frequency: 0, amount: 0))
    let named = try factors([.payment(before, 100, product: 3)], window)
    #expect(named == Factors(frequency: 0, amount: 0, variety: 0))
  }

  @Test func `variety is missing where purchases in the window name no product`() throws {
    #expect(try factors([.payment(inside, 100), .payment(before, 5, product: 3)], window).variety == nil)
    #expect(try factors([.payment(inside, 100), .payment(later, 5, product: 3)], window).variety == 1)
  }

  @Test func `a rating is the mean of the window's, each kind on its own`() throws {
    let result = try factors(
      [
        .rating(before, 1000, 1000, 1000), .rating(inside, 5000, nil, nil), .rating(later, 4000, 3000, nil),
        .rating(later, 4000, nil, nil), .rating(after, 1000, 1000, 1000),
      ], window)
    #expect(result == Factors(productQuality: 13.0 / 3, serviceQuality: 3))
  }

  @Test func `referral value is the sum of the window's, and missing without a referral of a value`() throws {
    #expect(try factors([.referral(inside, 150), .referral(later, 101)], window).referralValue == 2.51)
    #expect(try factors([.referral(inside, nil), .referral(after, 100)], window).referralValue == nil)
    #expect(try factors([.referral(before, 100)], window).referralValue == 0)
  }

  @Test func `a factors row replaces events whole, even where it lacks a factor`() throws {
    let row = Factors(frequency: 3, amount: 7)
    let result = try factors(
      [.payment(inside, 100, product: 1), .rating(inside, 1, 1, 1), .row(row, before)], window)
    #expect(result == row)
  }

  @Test func `the latest row up to the as-of day counts`() throws {
    let rows: [Event] = [
      .row(Factors(frequency: 1), nil), .row(Factors(frequency: 2), before),
      .row(Factors(frequency: 3), inside, sequence: 1), .row(Factors(frequency: 4), inside, sequence: 2),
      .row(Factors(frequency: 5), after),
    ]
    #expect(try factors(rows, window).frequency == 4)
    #expect(try factors(rows.reversed(), window).frequency == 4)
    #expect(try factors(Array(rows.prefix(1)), window).frequency == 1)
  }

  @Test func `payments in another currency are counted and never added`() throws {
    var history = HistoryAccumulator(window: window)
    history.feed([
      .payment(inside, 100, product: 1), .payment(inside, 7777, own: false, product: 2),
      .payment(before, 7777, own: false), .payment(later, 1, own: false, refund: true),
    ])
    #expect(history.otherCurrencyEvents == 2)
    #expect(try history.factors(minorDigits: 2) == Factors(frequency: 1, amount: 1, variety: 1))
  }

  @Test func `a sum beyond 64 bits is an error, in whatever order it comes about`() throws {
    #expect(throws: ScoringError(.factorOutOfRange, factor: .amount)) {
      try factors([.payment(inside, .max), .payment(inside, 1)], window)
    }
    #expect(throws: ScoringError(.factorOutOfRange, factor: .referralValue)) {
      try factors([.referral(inside, .min), .referral(inside, -1)], window)
    }
    #expect(throws: ScoringError(.factorOutOfRange, factor: .serviceQuality)) {
      try factors([.rating(inside, nil, .max, nil), .rating(inside, nil, .max, nil)], window)
    }
    let events: [Event] = [
      .payment(inside, .max), .payment(inside, .max), .payment(later, .max, refund: true),
    ]
    for order in [events, events.reversed()] {
      #expect(try factors(order, window, digits: 0).amount == 9.223372036854776e18)
    }
    #expect(try factors([.payment(inside, .min, refund: true)], window, digits: 0).amount == -0x1p63)
  }

  @Test func `the currency's decimals decide the amount`() throws {
    #expect(try factors([.payment(inside, 1234)], window, digits: 0).amount == 1234)
    #expect(try factors([.payment(inside, 1234)], window, digits: 3).amount == 1.234)
    for digits in [-1, 16, Int.max] {
      #expect(throws: ScoringError(.invalidMinorDigits)) {
        try factors([.payment(inside, 1)], window, digits: digits)
      }
    }
  }

  @Test func `the order of the events does not matter`() throws {
    var random = SeededGenerator(seed: 21)
    for _ in 0..<100 {
      let events = try randomHistory(&random)
      let expected = try factors(events, window, frequency: .spendDays)
      for _ in 0..<3 {
        let shuffled = events.shuffled(using: &random)
        #expect(try factors(shuffled, window, frequency: .spendDays) == expected)
      }
    }
  }

  @Test func `nothing of a customer is left for the next`() throws {
    var random = SeededGenerator(seed: 22)
    var reused = HistoryAccumulator(window: window)
    for _ in 0..<200 {
      var events = try randomHistory(&random)
      if Bool.random(using: &random) { events.append(.row(Article.first, inside)) }
      reused.reset()
      reused.feed(events)
      #expect(try reused.factors(minorDigits: 2) == (try factors(events, window)))
      var fresh = HistoryAccumulator(window: window)
      fresh.feed(events)
      #expect(try reused.summary() == (try fresh.summary()))
    }
  }

  @Test func `a summary says what the payments come to`() throws {
    var history = HistoryAccumulator(window: window)
    history.feed([
      .payment(later, 300), .payment(inside, 200), .payment(inside, 100, refund: true), .payment(before, 9),
      .payment(inside, 5, own: false), .rating(inside, 1, 2, 3),
    ])
    let summary = try history.summary()
    #expect(summary.events == 5)
    #expect(summary.payments == 2)
    #expect(summary.occasions == 2)
    #expect(summary.netMinor == 400)
    #expect(summary.days == inside...later)
    #expect(summary.otherCurrencyEvents == 1)
  }
}
