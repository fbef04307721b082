extension SubjectSet {
  /// The version byte of the packed form.
  private static let packedVersion: UInt8 = 1

  /// The set in its packed form, which is what is stored: version u8, universe u64, count u64, then runs of chunks.
  /// A run is a kind u8 (0 all zero, 1 all one as far as the universe goes, 2 as they are), the number of chunks u32,
  /// and for kind 2 the chunks. All numbers are big-endian. "All", of any universe, takes 22 bytes.
  public var packed: [UInt8] {
    var bytes: [UInt8] = [Self.packedVersion]
    bytes.append(bigEndian: universe)
    bytes.append(bigEndian: count)
    let chunks = Self.chunkCount(universe: universe)
    var start = 0
    while start < chunks {
      let kind = fill(ofChunk: start)
      var end = start + 1
      while end < chunks, fill(ofChunk: end) == kind { end += 1 }
      bytes.append(kind.rawValue)
      bytes.append(bigEndian: UInt32(end - start))
      if kind == .mixed { for index in start..<end { appendChunk(index, to: &bytes) } }
      start = end
    }
    return bytes
  }

  /// Reads the packed form. Only what `packed` writes is accepted: one set has one form.
  ///
  /// - Parameter universeLimit: the largest universe to make room for, as a few bytes can claim much.
  /// - Throws: `unknownVersion`, `outOfBounds`, `malformed`, `notCanonical`.
  public init(
    packed bytes: [UInt8], universeLimit: UInt64 = SubjectSet.universeLimit
  ) throws(LogError) {
    guard let version = bytes.first else { throw Self.truncated }
    guard version == Self.packedVersion else {
      throw LogError(.unknownVersion, "a packed set of version \(version)")
    }
    guard bytes.count >= 17 else { throw Self.truncated }
    let universe = UInt64(bigEndian: bytes[1..<9])
    guard universe <= universeLimit else {
      throw LogError(.outOfBounds, "a packed set over \(universe) ordinals, of at most \(universeLimit)")
    }
    try self.init(universe: universe)
    try unpack(bytes[17...])
    guard count == UInt64(bigEndian: bytes[9..<17]) else {
      throw LogError(.malformed, "a packed set does not hold as many as it counts")
    }
  }

  /// Whether an ordinal is in a set of packed form, without unpacking the others. The form must have been checked
  /// before: runs are stepped over, not looked into.
  ///
  /// - Throws: `malformed` where the runs end before the ordinal's chunk.
  public static func contains(_ ordinal: UInt64, inPacked bytes: ArraySlice<UInt8>) throws(LogError) -> Bool {
    guard bytes.count >= 17, bytes[bytes.startIndex] == packedVersion else { throw truncated }
    let universe = UInt64(bigEndian: bytes.dropFirst().prefix(8))
    guard ordinal < universe else { return false }
    let wanted = ordinal / UInt64(chunkBits)
    var position = bytes.startIndex + 17
    var next: UInt64 = 0
    while bytes.endIndex - position >= 5 {
      let kind = ChunkFill(rawValue: bytes[position])
      let length = UInt64(bigEndian: bytes[(position + 1)..<(position + 5)])
      position += 5
      if wanted < next + length {
        switch kind {
        case .empty: return false
        case .full: return true
        case .mixed:
          let place = position + Int(wanted - next) * chunkBytes + Int(ordinal % UInt64(chunkBits) / 8)
          guard place < bytes.endIndex else { throw truncated }
          return bytes[place] >> UInt8(ordinal % 8) & 1 == 1
        case nil: throw truncated
        }
      }
      next += length
      if kind == .mixed { position += Int(length) * chunkBytes }
    }
    throw truncated
  }

  private mutating func unpack(_ runs: ArraySlice<UInt8>) throws(LogError) {
    let chunks = Self.chunkCount(universe: universe)
    var rest = runs
    var next = 0
    var previous: ChunkFill?
    while !rest.isEmpty {
      guard rest.count >= 5, let kind = ChunkFill(rawValue: rest[rest.startIndex]) else {
        throw Self.truncated
      }
      let length = Int(UInt64(bigEndian: rest.dropFirst().prefix(4)))
      rest = rest.dropFirst(5)
      guard length > 0, length <= chunks - next else {
        throw LogError(.malformed, "a run of a packed set leaves its universe")
      }
      guard kind != previous else { throw LogError(.notCanonical, "a packed set splits a run") }
      previous = kind
      switch kind {
      case .empty: break
      case .full:
        let end = UInt64(next + length) * UInt64(Self.chunkBits)
        try insert((UInt64(next) * UInt64(Self.chunkBits))..<Swift.min(end, universe))
      case .mixed:
        guard rest.count >= length * Self.chunkBytes else { throw Self.truncated }
        for index in next..<(next + length) {
          try setChunk(index, to: rest.prefix(Self.chunkBytes))
          rest = rest.dropFirst(Self.chunkBytes)
          guard fill(ofChunk: index) == .mixed else {
            throw LogError(.notCanonical, "a packed set spells out a chunk of all zeros or all ones")
          }
        }
      }
      next += length
    }
    guard next == chunks else { throw Self.truncated }
  }

  private static var truncated: LogError { LogError(.malformed, "a packed set is not complete") }
}
