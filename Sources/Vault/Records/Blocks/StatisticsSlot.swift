internal import Scoring
internal import Sodium

/// What a slot of the statistics blocks holds: ``CustomerStatistics`` in at most 88 bytes, zeros behind it.
///
/// Form 1: form u8 ‖ flags u16 ‖ the numbers that the flags name, as LEB128 (see docs/formats.md). Form 2, of one byte, says
/// that only the events tell: a sum does not fit, or there is no room.
enum StatisticsSlot {
  /// Bytes of content of every slot.
  static let byteCount = 88
  private static let statisticsForm: UInt8 = 1
  private static let eventsForm: UInt8 = 2

  private enum Flag {
    static let days: UInt16 = 1 << 0
    static let payments: UInt16 = 1 << 1
    static let ratings: UInt16 = 1 << 2
    static let referrals: UInt16 = 1 << 3
    static let spendOccasions: UInt16 = 1 << 4
    static let paymentOccasions: UInt16 = 1 << 5
    /// The occasions by either rule are the same.
    static let equalOccasions: UInt16 = 1 << 6
    static let row: UInt16 = 1 << 7
  }

  /// The factors of a row in the order of their bits.
  private static let factors: [Factor] = [
    .frequency, .amount, .variety, .productQuality, .serviceQuality, .priceSatisfaction, .referralValue,
    .informationValue,
  ]

  // MARK: - Encoding

  /// Replaces `out` by the slot's content; nil says that only the events tell.
  static func encode(_ statistics: CustomerStatistics?, into out: inout WipedBytes) {
    out.removeAll()
    if let statistics { append(statistics, to: &out) } else { out.append(eventsForm) }
    if out.count > byteCount {
      out.removeAll()
      out.append(eventsForm)
    }
    out.append(count: byteCount - out.count) { _ in }
  }

  private static func append(_ statistics: CustomerStatistics, to out: inout WipedBytes) {
    let flags = flags(of: statistics)
    out.append(statisticsForm)
    out.append(UInt8(flags >> 8))
    out.append(UInt8(truncatingIfNeeded: flags))
    out.append(varint: statistics.events)
    out.append(varint: statistics.otherCurrencyEvents)
    let first = statistics.days?.lowerBound ?? LocalDay(daysSinceEpoch: 0)
    if let days = statistics.days {
      out.append(zigzag: Int64(days.lowerBound.daysSinceEpoch))
      out.append(varint: UInt64(days.upperBound.days(since: days.lowerBound)))
    }
    if statistics.hasPayments {
      out.append(varint: statistics.purchases)
      out.append(zigzag: statistics.netMinor)
      out.append(varint: statistics.spendDays)
      out.append(varint: statistics.products)
    }
    if let ratings = statistics.ratings {
      for rating in [ratings.productQuality, ratings.serviceQuality, ratings.priceSatisfaction] {
        out.append(varint: rating.count)
        if rating.count > 0 { out.append(zigzag: rating.sum) }
      }
    }
    if let referralMinor = statistics.referralMinor { out.append(zigzag: referralMinor) }
    if let days = statistics.spendOccasions { append(days, after: first, to: &out) }
    if flags & Flag.paymentOccasions != 0, let days = statistics.paymentOccasions {
      append(days, after: first, to: &out)
    }
    if let row = statistics.row { append(row, to: &out) }
  }

  private static func flags(of statistics: CustomerStatistics) -> UInt16 {
    var flags: UInt16 = 0
    if statistics.days != nil { flags |= Flag.days }
    if statistics.hasPayments { flags |= Flag.payments }
    if statistics.ratings != nil { flags |= Flag.ratings }
    if statistics.referralMinor != nil { flags |= Flag.referrals }
    if let spend = statistics.spendOccasions {
      flags |= Flag.spendOccasions
      if statistics.paymentOccasions == spend { flags |= Flag.equalOccasions }
    }
    if statistics.paymentOccasions != nil, flags & Flag.equalOccasions == 0 { flags |= Flag.paymentOccasions }
    if statistics.row != nil { flags |= Flag.row }
    return flags
  }

  /// Days are counted from the first of all events: a refund can only move money to an earlier one of them.
  private static func append(
    _ days: CustomerStatistics.OccasionDays, after first: LocalDay, to out: inout WipedBytes
  ) {
    out.append(varint: days.count)
    out.append(varint: UInt64(days.first.days(since: first)))
    out.append(varint: UInt64(days.last.days(since: days.first)))
    out.append(zigzag: days.repeatMinor)
  }

  private static func append(_ row: Factors, to out: inout WipedBytes) {
    var mask: UInt8 = 0
    for (bit, factor) in factors.enumerated() where row[factor] != nil { mask |= 1 << UInt8(bit) }
    out.append(mask)
    for factor in factors { if let value = row[factor] { out.append(fixed64: value.bitPattern) } }
  }

  // MARK: - Decoding

  /// Reads the statistics; false where only the events tell.
  ///
  /// - Throws: `.malformed`.
  @inline(__always)
  static func decode(
    _ content: UnsafeRawBufferPointer, into statistics: inout CustomerStatistics
  ) throws(RecordError) -> Bool {
    var cursor = unsafe ByteCursor(content)
    switch cursor.byte() {
    case statisticsForm: break
    case eventsForm: return false
    default: throw malformed
    }
    let flags = UInt16(cursor.byte()) << 8 | UInt16(cursor.byte())
    statistics = CustomerStatistics()
    statistics.events = cursor.varint()
    statistics.otherCurrencyEvents = cursor.varint()
    var first: Int64 = 0
    if flags & Flag.days != 0 {
      first = cursor.zigzag()
      let days = (day(first, &cursor), day(first &+ Int64(truncatingIfNeeded: cursor.varint()), &cursor))
      if days.0 <= days.1 { statistics.days = days.0...days.1 } else { cursor.fail() }
    }
    if flags & Flag.payments != 0 {
      statistics.hasPayments = true
      statistics.purchases = cursor.varint()
      statistics.netMinor = cursor.zigzag()
      statistics.spendDays = cursor.varint()
      statistics.products = cursor.varint()
    }
    if flags & (Flag.ratings | Flag.referrals | Flag.paymentOccasions | Flag.row) != 0 {
      decodeRest(flags, first, &cursor, &statistics)
    } else if flags & Flag.spendOccasions != 0 {
      statistics.spendOccasions = occasions(first, &cursor)
    }
    if flags & Flag.equalOccasions != 0 { statistics.paymentOccasions = statistics.spendOccasions }
    guard !cursor.hasFailed else { throw malformed }
    return true
  }

  private static func decodeRest(
    _ flags: UInt16, _ first: Int64, _ cursor: inout ByteCursor, _ statistics: inout CustomerStatistics
  ) {
    if flags & Flag.ratings != 0 {
      statistics.ratings = (rating(&cursor), rating(&cursor), rating(&cursor))
    }
    if flags & Flag.referrals != 0 { statistics.referralMinor = cursor.zigzag() }
    if flags & Flag.spendOccasions != 0 { statistics.spendOccasions = occasions(first, &cursor) }
    if flags & Flag.paymentOccasions != 0 { statistics.paymentOccasions = occasions(first, &cursor) }
    guard flags & Flag.row != 0 else { return }
    var row = Factors()
    let mask = cursor.byte()
    for (bit, factor) in factors.enumerated() where mask & 1 << UInt8(bit) != 0 {
      row[factor] = Double(bitPattern: cursor.fixed64())
    }
    statistics.row = row
  }

  private static func rating(_ cursor: inout ByteCursor) -> CustomerStatistics.Rating {
    let count = cursor.varint()
    // The divisor of the mean is 1,000 times the count.
    if count > UInt64.max / 1000 { cursor.fail() }
    return CustomerStatistics.Rating(count: count, sum: count == 0 ? 0 : cursor.zigzag())
  }

  @inline(__always)
  private static func occasions(
    _ first: Int64, _ cursor: inout ByteCursor
  ) -> CustomerStatistics.OccasionDays {
    let count = cursor.varint()
    if count == 0 || count > UInt64(Int32.max) { cursor.fail() }
    let begin = first &+ Int64(truncatingIfNeeded: cursor.varint())
    let end = begin &+ Int64(truncatingIfNeeded: cursor.varint())
    return CustomerStatistics.OccasionDays(
      count: count, first: day(begin, &cursor), last: day(end, &cursor), repeatMinor: cursor.zigzag())
  }

  @inline(__always)
  private static func day(_ number: Int64, _ cursor: inout ByteCursor) -> LocalDay {
    guard let days = Int32(exactly: number) else {
      cursor.fail()
      return LocalDay(daysSinceEpoch: 0)
    }
    return LocalDay(daysSinceEpoch: days)
  }

  private static var malformed: RecordError {
    RecordError(.malformed, "a customer's statistics are not what keeping them writes")
  }
}

extension SlotSeries {
  /// The statistics of everybody.
  static let statistics = SlotSeries(
    .behavior, .statistics, object: .none, contentCount: StatisticsSlot.byteCount)
}
