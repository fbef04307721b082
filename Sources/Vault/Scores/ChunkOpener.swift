internal import Scoring
internal import Sodium

/// Opens one customer's chunks after another, straight from the store's memory into a page that is wiped with it,
/// and feeds their events; allocates nothing for a customer of one chunk.
///
/// Chunk 0 names the number and the versions of the others: a chunk that is lost, added or of another version is
/// `.integrity`.
@safe struct ChunkOpener: ~Copyable {
  /// The customer who is under way.
  private(set) var ordinal: UInt64?
  /// The customer's key, or nil where the customer is not opened. Valid until the page of keys is filled again.
  @unsafe var key: UnsafePointer<UInt8>?
  /// What the events come to.
  var feed: EventFeed

  private let vault: VaultID
  private let currency: CurrencyCode
  private let classKey: SharedKey<ClassKeyPurpose>
  private var page = WipedPage(count: 1 << 16)
  /// How many chunks were added, how many there are, the versions of all but the first, and the events to come.
  private var added = 0
  private var count = 0
  private var versions: [UInt64] = []
  private var missingEvents = 0
  /// Whether products are told apart by their texts even in a history of one chunk.
  private var hashesProducts = false

  init(_ job: ScoreScan.Job) {
    feed = EventFeed(
      job.plan, days: job.days, currency: job.currency, minorDigits: job.minorDigits)
    vault = job.vault
    currency = job.currency
    classKey = job.classKey
  }

  /// Whether anything of the customer was opened.
  var isOpened: Bool { added > 0 }

  /// Goes to a customer, whose events are added to those of the one before if this one was merged into it.
  mutating func begin(_ ordinal: UInt64, hashingProducts: Bool, keepingHistory: Bool = false) {
    self.ordinal = ordinal
    hashesProducts = hashingProducts
    unsafe key = nil
    added = 0
    count = 0
    missingEvents = 0
    if !keepingHistory { feed.reset() }
  }

  /// Opens the customer's next chunk, and feeds its events.
  mutating func add(
    _ chunk: Int64, _ version: Int64, _ sealed: UnsafeRawBufferPointer, _ key: UnsafePointer<UInt8>
  ) throws {
    guard let ordinal, chunk == Int64(added), version >= 0,
      added == 0 || (added < count && versions[added - 1] == UInt64(version))
    else { throw Self.otherChunks }
    let address = RecordAddress(.behavior, ordinal: ordinal, chunk: UInt32(added), version: UInt64(version))
    if sealed.count > page.count { page = WipedPage(count: sealed.count) }
    let out = unsafe page.raw(0..<page.count)
    guard let start = out.baseAddress else { throw Self.otherChunks }
    let length = try unsafe open(sealed, address, key, start.assumingMemoryBound(to: UInt8.self))
    let plaintext = unsafe UnsafeRawBufferPointer(rebasing: out[..<length])
    var reader = try unsafe BehaviorReader(plaintext, currency: currency)
    if added == 0 {
      guard let chunks = reader.chunkCount else { throw Self.otherChunks }
      count = chunks
      missingEvents = reader.totalEvents
      if chunks > 1 { versions = reader.manifest?.versions ?? [] }
    } else if reader.chunkCount != nil {
      throw Self.otherChunks
    }
    added += 1
    missingEvents -= reader.eventCount
    // Within one chunk a text's place tells it from the others, and costs no hash.
    let texts = hashesProducts || count > 1 ? reader.dictionary : nil
    var tally = PaymentTally(texts == nil ? feed.plainTimes : 0..<0)
    try reader.visit(slack: page.count - length, tally: &tally) {
      feed.add($0, texts)
    } other: {
      feed.add($0, texts)
    }
    if tally.payments > 0 { feed.add(tally) }
  }

  private func open(
    _ sealed: UnsafeRawBufferPointer, _ address: RecordAddress, _ key: UnsafePointer<UInt8>,
    _ out: UnsafeMutablePointer<UInt8>
  ) throws -> Int {
    let length = unsafe classKey.key.withUnsafePointer { classKey in
      unsafe RecordOpener.rawOpen(
        sealed.baseAddress?.assumingMemoryBound(to: UInt8.self), count: sealed.count, at: address,
        vault: vault,
        classKey: classKey, customerKey: key, into: out)
    }
    if let failure = CommittedSeal.Failure(rawValue: length) { throw RecordError(failure) }
    return length
  }

  /// Ends the customer: every chunk must have come.
  mutating func end() throws {
    ordinal = nil
    unsafe key = nil
    guard added == count, missingEvents == 0 else { throw Self.otherChunks }
  }

  private static var otherChunks: VaultError {
    VaultError(.integrity, "a customer's behavior has other chunks than its first one names")
  }
}
