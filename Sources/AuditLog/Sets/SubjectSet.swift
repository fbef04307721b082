/// A set of customers by ordinal: a bitmap over a universe of N ordinals, 0 to N - 1.
///
/// The bitmap falls into chunks of 256 bytes: bit o of chunk i stands for ordinal 2048 · i + o, and is the bit of
/// value 2^(o mod 8) in byte o div 8. Bits beyond the universe are zero.
public struct SubjectSet: Hashable, Sendable {
  /// Ordinals of one chunk.
  public static let chunkBits = 2048

  /// Bytes of one chunk.
  public static let chunkBytes = 256

  /// The largest universe: a bitmap of 512 MiB.
  public static let universeLimit: UInt64 = 1 << 32

  /// Ordinals are below this.
  public let universe: UInt64

  /// How many ordinals are in the set.
  public private(set) var count: UInt64 = 0

  /// The bitmap in words: ordinal o is bit o mod 64 of word o div 64. Always whole chunks.
  private(set) var words: [UInt64]

  /// The empty set over so many ordinals.
  ///
  /// - Throws: `outOfBounds` beyond `universeLimit`.
  public init(universe: UInt64) throws(LogError) {
    guard universe <= Self.universeLimit else {
      throw LogError(.outOfBounds, "a set over \(universe) ordinals, of at most \(Self.universeLimit)")
    }
    self.universe = universe
    words = Array(repeating: 0, count: Self.chunkCount(universe: universe) * Self.chunkWords)
  }

  /// The set of all ordinals below `universe`.
  public static func all(universe: UInt64) throws(LogError) -> SubjectSet {
    var set = try SubjectSet(universe: universe)
    try set.insert(0..<universe)
    return set
  }

  /// Adds one ordinal.
  ///
  /// - Throws: `outOfBounds` when it is not below the universe.
  public mutating func insert(_ ordinal: UInt64) throws(LogError) {
    guard ordinal < universe else { throw Self.outOfBounds }
    let bit: UInt64 = 1 << (ordinal & 63)
    let index = Int(ordinal >> 6)
    if words[index] & bit == 0 { count += 1 }
    words[index] |= bit
  }

  /// Adds a range of ordinals.
  ///
  /// - Throws: `outOfBounds` when it reaches beyond the universe.
  public mutating func insert(_ ordinals: Range<UInt64>) throws(LogError) {
    guard ordinals.upperBound <= universe else { throw Self.outOfBounds }
    guard !ordinals.isEmpty else { return }
    let first = Int(ordinals.lowerBound >> 6)
    let last = Int((ordinals.upperBound - 1) >> 6)
    for index in first...last {
      var mask = UInt64.max
      if index == first { mask &= .max << (ordinals.lowerBound & 63) }
      if index == last { mask &= .max >> (63 - (ordinals.upperBound - 1) & 63) }
      count += UInt64((mask & ~words[index]).nonzeroBitCount)
      words[index] |= mask
    }
  }

  /// Takes out one ordinal, if it is in the set.
  public mutating func remove(_ ordinal: UInt64) {
    guard contains(ordinal) else { return }
    words[Int(ordinal >> 6)] &= ~(1 << (ordinal & 63))
    count -= 1
  }

  /// Whether an ordinal is in the set. None beyond the universe is.
  public func contains(_ ordinal: UInt64) -> Bool {
    ordinal < universe && words[Int(ordinal >> 6)] >> (ordinal & 63) & 1 == 1
  }

  var wordCount: Int { words.count }

  func word(_ index: Int) -> UInt64 { words[index] }

  mutating func addWord(_ index: Int, _ bits: UInt64) {
    count += UInt64((bits & ~words[index]).nonzeroBitCount)
    words[index] |= bits
  }

  /// Whether every ordinal of the universe is in the set.
  public var isAll: Bool { count == universe }

  /// Whether no ordinal is.
  public var isEmpty: Bool { count == 0 }

  /// Whether every ordinal of this set is in `other`, whatever the universes are: how a result is held against its
  /// intent.
  public func isSubset(of other: SubjectSet) -> Bool {
    for index in words.indices {
      let allowed = index < other.words.count ? other.words[index] : 0
      if words[index] & ~allowed != 0 { return false }
    }
    return true
  }

  /// How many chunks a universe falls into.
  static func chunkCount(universe: UInt64) -> Int {
    Int((universe + UInt64(chunkBits) - 1) / UInt64(chunkBits))
  }

  static let chunkWords = chunkBits / 64

  private static var outOfBounds: LogError {
    LogError(.outOfBounds, "an ordinal beyond the universe of a set")
  }
}

extension SubjectSet: Sequence {
  /// Walks the ordinals in ascending order.
  public struct Iterator: IteratorProtocol {
    private let words: [UInt64]
    private var index = 0
    private var rest: UInt64

    init(_ words: [UInt64]) {
      self.words = words
      rest = words.first ?? 0
    }

    /// The next ordinal.
    public mutating func next() -> UInt64? {
      while rest == 0 {
        index += 1
        guard index < words.count else { return nil }
        rest = words[index]
      }
      let bit = rest.trailingZeroBitCount
      rest &= rest - 1
      return UInt64(index) << 6 | UInt64(bit)
    }
  }

  /// An iterator over the ordinals in ascending order.
  public func makeIterator() -> Iterator { Iterator(words) }

  /// How many ordinals are in the set.
  public var underestimatedCount: Int { Int(count) }
}

// Chunks, for the commitment and for packing.
extension SubjectSet {
  /// The bytes of a chunk.
  func chunk(_ index: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.chunkBytes)
    appendChunk(index, to: &bytes)
    return bytes
  }

  func appendChunk(_ index: Int, to bytes: inout [UInt8]) {
    for word in words[(index * Self.chunkWords)..<((index + 1) * Self.chunkWords)] {
      bytes.append(bigEndian: word.byteSwapped)
    }
  }

  /// Sets a chunk that is empty so far.
  ///
  /// - Throws: `malformed` when it sets a bit beyond the universe.
  mutating func setChunk(_ index: Int, to bytes: ArraySlice<UInt8>) throws(LogError) {
    for word in 0..<Self.chunkWords {
      let start = bytes.startIndex + 8 * word
      let value = UInt64(bigEndian: bytes[start..<(start + 8)]).byteSwapped
      let position = index * Self.chunkWords + word
      guard value & ~Self.mask(word: position, universe: universe) == 0 else {
        throw LogError(.malformed, "a set has a bit beyond its universe")
      }
      words[position] = value
      count += UInt64(value.nonzeroBitCount)
    }
  }

  /// What a chunk holds, where it is one of the two things that pack to nothing.
  func fill(ofChunk index: Int) -> ChunkFill {
    var isEmpty = true
    var isFull = true
    for position in (index * Self.chunkWords)..<((index + 1) * Self.chunkWords) {
      if words[position] != 0 { isEmpty = false }
      if words[position] != Self.mask(word: position, universe: universe) { isFull = false }
    }
    return isFull ? .full : isEmpty ? .empty : .mixed
  }

  /// The bits of a word that stand for ordinals of the universe.
  static func mask(word: Int, universe: UInt64) -> UInt64 {
    let start = UInt64(word) << 6
    if start + 64 <= universe { return .max }
    return start >= universe ? 0 : .max >> (64 - (universe - start))
  }
}

/// What a chunk holds: nothing, every ordinal of the universe that it can, or something between.
enum ChunkFill: UInt8 {
  case empty = 0
  case full = 1
  case mixed = 2
}
