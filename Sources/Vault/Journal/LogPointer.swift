internal import AuditLog
internal import Sodium

/// An entry by its number and the hash that it had in a verified tree: what it is read again by.
struct LogPointer: Hashable, Sendable {
  /// Bytes of the leaf's hash that are kept: as many as make another entry of the same hash infeasible.
  static let hashByteCount = 16

  /// The index in the tree.
  let seq: UInt64
  /// The first 16 bytes of the leaf's hash.
  let leaf: [UInt8]

  /// A pointer that was kept.
  init(seq: UInt64, leaf: [UInt8]) {
    self.seq = seq
    self.leaf = leaf
  }

  /// A pointer to an entry of a tree that was verified.
  init(_ entry: LogEntry) {
    seq = entry.envelope.seq
    leaf = Self.hash(entry.envelopeBytes)
  }

  /// Refuses a row that is no longer the entry.
  func check(_ row: EntryRow) throws(VaultError) {
    guard UInt64(row.seq) == seq, Array(row.leafHash.bytes.prefix(Self.hashByteCount)) == leaf else {
      throw VaultError(
        .integrity, "entry \(seq) is not the one that the verified log has there",
        hint: "crmvault audit verify tells more; keep this copy as evidence")
    }
  }

  private static func hash(_ envelope: [UInt8]) -> [UInt8] {
    Array(MerkleTree.leafHash(envelope).bytes.prefix(hashByteCount))
  }
}

/// The last so many of a sequence.
struct Newest<Element> {
  private let limit: Int
  private var ring: [Element] = []
  private var start = 0

  /// Keeps at most `limit` elements.
  init(_ limit: Int) { self.limit = limit }

  /// Takes in the next element; the oldest one goes where there is no room.
  mutating func append(_ element: Element) {
    guard limit > 0 else { return }
    if ring.count < limit {
      ring.append(element)
    } else {
      ring[start] = element
      start = (start + 1) % limit
    }
  }

  /// The elements, oldest first.
  var elements: [Element] { Array(ring[start...] + ring[..<start]) }
}
