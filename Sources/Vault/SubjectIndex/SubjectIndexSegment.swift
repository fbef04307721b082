internal import AuditLog
internal import Sodium

/// The part of an auditor's index that tells of one stretch of the log.
///
/// Content: first seq u64 ‖ number of peaks u8 ‖ compact range of the tree that the stretch ends with (size u64,
/// peaks) ‖ number of direct rows u32 ‖ number of set rows u32 ‖ the direct rows ‖ the set rows.
struct SubjectIndexSegment {
  /// How many entries a segment tells of before the next one begins.
  static let entryLimit: UInt64 = 16_384

  /// The first entry.
  let first: UInt64
  /// The tree over everything up to the last entry.
  private(set) var tree: CompactRange
  private(set) var directCount = 0
  /// The direct rows as they are stored.
  private(set) var direct: [UInt8] = []
  private(set) var sets: [SetRow] = []

  /// An empty segment that begins behind a tree.
  init(after tree: CompactRange) {
    first = tree.size
    self.tree = tree
  }

  /// Reads a segment's content.
  init(_ content: [UInt8]) throws(VaultError) {
    var reader = IndexBytes(content)
    first = try reader.number(8)
    let peaks = Int(try reader.number(1))
    let range = try reader.bytes(8 + 32 * peaks)
    do { tree = try CompactRange(decoding: range) } catch {
      throw VaultError(.integrity, "the index of accesses is malformed")
    }
    directCount = Int(try reader.number(4))
    let setCount = Int(try reader.number(4))
    direct = try reader.bytes(directCount * DirectRow.byteCount)
    for _ in 0..<setCount { sets.append(try SetRow(&reader)) }
    guard reader.isAtEnd, first <= tree.size else {
      throw VaultError(.integrity, "the index of accesses is malformed")
    }
  }

  /// Whether the next entries belong into another segment.
  var isFull: Bool { tree.size - first >= Self.entryLimit }

  /// The bytes that are sealed.
  var content: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2_200 + direct.count + sets.count * SetRow.byteCount)
    bytes.appendBigEndian(first)
    bytes.append(UInt8(tree.peaks.count))
    bytes += tree.encoded
    bytes.appendBigEndian(UInt32(directCount))
    bytes.appendBigEndian(UInt32(sets.count))
    bytes += direct
    for row in sets { row.append(to: &bytes) }
    return bytes
  }

  mutating func append(_ row: DirectRow) {
    row.append(to: &direct)
    directCount += 1
  }

  mutating func append(_ row: SetRow) { sets.append(row) }

  /// Says that it tells of everything up to this tree.
  mutating func extend(to tree: CompactRange) { self.tree = tree }

  /// Pointers to the entries that name a customer.
  func pointers(to customer: Pseudonym) -> [LogPointer] {
    var found: [LogPointer] = []
    let high = customer.high.bigEndian
    let low = customer.low.bigEndian
    unsafe direct.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: DirectRow.byteCount) {
        guard unsafe bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self) == high,
          unsafe bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self) == low
        else { continue }
        let seq = unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start + 16, as: UInt64.self))
        let leaf = unsafe [UInt8](bytes[(start + 24)..<(start + DirectRow.byteCount)])
        found.append(LogPointer(seq: seq, leaf: leaf))
      }
    }
    return found
  }
}
