public import Sodium

/// Builds a chunk of behavior: a new one, or one that goes on where a decoded one ends.
///
/// Everything it holds of a customer is in buffers that are wiped; digests are keyed and kept plainly.
public struct BehaviorAppender: ~Copyable, Sendable {
  /// What became of an event.
  public enum Outcome: Sendable {
    /// It was added.
    case added
    /// It is there already, by its digest.
    case duplicate
    /// The chunk has no room: begin the next one.
    case full
  }

  private let currency: CurrencyCode
  private var stream = WipedBytes(capacity: 64)
  private var texts = WipedBytes(capacity: 16)
  private var ends: [UInt16] = []
  private var textsByHash: [UInt64: BehaviorEvent.TextIndex] = [:]
  private var digests: [UInt64] = []
  // Made only when there are too many digests to walk through.
  private var digestSet: Set<UInt64> = []
  private var lastTime: Int64 = 0
  private var isAscending = true

  /// An empty chunk in a vault of this currency.
  public init(currency: CurrencyCode) { self.currency = currency }

  /// The digests of the events.
  var allDigests: [UInt64] { digests }

  /// How many events the chunk has.
  public var count: Int { digests.count }

  /// Goes on with a chunk, all of which is decoded and checked.
  ///
  /// - Throws: `.malformed`, also for two events of one digest, two equal texts or a text that is not UTF-8.
  public static func continuing(
    _ plaintext: Span<UInt8>, currency: CurrencyCode
  ) throws(RecordError) -> BehaviorAppender {
    try unsafe plaintext.withUnsafeBytes { (bytes) throws(RecordError) in
      var reader = try unsafe BehaviorReader(bytes, currency: currency)
      var appender = BehaviorAppender(currency: currency)
      for index in 0..<reader.dictionary.count {
        let text = unsafe reader.dictionary[BehaviorEvent.TextIndex(index)]
        let place = try unsafe appender.intern(Span(_unsafeElements: text.bindMemory(to: UInt8.self)))
        guard Int(place) == index else { throw BehaviorChunk.malformed() }
      }
      while let event = try reader.next() {
        guard try appender.append(event) == .added else { throw BehaviorChunk.malformed() }
      }
      return appender
    }
  }

  /// Whether an event of this digest is in the chunk.
  public func contains(digest: UInt64) -> Bool {
    digestSet.isEmpty ? digests.contains(digest) : digestSet.contains(digest)
  }

  /// The index of a text in the chunk's dictionary, which takes it up where it is new.
  ///
  /// - Throws: `.unusableValue` for an empty text or one that is not UTF-8, `.full` where the dictionary has no
  ///   room (a text of more than 65,535 bytes never has): begin the next chunk.
  public mutating func intern(_ text: Span<UInt8>) throws(RecordError) -> BehaviorEvent.TextIndex {
    guard !text.isEmpty, Text.isUTF8(text) else {
      throw RecordError(.unusableValue, "a product, category, channel or kind is empty or not UTF-8")
    }
    let hash = unsafe text.withUnsafeBytes { unsafe BehaviorDictionary.hash($0) }
    // A collision costs a walk, never a wrong text.
    if let index = textsByHash[hash] {
      if matches(text, index) { return index }
      if let index = ends.indices.first(where: { matches(text, BehaviorEvent.TextIndex($0)) }) {
        return BehaviorEvent.TextIndex(index)
      }
    }
    guard texts.count + text.count <= BehaviorChunk.dictionaryLimit, ends.count < BehaviorChunk.textLimit
    else { throw RecordError(.full, "the dictionary of a chunk of behavior has no room") }
    texts.append(text)
    ends.append(UInt16(texts.count))
    let index = BehaviorEvent.TextIndex(ends.count - 1)
    if textsByHash[hash] == nil { textsByHash[hash] = index }
    return index
  }

  /// The hash of one of its texts, as ``BehaviorDictionary/hash(of:)`` gives it of the decoded chunk.
  borrowing func hash(of index: BehaviorEvent.TextIndex) -> UInt64 {
    let start = index == 0 ? 0 : Int(ends[Int(index) - 1])
    let end = Int(ends[Int(index)])
    return unsafe texts.withUnsafeBytes { texts in
      unsafe BehaviorDictionary.hash(UnsafeRawBufferPointer(rebasing: texts[start..<end]))
    }
  }

  /// Adds an event; its texts are indexes that ``intern(_:)`` gave.
  ///
  /// - Throws: `.unusableValue` for a time beyond the years 1 to 9999, a date with a time of day, or a text that
  ///   was not interned here.
  public mutating func append(_ event: BehaviorEvent) throws(RecordError) -> Outcome {
    guard hasUsableTime(event), hasKnownTexts(event) else {
      throw RecordError(.unusableValue, "an event has a time or a text that a chunk cannot hold")
    }
    guard !contains(digest: event.digest) else { return .duplicate }
    guard count < BehaviorChunk.eventLimit else { return .full }
    if count > 0, event.time < lastTime { isAscending = false }
    stream.append(event, after: lastTime, currency: currency)
    lastTime = event.time
    digests.append(event.digest)
    if !digestSet.isEmpty {
      digestSet.insert(event.digest)
    } else if digests.count > 48 {
      digestSet = Set(digests)
    }
    return .added
  }

  /// Adds an event of another chunk, whose texts it takes over.
  ///
  /// - Throws: as ``intern(_:)``.
  package mutating func adopt(
    _ event: BehaviorEvent, texts dictionary: BehaviorDictionary
  ) throws(RecordError) -> Outcome {
    var event = event
    switch event.detail {
    case .transaction(var transaction):
      transaction.product = try adopt(transaction.product, dictionary)
      transaction.category = try adopt(transaction.category, dictionary)
      transaction.channel = try adopt(transaction.channel, dictionary)
      event.detail = .transaction(transaction)
    case .interaction(var interaction):
      interaction.kind = try adopt(interaction.kind, dictionary) ?? interaction.kind
      interaction.channel = try adopt(interaction.channel, dictionary)
      event.detail = .interaction(interaction)
    case .rating, .referral, .factors: break
    }
    return try append(event)
  }

  /// Adds the chunk's encoding to `out`, to be sealed.
  ///
  /// - Parameters:
  ///   - manifest: what chunk 0 says about the others; nil in every other chunk.
  ///   - out: where the encoding goes.
  public borrowing func encode(manifest: BehaviorChunk.Manifest?, into out: inout WipedBytes) {
    BehaviorAppender.encode(
      isAscending: isAscending, manifest: manifest, stream: stream, texts: texts, ends: ends,
      digests: digests,
      into: &out)
  }

  /// The one form of a chunk's parts.
  static func encode(
    isAscending: Bool, manifest: BehaviorChunk.Manifest?, stream: borrowing WipedBytes,
    texts: borrowing WipedBytes,
    ends: [UInt16], digests: [UInt64], into out: inout WipedBytes
  ) {
    out.reserve(32 + stream.count + texts.count + 2 * ends.count + 8 * digests.count)
    var first = BehaviorChunk.schema
    if isAscending { first |= BehaviorChunk.ascendingFlag }
    if manifest != nil { first |= BehaviorChunk.manifestFlag }
    out.append(first)
    if let manifest {
      out.append(varint: UInt64(manifest.versions.count + 1))
      for version in manifest.versions { out.append(varint: version) }
      if !manifest.versions.isEmpty { out.append(varint: UInt64(manifest.totalEvents)) }
    }
    out.append(varint: UInt64(digests.count))
    out.append(varint: UInt64(ends.count))
    for end in ends {
      out.append(UInt8(end >> 8))
      out.append(UInt8(truncatingIfNeeded: end))
    }
    texts.withBytes { out.append($0) }
    for digest in digests { out.append(fixed64: digest) }
    stream.withBytes { out.append($0) }
  }

  private mutating func adopt(
    _ index: BehaviorEvent.TextIndex?, _ dictionary: BehaviorDictionary
  ) throws(RecordError) -> BehaviorEvent.TextIndex? {
    guard let index else { return nil }
    let text = unsafe dictionary[index]
    return try unsafe intern(Span(_unsafeElements: text.bindMemory(to: UInt8.self)))
  }

  private borrowing func matches(_ text: Span<UInt8>, _ index: BehaviorEvent.TextIndex) -> Bool {
    let start = index == 0 ? 0 : Int(ends[Int(index) - 1])
    let range = start..<Int(ends[Int(index)])
    return texts.withBytes { ConstantTime.equal($0.extracting(range), text) }
  }

  private func hasUsableTime(_ event: BehaviorEvent) -> Bool {
    BehaviorEvent.timeBounds.contains(event.time)
      && (!event.isDateOnly || event.time % BehaviorEvent.secondsPerDay == 0)
  }

  private func hasKnownTexts(_ event: BehaviorEvent) -> Bool {
    switch event.detail {
    case .transaction(let detail):
      isKnown(detail.product) && isKnown(detail.category) && isKnown(detail.channel)
    case .interaction(let detail): isKnown(detail.kind) && isKnown(detail.channel)
    case .rating, .referral, .factors: true
    }
  }

  private func isKnown(_ text: BehaviorEvent.TextIndex?) -> Bool { text.map { Int($0) < ends.count } ?? true }
}
