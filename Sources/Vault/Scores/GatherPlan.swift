public import Scoring

/// What is gathered of every customer beside the factors, for a model over many customers.
public struct GatherPlan: Hashable, Sendable {
  /// Which local days are purchase occasions.
  public let rule: OccasionRule
  /// The last day of the time after the window that is gathered too, as the outcome to judge a model by; nil for none.
  public let holdoutThrough: LocalDay?

  /// The scale on which the answers to ratings are counted; nil to count none.
  public let ratingScale: ClosedRange<Int>?

  /// A plan.
  public init(
    rule: OccasionRule = .spend, holdoutThrough: LocalDay? = nil, ratingScale: ClosedRange<Int>? = nil
  ) {
    self.rule = rule
    self.holdoutThrough = holdoutThrough
    self.ratingScale = ratingScale
  }
}

/// The answers to one kind of rating, over everybody who was gathered.
public struct GatheredRatings: Hashable, Sendable {
  /// The kind.
  public let factor: Factor
  /// The answers that are whole numbers on the scale.
  public internal(set) var counts: RatingCounts
  /// How many customers gave one.
  public internal(set) var customers = 0
  /// How many answers are between two numbers or off the scale.
  public internal(set) var others = 0

  /// None of each kind; no kinds for a scale that is too wide.
  static func none(_ scale: ClosedRange<Int>?) -> [GatheredRatings] {
    guard let counts = scale.flatMap({ RatingCounts(scale: $0) }) else { return [] }
    return [Factor.productQuality, .serviceQuality, .priceSatisfaction].map {
      GatheredRatings(factor: $0, counts: counts)
    }
  }

  /// Takes in the answers of one customer, in thousandths.
  mutating func add(_ thousandths: some Sequence<Int64>) {
    var isCounted = false
    for answer in thousandths {
      if answer.isMultiple(of: 1000), counts.add(Int(answer / 1000)) { isCounted = true } else { others += 1 }
    }
    if isCounted { customers += 1 }
  }
}

/// What one customer's behavior comes to, for a model over many customers.
public struct GatheredCustomer: Sendable, Undisclosed {
  /// The customer.
  public let ordinal: UInt64
  /// The factors, as `score run` has them.
  public let factors: Factors
  /// The purchase occasions in the window, nil where there is none.
  public let occasions: Occasions?
  /// The purchase occasions after the window, nil where there is none or no holdout was asked for.
  public let later: Occasions?
}

/// What everybody's behavior comes to, and who was left out and why. Written down in the log before it exists.
public struct GatheredCustomers: Sendable {
  /// The customers in ascending order of ordinals.
  public let customers: [GatheredCustomer]
  /// The purpose.
  public let purpose: String
  /// The index of the entry that announced the run, and of the one that tells what it touched.
  public let entries: (intent: UInt64, result: UInt64)
  /// Customers who were left out, by reason, as in ``ScoredCustomers``.
  public let excluded: [(reason: String, customers: UInt64)]
  /// What became of payments in other currencies.
  public let foreign: ForeignPayments
  /// The answers to ratings by kind; none unless the plan has a scale.
  public let ratings: [GatheredRatings]
  /// The decimals of the vault's currency.
  public let minorDigits: Int
}

/// The two ledgers of a customer while behavior is gathered: the window's and the holdout's.
struct GatherLedgers: ~Copyable {
  private var window: PurchaseLedger
  private var later: PurchaseLedger
  private let hasHoldout: Bool

  init(_ plan: GatherPlan, window days: Window) {
    window = PurchaseLedger(window: days, rule: plan.rule)
    let first = days.through.adding(days: 1)
    let holdout = first.flatMap { first in
      plan.holdoutThrough.flatMap { try? Window(from: first, through: $0) }
    }
    hasHoldout = holdout != nil
    later = PurchaseLedger(window: holdout ?? days, rule: plan.rule)
  }

  mutating func reset() {
    window.reset()
    if hasHoldout { later.reset() }
  }

  /// Takes a payment or refund, with its amount in the vault's currency.
  mutating func add(_ payment: BehaviorEvent.Transaction, minor: Int64, on day: LocalDay, digest: UInt64) {
    if let order = payment.refundOf {
      window.refund(on: day, minor: minor, of: order)
      if hasHoldout { later.refund(on: day, minor: minor, of: order) }
    } else {
      window.payment(on: day, minor: minor, order: digest)
      if hasHoldout { later.payment(on: day, minor: minor, order: digest) }
    }
  }

  /// What all days of the window came to, in major units, once the occasions were asked for.
  func amount(minorDigits: Int) throws(ScoringError) -> Double { try window.amount(minorDigits: minorDigits) }

  /// The customer's occasions in the window and after it.
  mutating func occasions() throws(ScoringError) -> (window: Occasions?, later: Occasions?) {
    let known = try window.occasions()
    return (known, hasHoldout ? try later.occasions() : nil)
  }
}
