/// A payment in the vault's currency that names at most a product: what most events are.
struct PlainPayment {
  let time: Int64
  let isDateOnly: Bool
  let amountMinor: Int64
  let product: BehaviorEvent.TextIndex?
}

/// Adds plain payments up, those that are surely within the window; leaves the others to whoever looks closer.
struct PaymentTally {
  /// How many payments were taken.
  private(set) var payments = 0
  /// How many of them have an amount above 0.
  private(set) var purchases = 0
  /// The sum of the amounts.
  private(set) var netMinor: Int64 = 0
  /// The products of the purchases by their places in the dictionary, a bit each.
  private(set) var products: UInt64 = 0

  private let times: Range<Int64>

  /// A tally of payments at these times; an empty range takes none.
  init(_ times: Range<Int64>) { self.times = times }

  /// Takes a payment, or says that it does not.
  @inline(__always)
  mutating func take(_ payment: PlainPayment) -> Bool {
    let product = payment.product ?? 0
    // A chunk has at most 4,096 events: the sum of such amounts does not overflow.
    guard times.contains(payment.time), payment.amountMinor.magnitude < 1 << 50, product < 64 else {
      return false
    }
    payments &+= 1
    netMinor &+= payment.amountMinor
    if payment.amountMinor > 0 {
      purchases &+= 1
      if payment.product != nil { products |= 1 << UInt64(product) }
    }
    return true
  }
}

/// Decodes a plain payment without looking for the end of the memory at every byte: ``reach`` bytes can be read.
///
/// What it does not know, or what is not in the form that encoding writes, it leaves to the reader, which decides.
/// Whether the bytes it took are the plaintext's, the caller checks afterwards. Numbers are taken out of one word
/// each, without a branch on how long they are: that is what a scan would spend its time on.
@safe
struct PlainPaymentDecoder {
  /// Bytes that are read at the most: kind, and a word each for time, amount and product, with a byte between.
  static let reach = 1 + 8 + 8 + 1 + 8

  private let start: UnsafeRawPointer
  /// How many bytes were taken.
  private(set) var count = 0
  /// Whether every number was in its shortest form, and of up to eight bytes.
  private var isPlain = true

  /// A decoder of memory of which ``reach`` bytes can be read: that is what makes this call unsafe.
  @inline(__always)
  init(_ start: UnsafeRawPointer) { unsafe self.start = start }

  /// The payment, or nil where it is something else.
  @inline(__always)
  mutating func decode(after previous: Int64) -> PlainPayment? {
    let tag = unsafe start.load(as: UInt8.self)
    // Kind 0 without another currency, and no bit that has no meaning.
    guard tag & 0xD7 == 0 else { return nil }
    count = 1
    let isDateOnly = tag & 8 != 0
    let difference = zigzag()
    // Of eight bytes each: sums and products of these do not overflow.
    guard isPlain, difference > -1 << 40, difference < 1 << 40 else { return nil }
    let time =
      isDateOnly
      ? (BehaviorReader.day(of: previous) &+ difference) &* BehaviorEvent.secondsPerDay
      : previous &+ difference
    let amount = zigzag()
    var product: BehaviorEvent.TextIndex?
    if tag & 0x20 != 0 {
      guard
        unsafe start.load(fromByteOffset: count, as: UInt8.self) == BehaviorChunk.TransactionText.product
      else { return nil }
      count &+= 1
      var index = UInt64(unsafe start.load(fromByteOffset: count, as: UInt8.self))
      // Most dictionaries have fewer texts than a byte counts.
      if index < 0x80 { count &+= 1 } else { index = varint() }
      guard index <= UInt64(BehaviorEvent.TextIndex.max) else { return nil }
      product = BehaviorEvent.TextIndex(truncatingIfNeeded: index)
    }
    guard isPlain else { return nil }
    return PlainPayment(time: time, isDateOnly: isDateOnly, amountMinor: amount, product: product)
  }

  @inline(__always)
  private mutating func zigzag() -> Int64 {
    let value = varint()
    return Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
  }

  /// LEB128 of up to eight bytes, from one word: its bytes end with the first whose top bit is clear, and their
  /// groups of seven bits are drawn together pair by pair.
  @inline(__always)
  private mutating func varint() -> UInt64 {
    let word = UInt64(littleEndian: unsafe start.loadUnaligned(fromByteOffset: count, as: UInt64.self))
    let ends = ~word & 0x8080_8080_8080_8080
    // The bits up to the end of the last byte; all of them where there is no end, which is not plain.
    let bits = (ends &- 1) ^ ends
    let last = ends & (0 &- ends)
    // A last byte of zero is needless unless it is the only one.
    isPlain = isPlain && ends != 0 && (last == 0x80 || word & (last &- (last >> 7)) != 0)
    count &+= (ends.trailingZeroBitCount &+ 1) &>> 3
    var value = word & bits & 0x7F7F_7F7F_7F7F_7F7F
    value = (value & 0x007F_007F_007F_007F) | (value & 0x7F00_7F00_7F00_7F00) >> 1
    value = (value & 0x0000_3FFF_0000_3FFF) | (value & 0x3FFF_0000_3FFF_0000) >> 2
    return (value & 0x0FFF_FFFF) | (value & 0x0FFF_FFFF_0000_0000) >> 4
  }
}
