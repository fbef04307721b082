/// The scores of one block of customers, cut by ordinal: block b holds the ordinals 4096·b to 4096·b + 4095.
///
/// Rows are kept as columns: two bytes for the ordinal, one for which factors are present, eight for each score
/// asked for and for each factor retained. With three scores and the three reported factors a customer takes
/// 51 bytes, a million 51 MB.
public struct ScoreBlock: Sendable, Equatable, Undisclosed {
  /// How many ordinals a block holds. It decides how sums are grouped, and so the last bits of shares.
  public static let ordinals: UInt64 = 4096

  /// Which block it is: the ordinal over 4096.
  public let index: UInt64
  /// The model that made it.
  public let model: ModelDescription
  /// The scores that it holds for each customer.
  public let scores: ScoreSet
  /// The factors that it keeps for each customer.
  public let retained: FactorSet
  /// The customers without scores, in ascending order.
  public internal(set) var excluded: [ExcludedCustomer] = []
  /// The moments from which the shares of variance follow.
  public internal(set) var variance = VarianceShares()

  var offsets: [UInt16] = []
  var presence: [UInt8] = []
  var scoreColumns: [Double] = []
  var factorColumns: [Double] = []

  /// The block that holds an ordinal.
  public static func index(of ordinal: UInt64) -> UInt64 { ordinal / ordinals }

  /// How many customers have scores.
  public var count: Int { offsets.count }

  /// The row at a place from 0 to `count` - 1, in ascending order of ordinals.
  public subscript(place: Int) -> ScoreRow {
    var row = ScoreRow(
      ordinal: index * Self.ordinals + UInt64(offsets[place]), scores: Scores(), factors: Factors())
    var next = place * scores.rawValue.nonzeroBitCount
    for score in Score.allCases where scores.contains(score) {
      row.scores[score] = scoreColumns[next]
      next += 1
    }
    let bits = presence[place]
    next = place * storedSlots.nonzeroBitCount
    for slot in 0..<8 where storedSlots >> UInt8(slot) & 1 == 1 {
      if bits >> UInt8(slot) & 1 == 1 { row.factors.set(factorColumns[next], slot: slot) }
      next += 1
    }
    return row
  }

  /// The slots of the retained factors, a bit each: the purchase value is in that of the amount.
  private let storedSlots: UInt8

  /// A block without customers, with room for as many as are expected.
  init(index: UInt64, model: ModelDescription, scores: ScoreSet, retained: FactorSet, expected: Int = 0) {
    self.index = index
    self.model = model
    self.scores = scores
    self.retained = retained
    storedSlots = retained.factors.reduce(0) { $0 | 1 << UInt8($1.slot) }
    offsets.reserveCapacity(expected)
    presence.reserveCapacity(expected)
    scoreColumns.reserveCapacity(expected * scores.rawValue.nonzeroBitCount)
    factorColumns.reserveCapacity(expected * storedSlots.nonzeroBitCount)
  }

  mutating func append(ordinal: UInt64, scores values: SIMD3<Double>, factors: Factors) {
    offsets.append(UInt16(truncatingIfNeeded: ordinal % Self.ordinals))
    presence.append(factors.presence)
    if scores.rawValue & 1 != 0 { scoreColumns.append(values[0]) }
    if scores.rawValue & 2 != 0 { scoreColumns.append(values[1]) }
    if scores.rawValue & 4 != 0 { scoreColumns.append(values[2]) }
    var slots = storedSlots
    while slots != 0 {
      factorColumns.append(factors[slot: slots.trailingZeroBitCount])
      slots &= slots &- 1
    }
  }
}

/// One customer's scores, with the factors that the block retained.
public struct ScoreRow: Equatable, Sendable, Undisclosed {
  /// The customer.
  public let ordinal: UInt64
  /// The scores.
  public internal(set) var scores: Scores
  /// The retained factors; others are missing here, whatever the customer has.
  public internal(set) var factors: Factors
}

/// A customer without scores, and why.
public struct ExcludedCustomer: Hashable, Sendable, Undisclosed {
  /// The customer.
  public let ordinal: UInt64
  /// Why there is no score.
  public let exclusion: Exclusion
}
