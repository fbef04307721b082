/// Reads a chunk of behavior event by event, on the plaintext's own memory and without allocation.
///
/// Strict: whatever encoding does not write is `.malformed`, and nothing traps. Only making one is unsafe:
/// the memory must outlive it, and ``BehaviorChunk/withReader(_:currency:_:)`` sees to that.
@safe
package struct BehaviorReader {
  /// How many events the chunk has.
  package let eventCount: Int
  /// Whether no event is earlier than the one before it.
  package let isAscending: Bool
  /// The texts that events refer to.
  package let dictionary: BehaviorDictionary
  /// In chunk 0 the number of all chunks, else nil.
  package let chunkCount: Int?
  /// In chunk 0 the number of events in all chunks, else this chunk's.
  package let totalEvents: Int

  private let versions: ByteCursor
  private let currency: CurrencyCode
  private let digests: UnsafeRawBufferPointer
  private var cursor: ByteCursor
  private var index = 0
  private var previousTime: Int64 = 0

  /// A reader over a chunk's plaintext, in a vault of this currency.
  ///
  /// - Throws: `.malformed` where header, manifest, dictionary or digests are not whole.
  package init(_ plaintext: UnsafeRawBufferPointer, currency: CurrencyCode) throws(RecordError) {
    var cursor = unsafe ByteCursor(plaintext)
    let first = cursor.byte()
    guard first & BehaviorChunk.schemaMask == BehaviorChunk.schema, first & 0x30 == 0 else {
      throw BehaviorChunk.malformed("a chunk of behavior has an unknown schema")
    }
    let hasManifest = first & BehaviorChunk.manifestFlag != 0
    self.currency = currency
    isAscending = first & BehaviorChunk.ascendingFlag != 0
    let chunks = hasManifest ? cursor.count(upTo: BehaviorChunk.chunkLimit) : 1
    chunkCount = hasManifest ? chunks : nil
    versions = cursor
    for _ in 1..<max(chunks, 1) {
      if cursor.hasFailed { break }
      _ = cursor.varint()
    }
    let total =
      chunks > 1 ? cursor.count(upTo: BehaviorChunk.chunkLimit * BehaviorChunk.eventLimit) : nil
    let count = cursor.count(upTo: BehaviorChunk.eventLimit)
    let texts = cursor.count(upTo: BehaviorChunk.textLimit)
    let ends = unsafe cursor.bytes(2 * texts)
    let dictionaryCount =
      texts == 0
      ? 0
      : unsafe Int(
        UInt16(
          bigEndian: ends.isEmpty ? 0 : ends.loadUnaligned(fromByteOffset: ends.count - 2, as: UInt16.self)))
    let strings = unsafe cursor.bytes(dictionaryCount)
    unsafe digests = cursor.bytes(8 * count)
    guard !cursor.hasFailed, chunks > 0, total ?? count >= count,
      let dictionary = unsafe BehaviorDictionary(ends: ends, texts: strings)
    else { throw BehaviorChunk.malformed() }
    self.dictionary = dictionary
    eventCount = count
    totalEvents = total ?? count
    self.cursor = cursor
  }

  /// Whether an event of this digest is in the chunk: a scan of 8 bytes an event.
  package func contains(digest: UInt64) -> Bool {
    let wanted = digest.bigEndian
    // Without an early exit, so that the compiler can compare several at once.
    var differences: UInt64 = .max
    for index in 0..<eventCount {
      let stored = unsafe digests.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
      differences = min(differences, stored ^ wanted)
    }
    return differences == 0
  }

  /// The digest of an event by its place.
  package func digest(at index: Int) -> UInt64 {
    guard (0..<eventCount).contains(index) else { return 0 }
    return unsafe UInt64(bigEndian: digests.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
  }

  /// What chunk 0 says about the others, nil in other chunks. Allocates.
  package var manifest: BehaviorChunk.Manifest? {
    guard let chunkCount = chunkCount else { return nil }
    var cursor = versions
    var list: [UInt64] = []
    for _ in 1..<chunkCount { list.append(cursor.varint()) }
    return BehaviorChunk.Manifest(versions: list, totalEvents: totalEvents)
  }

  /// Checks in chunk 0 that a further chunk is of the version that it names, without allocation.
  ///
  /// - Throws: `.inconsistent`.
  package func check(chunk: UInt32, version: UInt64) throws(RecordError) {
    var cursor = versions
    var named: UInt64?
    if chunk > 0, let chunkCount = chunkCount, chunk < chunkCount {
      for _ in 0..<chunk { named = cursor.varint() }
    }
    guard named == version else {
      throw RecordError(.inconsistent, "a chunk of behavior is not the one that the first chunk names")
    }
  }

  /// The bytes of the events, from the first one on.
  var eventBytes: ByteCursor { cursor }

  /// The next event, or nil after the last.
  ///
  /// - Throws: `.malformed`; no further event is read then.
  @inline(__always)
  package mutating func next() throws(RecordError) -> BehaviorEvent? {
    guard index < eventCount else {
      guard cursor.isAtEnd else { throw BehaviorChunk.malformed() }
      return nil
    }
    let tag = cursor.byte()
    let isDateOnly = tag & 8 != 0
    let time = readTime(isDateOnly: isDateOnly)
    let detail = readDetail(tag)
    guard !cursor.hasFailed else {
      index = eventCount
      throw BehaviorChunk.malformed()
    }
    let digest = unsafe UInt64(
      bigEndian: digests.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    index += 1
    return BehaviorEvent(digest: digest, time: time, isDateOnly: isDateOnly, detail: detail)
  }

  /// Visits the events that are left: plain payments into a tally, or as such where it does not take them; all
  /// others whole.
  ///
  /// - Parameters:
  ///   - slack: how many bytes behind the plaintext may be read (and are not looked at). From
  ///     `PlainPaymentDecoder.reach` on, plain payments are decoded without a check of every byte.
  ///   - tally: what adds plain payments up.
  /// - Throws: `.malformed` where they are not what encoding writes, after those before it were visited.
  @inline(__always)
  mutating func visit(
    slack: Int, tally: inout PaymentTally, plain: (PlainPayment) -> Void, other: (BehaviorEvent) -> Void
  ) throws(RecordError) {
    while index < eventCount {
      if slack >= PlainPaymentDecoder.reach, cursor.remaining > 0 {
        visitPlain(&tally, plain)
        if index == eventCount { break }
      }
      if let event = try next() { other(event) }
    }
    guard cursor.isAtEnd else {
      index = eventCount
      throw BehaviorChunk.malformed()
    }
  }

  /// Visits plain payments up to the first event that is something else, or is not as encoding writes it.
  @inline(__always)
  private mutating func visitPlain(_ tally: inout PaymentTally, _ plain: (PlainPayment) -> Void) {
    let start = unsafe cursor.pointer
    let count = cursor.remaining
    let products = dictionary.count
    // In variables of its own, so that they stay in registers.
    var (taken, index, previous, sum) = (0, index, previousTime, tally)
    while index < eventCount, taken < count {
      var decoder = unsafe PlainPaymentDecoder(start + taken)
      guard let payment = decoder.decode(after: previous), decoder.count <= count - taken,
        BehaviorEvent.timeBounds.contains(payment.time),
        !isAscending || index == 0 || payment.time >= previous,
        payment.product.map({ Int($0) < products }) ?? true
      else { break }
      taken += decoder.count
      previous = payment.time
      index += 1
      if !sum.take(payment) { plain(payment) }
    }
    cursor.skip(taken)
    self.index = index
    previousTime = previous
    tally = sum
  }

  @inline(__always)
  private mutating func readTime(isDateOnly: Bool) -> Int64 {
    let difference = cursor.zigzag()
    let limit: Int64 = 1 << 40
    var time: Int64 = 0
    if difference > -limit, difference < limit {
      let day = BehaviorEvent.secondsPerDay
      time =
        isDateOnly
        ? (BehaviorReader.day(of: previousTime) + difference) * day : previousTime + difference
    } else {
      cursor.fail()
    }
    if !BehaviorEvent.timeBounds.contains(time) || (isAscending && index > 0 && time < previousTime) {
      cursor.fail()
      time = 0
    }
    previousTime = time
    return time
  }

  /// The day of a time, rounded down.
  @inline(__always)
  static func day(of time: Int64) -> Int64 {
    let day = time / BehaviorEvent.secondsPerDay
    return day * BehaviorEvent.secondsPerDay > time ? day - 1 : day
  }

  @inline(__always)
  private mutating func readDetail(_ tag: UInt8) -> BehaviorEvent.Detail {
    if tag & 7 == BehaviorChunk.Kind.transaction.rawValue { return .transaction(readTransaction(tag)) }
    return readOther(tag)
  }

  @inline(__always)
  private mutating func readTransaction(_ tag: UInt8) -> BehaviorEvent.Transaction {
    var transaction = BehaviorEvent.Transaction(amountMinor: cursor.zigzag(), currency: currency)
    if tag & 0xF0 != 0 { readRest(of: &transaction, tag) }
    return transaction
  }

  private mutating func readRest(of transaction: inout BehaviorEvent.Transaction, _ tag: UInt8) {
    if tag & 0xC0 != 0 { cursor.fail() }
    if tag & 0x10 != 0 {
      let packed = (0..<3).reduce(0 as UInt32) { packed, _ in packed << 8 | UInt32(cursor.byte()) }
      if let other = CurrencyCode(packed: packed), other != currency {
        transaction.currency = other
      } else {
        cursor.fail()
      }
    }
    guard tag & 0x20 != 0 else { return }
    let which = cursor.byte()
    if which == 0 || which > 15 { cursor.fail() }
    if which & BehaviorChunk.TransactionText.product != 0 { transaction.product = readText() }
    if which & BehaviorChunk.TransactionText.category != 0 { transaction.category = readText() }
    if which & BehaviorChunk.TransactionText.channel != 0 { transaction.channel = readText() }
    if which & BehaviorChunk.TransactionText.refund != 0 { transaction.refundOf = cursor.fixed64() }
  }

  @inline(__always)
  private mutating func readText() -> BehaviorEvent.TextIndex {
    let index = cursor.varint()
    guard index < UInt64(dictionary.count) else {
      cursor.fail()
      return 0
    }
    return BehaviorEvent.TextIndex(index)
  }

  private mutating func readOther(_ tag: UInt8) -> BehaviorEvent.Detail {
    let flags = tag & 0xF0
    switch BehaviorChunk.Kind(rawValue: tag & 7) {
    case .rating:
      if flags & 0x80 != 0 { cursor.fail() }
      return .rating(
        BehaviorEvent.Rating(
          productQuality: flags & 0x10 == 0 ? nil : cursor.zigzag(),
          serviceQuality: flags & 0x20 == 0 ? nil : cursor.zigzag(),
          priceSatisfaction: flags & 0x40 == 0 ? nil : cursor.zigzag()))
    case .referral:
      if flags & 0xE0 != 0 { cursor.fail() }
      return .referral(
        BehaviorEvent.Referral(
          referred: cursor.fixed64(), valueMinor: flags & 0x10 == 0 ? nil : cursor.zigzag()))
    case .interaction:
      if flags & 0xE0 != 0 { cursor.fail() }
      return .interaction(
        BehaviorEvent.Interaction(kind: readText(), channel: flags & 0x10 == 0 ? nil : readText()))
    case .factors:
      if flags != 0 { cursor.fail() }
      return .factors(readFactors())
    default:
      cursor.fail()
      return .rating(BehaviorEvent.Rating())
    }
  }

  private mutating func readFactors() -> BehaviorEvent.Factors {
    var factors = BehaviorEvent.Factors()
    let mask = cursor.byte()
    for name in BehaviorEvent.Factors.Name.allCases where mask & (1 << name.rawValue) != 0 {
      let value = Double(bitPattern: cursor.fixed64())
      if !value.isFinite { cursor.fail() }
      factors[name] = value
    }
    return factors
  }
}
