import CSodium

/// A homomorphic hash of a multiset of rows: the order does not matter, and a row can be taken out again.
///
/// 1,024 lanes of 16 bits, added modulo 2^16 (Lewi, Kim, Maykov, Weis, "Securing Update Propagation with
/// Homomorphic Hashing", 2019). A row becomes lanes through BLAKE2b-512: bytes 0..31 are the key and
/// 32..55 the nonce of an XChaCha20 stream of 2,048 bytes, read as little-endian words.
package struct LtHash: Sendable {
  package static let laneCount = 1024
  package static let byteCount = 2048

  // The lanes, and behind them room for the stream of the row at hand, so that adding never allocates.
  private var words: [UInt16]

  /// The hash of no rows.
  package init() {
    Library.start()
    words = [UInt16](repeating: 0, count: 2 * LtHash.laneCount)
  }

  /// A hash from the 2,048 bytes of an earlier one's `bytes`.
  ///
  /// - Throws: `.wrongLength`.
  package init(bytes: Span<UInt8>) throws(SodiumError) {
    guard bytes.count == LtHash.byteCount else {
      throw SodiumError(.wrongLength, "the state of a set hash has \(LtHash.byteCount) bytes")
    }
    self.init()
    for lane in 0..<LtHash.laneCount {
      words[lane] = UInt16(bytes[2 * lane]) | UInt16(bytes[2 * lane + 1]) << 8
    }
  }

  /// The state: 1,024 little-endian words.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(LtHash.byteCount)
    for lane in words.prefix(LtHash.laneCount) {
      bytes.append(UInt8(truncatingIfNeeded: lane))
      bytes.append(UInt8(truncatingIfNeeded: lane >> 8))
    }
    return bytes
  }

  /// The hash of the state: BLAKE2b-256 of its 2,048 bytes.
  package var digest: Digest32 { BLAKE2b.digest256(bytes) }

  /// Adds a row.
  package mutating func add(_ row: Span<UInt8>) {
    unsafe row.withBase { unsafe add($0, count: $1) }
  }

  /// Takes out a row that was added before.
  package mutating func subtract(_ row: Span<UInt8>) {
    unsafe row.withBase { unsafe subtract($0, count: $1) }
  }

  /// Adds the row of `count` bytes at `row`.
  package mutating func add(_ row: UnsafePointer<UInt8>?, count: Int) {
    unsafe words.withUnsafeMutableBufferPointer { words in
      guard let lanes = words.baseAddress else { return }
      let stream = unsafe lanes + LtHash.laneCount
      unsafe LtHash.expand(row, count: count, into: stream)
      for lane in 0..<LtHash.laneCount {
        unsafe lanes[lane] = unsafe lanes[lane] &+ UInt16(littleEndian: stream[lane])
      }
    }
  }

  /// Takes out the row of `count` bytes at `row`.
  package mutating func subtract(_ row: UnsafePointer<UInt8>?, count: Int) {
    unsafe words.withUnsafeMutableBufferPointer { words in
      guard let lanes = words.baseAddress else { return }
      let stream = unsafe lanes + LtHash.laneCount
      unsafe LtHash.expand(row, count: count, into: stream)
      for lane in 0..<LtHash.laneCount {
        unsafe lanes[lane] = unsafe lanes[lane] &- UInt16(littleEndian: stream[lane])
      }
    }
  }

  /// Adds all rows of another hash: parts of a table can be hashed apart and joined.
  package mutating func add(_ other: LtHash) {
    for lane in 0..<LtHash.laneCount { words[lane] &+= other.words[lane] }
  }

  /// Takes out all rows of another hash.
  package mutating func subtract(_ other: LtHash) {
    for lane in 0..<LtHash.laneCount { words[lane] &-= other.words[lane] }
  }

  private static func expand(
    _ row: UnsafePointer<UInt8>?, count: Int, into stream: UnsafeMutablePointer<UInt16>
  ) {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { seed in
      guard let seed = seed.baseAddress else { return }
      _ = unsafe crypto_generichash_blake2b(seed, 64, row, UInt64(count), nil, 0)
      let out = unsafe UnsafeMutableRawPointer(stream).assumingMemoryBound(to: UInt8.self)
      _ = unsafe crypto_stream_xchacha20(out, UInt64(byteCount), seed + 32, seed)
    }
  }
}

extension LtHash: Equatable {
  /// Whether two hashes are over the same rows.
  package static func == (lhs: LtHash, rhs: LtHash) -> Bool {
    lhs.words.prefix(laneCount) == rhs.words.prefix(laneCount)
  }
}
