internal import Sodium

/// Encodes a new customer's first and only chunk of behavior, as ``BehaviorAppender`` would: the same memory serves
/// one customer after another.
struct ImportChunk: ~Copyable {
  private let currency: CurrencyCode
  private var stream = WipedBytes(capacity: 4096)
  private var texts = WipedBytes(capacity: 4096)
  private var ends: [UInt16] = []
  private var digests: [UInt64] = []
  private var lastTime: Int64 = 0
  private var isAscending = true
  // The place of a text in this chunk's dictionary, where the stamp is this chunk's.
  private var stamps: [UInt32] = []
  private var indexes: [UInt16] = []
  private var stamp: UInt32 = 0

  init(currency: CurrencyCode) { self.currency = currency }

  /// How many events the chunk has.
  var count: Int { digests.count }

  /// Begins the next customer.
  mutating func begin(texts count: Int) {
    stream.removeAll()
    texts.removeAll()
    ends.removeAll(keepingCapacity: true)
    digests.removeAll(keepingCapacity: true)
    lastTime = 0
    isAscending = true
    stamp &+= 1
    if stamps.count <= count {
      stamps.append(contentsOf: repeatElement(0, count: count + 1 - stamps.count))
      indexes.append(contentsOf: repeatElement(0, count: count + 1 - indexes.count))
    }
  }

  /// Adds an event whose refund and referral are digests already, and returns it; nil where the chunk has no room.
  mutating func add(_ item: ImportItem.Event, digest: UInt64, texts source: borrowing ImportTexts)
    -> BehaviorEvent?
  {
    guard digests.count < BehaviorChunk.eventLimit else { return nil }
    var event = BehaviorEvent(
      digest: digest, time: item.time, isDateOnly: item.isDateOnly, detail: item.detail)
    if case .transaction(var transaction) = item.detail, item.texts != (0, 0, 0) {
      guard texts.count + 1024 <= BehaviorChunk.dictionaryLimit, ends.count + 3 <= BehaviorChunk.textLimit
      else {
        return nil
      }
      transaction.product = index(of: item.texts.product, source)
      transaction.category = index(of: item.texts.category, source)
      transaction.channel = index(of: item.texts.channel, source)
      event.detail = .transaction(transaction)
    }
    if !digests.isEmpty, event.time < lastTime { isAscending = false }
    stream.append(event, after: lastTime, currency: currency)
    lastTime = event.time
    digests.append(digest)
    return event
  }

  private mutating func index(of number: UInt32, _ source: borrowing ImportTexts) -> UInt16? {
    guard number != 0 else { return nil }
    let number = Int(number)
    if stamps[number] == stamp { return indexes[number] }
    source.bytes(UInt32(number)).withSpan { texts.append($0) }
    stamps[number] = stamp
    indexes[number] = UInt16(ends.count)
    ends.append(UInt16(texts.count))
    return indexes[number]
  }

  /// Adds the chunk's encoding to `out`.
  borrowing func encode(into out: inout WipedBytes) {
    BehaviorAppender.encode(
      isAscending: isAscending, manifest: BehaviorChunk.Manifest(versions: [], totalEvents: digests.count),
      stream: stream, texts: texts, ends: ends, digests: digests, into: &out)
  }
}
