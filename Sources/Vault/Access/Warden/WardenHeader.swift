internal import Sodium

/// The content of a header page of the warden's file: `FORMATS.md` section 5, row "warden's file".
///
/// Offsets within the content, which starts 32 bytes into its page; integers big-endian, all other bytes zero:
///
/// | offset | bytes |
/// |---|---|
/// | 0 | file id (16) |
/// | 16 | vault id (16) |
/// | 32 | SipHash key of the slots (16) |
/// | 48 | matching key (32) |
/// | 80 | last erasure finished: index of its entry plus one u64 (0: none) ‖ SHA-256 of its statement (32) |
/// | 120 | last head of the log: a ``HeadRecord`` |
/// | 2216 | number of index keys u16 ‖ 6 zero |
/// | 2224 | index keys, room for 50: epoch u32 ‖ key (32) |
///
/// A file holds the index keys of 50 epochs at most.
struct WardenHeader: ~Copyable {
  /// How many epochs of the index one file has room for.
  static let indexKeyLimit = 50

  private static let fileIDRange = 0..<16
  private static let vaultIDRange = 16..<32
  private static let slotCheckRange = 32..<48
  private static let matchingRange = 48..<80
  private static let erasureStart = 80
  private static let headStart = 120
  private static let indexCountStart = 2216
  private static let indexStart = 2224
  private static let indexKeyByteCount = 36

  private(set) var content: WipedPage

  /// A header that was read.
  init(content: consuming WipedPage) { self.content = content }

  /// A header of a new file, with fresh keys and a first index key.
  init(fileID: [UInt8], vaultID: VaultID, indexEpoch: UInt32) {
    content = WipedPage(count: AlternatingPages.checkStart - AlternatingPages.contentStart)
    content.put(fileID, at: Self.fileIDRange.lowerBound)
    content.put(vaultID.bytes, at: Self.vaultIDRange.lowerBound)
    content.withMutableSpan(Self.slotCheckRange) { SecureRandom.fill(&$0) }
    content.withMutableSpan(Self.matchingRange) { SecureRandom.fill(&$0) }
    _ = addIndexKey(epoch: indexEpoch)
  }

  /// The file's id, 16 bytes.
  var fileID: [UInt8] { content.copy(Self.fileIDRange) }

  /// The vault that the file belongs to, 16 bytes.
  var vaultID: [UInt8] { content.copy(Self.vaultIDRange) }

  /// The last head of the log.
  var head: RememberedHead? { HeadRecord.read(from: content, at: Self.headStart) }

  /// Replaces the last head.
  mutating func remember(_ head: RememberedHead) { HeadRecord.write(head, to: &content, at: Self.headStart) }

  /// Whether this is the erasure that was finished last.
  func isFinished(_ erasure: ErasureOrder) -> Bool {
    content.integer(at: Self.erasureStart, as: UInt64.self) == erasure.seq + 1
      && content.copy(Self.erasureStart + 8..<Self.headStart) == erasure.statement.bytes
  }

  /// Remembers the erasure that was finished last.
  mutating func finish(_ erasure: ErasureOrder) {
    content.put(erasure.seq + 1, at: Self.erasureStart)
    content.put(erasure.statement.bytes, at: Self.erasureStart + 8)
  }

  /// The key of the slots' checks.
  func slotCheckKey() throws(SodiumError) -> Key<SlotCheckPurpose> {
    try content.withSpan(Self.slotCheckRange) { (bytes) throws(SodiumError) in try Key.copying(bytes) }
  }

  /// The key of the matching digests.
  func matchingKey() throws(SodiumError) -> Key<WardenMatchingKeyPurpose> {
    try content.withSpan(Self.matchingRange) { (bytes) throws(SodiumError) in try Key.copying(bytes) }
  }

  /// The index key of an epoch, or nil when the file has none.
  func indexKey(epoch: UInt32) throws(SodiumError) -> SharedKey<WardenIndexKeyPurpose>? {
    for start in indexKeyStarts where content.integer(at: start, as: UInt32.self) == epoch {
      let key = try content.withSpan(start + 4..<start + Self.indexKeyByteCount) {
        (bytes) throws(SodiumError) in try Key<WardenIndexKeyPurpose>.copying(bytes)
      }
      return SharedKey(key)
    }
    return nil
  }

  /// Makes the index key of a further epoch. False where there is one already, or no room.
  mutating func addIndexKey(epoch: UInt32) -> Bool {
    let starts = indexKeyStarts
    guard starts.count < Self.indexKeyLimit,
      !starts.contains(where: { content.integer(at: $0, as: UInt32.self) == epoch })
    else { return false }
    let start = Self.indexStart + starts.count * Self.indexKeyByteCount
    content.put(epoch, at: start)
    content.withMutableSpan(start + 4..<start + Self.indexKeyByteCount) { SecureRandom.fill(&$0) }
    content.put(UInt16(starts.count + 1), at: Self.indexCountStart)
    return true
  }

  private var indexKeyStarts: [Int] {
    let count = min(Int(content.integer(at: Self.indexCountStart, as: UInt16.self)), Self.indexKeyLimit)
    return (0..<count).map { Self.indexStart + $0 * Self.indexKeyByteCount }
  }
}
